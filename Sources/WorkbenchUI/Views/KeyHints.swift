import TerminalUI

/// Keys and what they do, side by side in one line.
enum KeyHints {
    /// The columns that all of them take.
    static func width(of hints: [(key: String, label: String)]) -> Int {
        hints.reduce(0) { $0 + TextWidth.columns(of: $1.key) + 1 + $1.label.count + 2 } - 2
    }

    /// Those of a text that there is room for: they are parted by two blanks, and the last of them, how to leave, is always there.
    static func fitting(_ text: String, columns: Int) -> String {
        var parts = text.split(separator: "  ").map(String.init)
        while parts.count > 1, TextWidth.columns(of: parts.joined(separator: "  ")) > columns {
            parts.remove(at: parts.count - 2)
        }
        return parts.joined(separator: "  ")
    }

    /// Draws those that there is room for, the first ones first.
    static func draw(
        _ hints: [(key: String, label: String)], _ context: ViewContext, in line: Rect, into buffer: inout ScreenBuffer
    ) {
        var column = line.column
        for (key, label) in hints {
            let width = TextWidth.columns(of: key) + 1 + label.count
            guard column + width <= line.column + line.columns else { continue }
            buffer.draw(
                [Span(key, context.theme.key), Span(" " + label, context.theme.text)],
                at: Point(column: column, row: line.row), width: width)
            column += width + 2
        }
    }
}
