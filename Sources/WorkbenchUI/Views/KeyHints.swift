import TerminalUI

/// Keys and what they do, side by side in one line.
enum KeyHints {
    /// The columns that all of them take.
    static func width(of hints: [(key: String, label: String)]) -> Int {
        hints.reduce(0) { $0 + TextWidth.columns(of: $1.key) + 1 + $1.label.count + 2 } - 2
    }

    /// Draws as many as there is room for.
    static func draw(
        _ hints: [(key: String, label: String)], _ context: ViewContext, in line: Rect, into buffer: inout ScreenBuffer
    ) {
        var column = line.column
        for (key, label) in hints {
            let width = TextWidth.columns(of: key) + 1 + label.count
            guard column + width <= line.column + line.columns else { break }
            buffer.draw(
                [Span(key, context.theme.key), Span(" " + label, context.theme.text)],
                at: Point(column: column, row: line.row), width: width)
            column += width + 2
        }
    }
}
