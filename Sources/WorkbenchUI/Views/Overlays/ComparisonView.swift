import RPCCore
import TerminalUI
import WorkbenchModel

/// Two runs of a plan side by side, and in what they differ.
enum ComparisonView {
    static func draw(_ comparison: ComparisonState, _ context: ViewContext, into buffer: inout ScreenBuffer) {
        let theme = context.theme
        let columns = min(100, buffer.size.columns - 6)
        var (rows, notes): ([ComparisonTable.Row], [Span]) = ([], [])
        switch comparison.result {
        case nil: notes = [Span("running at \(comparison.servers.joined(separator: ", then at "))", theme.info)]
        case .failure(let error): notes = [Span("\(error)", theme.failure)]
        case .success(let table):
            rows = table.rows
            notes =
                table.differences.isEmpty
                ? [Span("\(buffer.glyphs.success) the same replies", theme.success)]
                : table.differences.map { Span("\(buffer.glyphs.failure) \($0)", theme.failure) }
        }
        let lines = notes.flatMap { note in
            LineWrap.words(note.text, columns: columns).map { Span($0, note.style) }
        }
        let size = Size(columns: columns, rows: min(rows.count + lines.count, buffer.size.rows - 4))
        let rect = OverlayView.drawDialogue("Here and there", size: size, context, into: &buffer)
        let count = rows.count + lines.count
        let top = max(0, min(comparison.scroll, count - rect.rows))
        for (line, index) in (top..<min(count, top + rect.rows)).enumerated() {
            if rows.indices.contains(index) {
                let row = rows[index]
                buffer.drawRow(
                    [row.name, row.first, row.second], layout: layout, in: rect.line(line),
                    style: index == 0 ? theme.title : row.first == row.second ? theme.text : theme.info)
            } else {
                let span = lines[index - rows.count]
                buffer.draw(
                    span.text, at: Point(column: rect.column, row: rect.row + line), width: rect.columns,
                    style: span.style)
            }
        }
    }

    private static let layout = TableLayout(
        [
            .init(.fixed(14), priority: 2), .init(.flexible(minimum: 8), priority: 9),
            .init(.flexible(minimum: 8), priority: 9),
        ], spacing: 2)
}
