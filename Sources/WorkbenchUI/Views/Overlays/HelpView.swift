import TerminalUI
import WorkbenchModel

/// All keys, drawn from the keymap, in as many columns as fit.
enum HelpView {
    private static let columnWidth = 52

    static func draw(scroll: Int, _ context: ViewContext, into buffer: inout ScreenBuffer) {
        let lines = lines(context, screen: buffer.size)
        let size = Size(columns: width(buffer.size), rows: min(lines.count, buffer.size.rows - 4))
        let isCut = lines.count > size.rows
        let title =
            "Keys" + (isCut ? " \(buffer.glyphs.separator) up and down scroll" : "")
            + " \(buffer.glyphs.separator) esc closes"
        let rect = OverlayView.drawDialogue(title, size: size, context, into: &buffer)
        let top = min(scroll, max(0, lines.count - rect.rows))
        for (row, line) in lines.dropFirst(top).prefix(rect.rows).enumerated() {
            for (column, entry) in line.enumerated() {
                buffer.draw(
                    entry, at: Point(column: rect.column + column * columnWidth, row: rect.row + row),
                    width: min(columnWidth - 1, rect.columns - column * columnWidth), overflow: .ellipsis)
            }
        }
    }

    /// By how many rows the help can be scrolled.
    static func scrollLimit(_ context: ViewContext) -> Int {
        let screen = context.layout.size
        return max(0, lines(context, screen: screen).count - max(1, screen.rows - 4))
    }

    private static func width(_ screen: Size) -> Int {
        let columns = max(1, min(3, (screen.columns - 6) / columnWidth))
        return min(columns * columnWidth, screen.columns - 6)
    }

    /// The rows of the help; each has one entry for each column.
    private static func lines(_ context: ViewContext, screen: Size) -> [[[Span]]] {
        let entries = Action.Group.allCases.flatMap { group in
            [[Span(group.rawValue, context.theme.title)]]
                + Action.allCases.filter { $0.group == group }.compactMap { entry(for: $0, context) }
        }
        let columns = max(1, width(screen) / columnWidth)
        let height = (entries.count + columns - 1) / columns
        return (0..<height).map { row in
            stride(from: row, to: entries.count, by: height).map { entries[$0] }
        }
    }

    private static func entry(for action: Action, _ context: ViewContext) -> [Span]? {
        let keys = context.keymap.keys(for: action).map(\.name)
        let name = keys.isEmpty ? "(commands)" : keys.joined(separator: " ")
        let padding = String(repeating: " ", count: max(1, 16 - TextWidth.columns(of: name)))
        return [Span("  " + name, context.theme.key), Span(padding + action.title, context.theme.text)]
    }
}
