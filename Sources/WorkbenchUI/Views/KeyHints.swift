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

    /// Draws those of a text that there is room for; see ``fitting(_:columns:)``.
    static func draw(
        _ text: String, style: Style, _ context: ViewContext, in line: Rect, into buffer: inout ScreenBuffer
    ) {
        let text = fitting(text, columns: line.columns)
        buffer.draw(text, at: line.origin, width: line.columns, style: style, overflow: .ellipsis)
        var column = line.column
        for hint in text.split(separator: "  ") {
            let columns = TextWidth.columns(of: String(hint))
            let key = hint.split(separator: " ").first.flatMap { KeyEvent(parsing: String($0)) }
            if let key { context.clicks.add(Rect(column: column, row: line.row, columns: columns, rows: 1), .key(key)) }
            column += columns + 2
        }
    }

    /// A line in which clauses begin with the names of keys, as what ``ViewContext/drawKeys(_:at:width:into:)`` takes:
    /// `enter: for now; ctrl-s: for good`.
    static func spans(of line: String, style: Style, key: Style) -> [Span] {
        var (spans, rest, beginsClause): ([Span], String, Bool) = ([], "", true)
        for (index, word) in line.split(separator: " ", omittingEmptySubsequences: false).enumerated() {
            if index > 0 { rest += " " }
            let name = beginsClause ? keyName(in: word) : nil
            if let name {
                if !rest.isEmpty { spans.append(Span(rest, style)) }
                spans.append(Span(name, key))
                rest = ""
            }
            rest += word.dropFirst(name?.count ?? 0)
            beginsClause = word.hasSuffix(";") || word.hasSuffix(",")
        }
        return rest.isEmpty ? spans : spans + [Span(rest, style)]
    }

    /// Whether a text is one that names keys: it begins with one. What a server has said does not.
    static func namesKeys(_ text: String) -> Bool {
        text.split(separator: " ").first.flatMap { keyName(in: $0) } != nil
    }

    /// The key that a word names; a letter alone names none.
    private static func keyName(in word: Substring) -> String? {
        let name = String(word.prefix { !":,;".contains($0) })
        return name.count > 1 && KeyEvent(parsing: name) != nil ? name : nil
    }

    /// Draws those that there is room for, the first ones first.
    static func draw(
        _ hints: [(key: String, label: String)], _ context: ViewContext, in line: Rect, into buffer: inout ScreenBuffer
    ) {
        var column = line.column
        for (key, label) in hints {
            let width = TextWidth.columns(of: key) + 1 + label.count
            guard column + width <= line.column + line.columns else { continue }
            context.drawKeys(
                [Span(key, context.theme.key), Span(" " + label, context.theme.text)],
                at: Point(column: column, row: line.row), width: width, into: &buffer)
            column += width + 2
        }
    }
}
