import TerminalUI

/// Writes what changes from one screen to the next as a terminal of 256 colours understands it (ECMA-48 and xterm).
struct AnsiPainter {
    private var shown: ScreenBuffer?
    private var style: Style?

    /// What must be written so that a terminal that shows the last screen shows this one; empty where they are equal.
    mutating func paint(_ screen: ScreenBuffer) -> String {
        var output = ""
        let old: ScreenBuffer
        if let shown, shown.size == screen.size {
            old = shown
        } else {
            output += "\u{1B}[0m\u{1B}[2J"
            style = .plain
            old = ScreenBuffer(size: screen.size, glyphs: screen.glyphs)
        }
        for row in 0..<screen.size.rows { paint(row, of: screen, over: old, into: &output) }
        if output.isEmpty, old.cursor == screen.cursor, shown != nil { return "" }
        shown = screen
        return "\u{1B}[?25l" + output + cursor(of: screen)
    }

    private func cursor(of screen: ScreenBuffer) -> String {
        guard let cursor = screen.cursor else { return "" }
        return Self.place(column: cursor.column, row: cursor.row) + "\u{1B}[?25h"
    }

    private mutating func paint(
        _ row: Int, of screen: ScreenBuffer, over old: ScreenBuffer, into output: inout String
    ) {
        // The column after what was written last, where the terminal's own cursor is sure to be.
        var position: Int?
        for column in 0..<screen.size.columns {
            let cell = screen[column, row]
            guard !cell.isContinuation, isChanged(column, row, screen, old) else { continue }
            if position != column { output += Self.place(column: column, row: row) }
            if style != cell.style {
                output += Self.select(cell.style)
                style = cell.style
            }
            output += cell.text
            // Terminals differ in how wide they draw what is not plain; the next cell is placed anew.
            let isPlain = cell.text.utf8.count == 1 || !cell.arms.isEmpty
            position = isPlain ? column + Int(cell.width) : nil
        }
    }

    /// Whether a cell differs; a wide one is drawn again where its right half was something else.
    private func isChanged(_ column: Int, _ row: Int, _ screen: ScreenBuffer, _ old: ScreenBuffer) -> Bool {
        let cell = screen[column, row]
        let before = old[column, row]
        if cell.text != before.text || cell.style != before.style || cell.width != before.width { return true }
        return cell.width == 2 && !old[column + 1, row].isContinuation
    }

    private static func place(column: Int, row: Int) -> String { "\u{1B}[\(row + 1);\(column + 1)H" }

    /// Selects a style, whatever was selected before (ECMA-48, SGR).
    static func select(_ style: Style) -> String {
        var codes = ["0"]
        let attributes: [(Style.Attributes, String)] = [
            (.bold, "1"), (.dim, "2"), (.italic, "3"), (.underline, "4"), (.reverse, "7"),
        ]
        codes += attributes.filter { style.attributes.contains($0.0) }.map(\.1)
        codes += code(of: style.foreground, named: 30, bright: 90, extended: "38")
        codes += code(of: style.background, named: 40, bright: 100, extended: "48")
        return "\u{1B}[\(codes.joined(separator: ";"))m"
    }

    private static func code(of colour: Colour, named: Int, bright: Int, extended: String) -> [String] {
        switch (colour, colour.paletteIndex) {
        case (_, nil): []
        case (.indexed(let index), _): ["\(extended);5;\(index)"]
        case (_, let index?): [String(index < 8 ? named + Int(index) : bright + Int(index) - 8)]
        }
    }
}
