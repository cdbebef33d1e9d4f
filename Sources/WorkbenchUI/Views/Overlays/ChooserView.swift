import RPCCore
import TerminalUI
import WorkbenchModel

/// A chooser of files: the path that is typed, where it leads, and what is there.
enum ChooserView {
    static func draw(_ chooser: FileChooser, _ context: ViewContext, into buffer: inout ScreenBuffer) {
        let theme = context.theme
        let rect = OverlayView.drawDialogue(chooser.title, size: size(buffer.size), context, into: &buffer)
        buffer.draw(String(buffer.glyphs.pointer), at: rect.origin, style: theme.key)
        context.editor.field.draw(
            into: &buffer, rect: Rect(column: rect.column + 2, row: rect.row, columns: rect.columns - 2, rows: 1),
            style: theme.text, isFocused: true,
            placeholder: chooser.purpose == .writePlan ? "the name of the file" : "type to narrow, or a path")
        drawDirectory(chooser, context, in: rect.line(1), into: &buffer)
        let items = chooser.items
        let foot = foot(chooser, context, columns: rect.columns)
        let list = listPlace(rect, foot: foot.count)
        if chooser.listing == nil, chooser.problem == nil {
            buffer.draw("reading", at: list.origin, width: list.columns, style: theme.faint)
        } else if items.isEmpty, chooser.listing != nil {
            buffer.draw("nothing is called that", at: list.origin, width: list.columns, style: theme.faint)
        }
        for (line, index) in visible(chooser, rows: list.rows).enumerated() {
            draw(items[index], isChosen: index == chooser.selected, context, in: list.line(line), into: &buffer)
        }
        for (line, span) in foot.enumerated() {
            buffer.draw(
                span.text, at: rect.line(rect.rows - foot.count + line).origin, width: rect.columns, style: span.style,
                overflow: .ellipsis)
        }
    }

    /// The directory, of which the end matters most.
    private static func drawDirectory(
        _ chooser: FileChooser, _ context: ViewContext, in line: Rect, into buffer: inout ScreenBuffer
    ) {
        let path = chooser.listing?.directory ?? PathText.resolved(chooser.query.path, in: chooser.base)
        let isASCII = buffer.glyphs.isASCII
        var shown = path
        while TextWidth.columns(of: shown, ascii: isASCII) > line.columns, !shown.isEmpty {
            shown = "\(buffer.glyphs.ellipsis)\(shown.dropFirst(shown.first == buffer.glyphs.ellipsis ? 2 : 1))"
        }
        buffer.draw(shown, at: line.origin, width: line.columns, style: context.theme.faint)
    }

    private static func draw(
        _ entry: FileEntry, isChosen: Bool, _ context: ViewContext, in line: Rect, into buffer: inout ScreenBuffer
    ) {
        let usual = entry.kind == .other ? context.theme.faint : context.theme.text
        let style = isChosen ? context.theme.selection : usual
        let name = entry.kind == .directory ? "\(entry.name)/" : entry.name
        let layout = TableLayout([
            .init(.flexible(minimum: 12), priority: 2), .init(.fixed(10), alignment: .trailing, priority: 1),
        ])
        buffer.drawRow([name, word(for: entry.kind)], layout: layout, in: line, style: style)
    }

    private static func word(for kind: FileEntry.Kind) -> String {
        switch kind {
        case .directory: "directory"
        case .plan: "plan"
        case .records(.csv): "CSV"
        case .records(.jsonLines): "JSON Lines"
        case .other: ""
        }
    }

    /// Rows that a problem takes at most.
    private static let problemRows = 4

    /// What is wrong, all of it, or else what can be done.
    private static func foot(_ chooser: FileChooser, _ context: ViewContext, columns: Int) -> [Span] {
        let problem = problemLines(chooser, columns: columns)
        guard problem.isEmpty else { return problem.map { Span($0, context.theme.failure) } }
        let verb = chooser.purpose == .writePlan ? "writes" : "opens"
        let hint =
            chooser.pendingPath != nil || context.state.pendingWrite != nil
            ? "at work" : "enter \(verb)  tab completes  backspace goes up  esc leaves"
        return [Span(hint, context.theme.faint)]
    }

    private static func problemLines(_ chooser: FileChooser, columns: Int) -> [String] {
        guard let problem = chooser.problem else { return [] }
        return Array(LineWrap.words("\(Glyphs.unicode.failure) \(problem)", columns: columns).prefix(problemRows))
    }

    // MARK: Places

    /// The item at a place of the screen.
    static func item(at point: Point, chooser: FileChooser, layout: WorkbenchLayout) -> Int? {
        let rect = OverlayView.place(of: size(layout.size), on: Rect(layout.size))
        let list = listPlace(rect, foot: max(1, problemLines(chooser, columns: rect.columns).count))
        let index = visible(chooser, rows: list.rows).lowerBound + point.row - list.row
        return list.contains(point) && chooser.items.indices.contains(index) ? index : nil
    }

    /// The size does not depend on what is shown, so that the chooser stays where it is.
    private static func size(_ screen: Size) -> Size {
        Size(columns: min(72, screen.columns - 6), rows: min(20, screen.rows - 4))
    }

    private static func listPlace(_ rect: Rect, foot: Int) -> Rect {
        Rect(column: rect.column, row: rect.row + 2, columns: rect.columns, rows: max(0, rect.rows - 2 - foot))
    }

    private static func visible(_ chooser: FileChooser, rows: Int) -> Range<Int> {
        OverlayView.window(rows, around: chooser.selected ?? 0, of: chooser.items.count)
    }
}
