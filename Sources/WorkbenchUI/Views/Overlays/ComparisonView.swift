import Plans
import RPCCore
import TerminalUI
import WorkbenchModel

/// Two runs of a plan side by side, and in what they differ.
extension ComparisonState: OverlayView {
    func draw(_ context: ViewContext, into buffer: inout ScreenBuffer) {
        let theme = context.theme
        let (rows, lines) = content(context, buffer.glyphs, columns: Self.columns(on: buffer.size))
        let count = rows.count + lines.count
        let size = Size(columns: Self.columns(on: buffer.size), rows: min(count, buffer.size.rows - 4))
        let rect = Dialogue.draw("Here and there", size: size, context, into: &buffer)
        for (index, line) in ListView(0..<count, at: position, in: rect).lines {
            if rows.indices.contains(index) {
                let row = rows[index]
                buffer.drawRow(
                    [row.name, row.first, row.second], layout: Self.layout, in: line,
                    style: index == 0 ? theme.title : row.first == row.second ? theme.text : theme.info)
            } else {
                let span = lines[index - rows.count]
                buffer.draw(span.text, at: line.origin, width: line.columns, style: span.style)
            }
        }
    }

    /// What the two runs have come to, as a table, and the differences below it.
    private func content(
        _ context: ViewContext, _ glyphs: Glyphs, columns: Int
    ) -> (rows: [ComparisonTable.Row], lines: [Span]) {
        let theme = context.theme
        var (rows, notes): ([ComparisonTable.Row], [Span]) = ([], [])
        switch result {
        case nil: notes = [Span("running at \(servers.joined(separator: ", then at "))", theme.info)]
        case .failure(let error): notes = [Span("\(error)", theme.failure)]
        case .success(let table):
            rows = table.rows
            notes =
                table.differences.isEmpty
                ? [Span("\(glyphs.success) the same replies", theme.success)]
                : table.differences.map { Span("\(glyphs.failure) \($0)", theme.failure) }
        }
        return (
            rows,
            notes.flatMap { note in LineWrap.words(note.text, columns: columns).map { Span($0, note.style) } }
        )
    }

    func metrics(_ context: ViewContext) -> PaneMetrics {
        let screen = context.layout.size
        let (rows, lines) = content(context, .unicode, columns: Self.columns(on: screen))
        return PaneMetrics(rows: screen.rows - 4, content: rows.count + lines.count)
    }

    private static func columns(on screen: Size) -> Int { min(100, screen.columns - 6) }

    private static let layout = TableLayout(
        [
            .init(.fixed(14), priority: 2), .init(.flexible(minimum: 8), priority: 9),
            .init(.flexible(minimum: 8), priority: 9),
        ], spacing: 2)
}
