import TerminalUI

/// One row of a screen as SVG: its grounds, its lines, and its letters, each at its column.
///
/// Lines and their junctions are drawn as paths, so that they meet whatever the font. A wide character stands in the
/// middle of its two columns. Letters that belong together are one text, stretched to its columns where the reader's
/// font is of another width.
struct SVGRow {
    private let cells: [Cell]
    private let look: SVGLook
    /// The column of the cursor, where it is in this row.
    private let cursor: Int?
    private var svg = ""

    private init(_ cells: [Cell], cursor: Int?, _ look: SVGLook) {
        self.cells = cells
        self.cursor = cursor
        self.look = look
    }

    /// The elements of a row whose top is at 0; empty for a blank one.
    static func elements(_ cells: some Sequence<Cell>, cursor: Int?, _ look: SVGLook) -> String {
        var row = SVGRow(Array(cells), cursor: cursor, look)
        row.drawGrounds()
        row.drawLines()
        row.drawTexts()
        return row.svg
    }

    /// The style of a cell as it is drawn: under the cursor the two colours change places.
    private func style(at column: Int) -> Style {
        var style = cells[column].style
        if column == cursor { style.attributes.formSymmetricDifference(.reverse) }
        return style
    }

    private func colours(at column: Int) -> (foreground: RGB, background: RGB) {
        look.palette.colours(of: style(at: column))
    }

    /// Calls `body` for each run of columns that are alike.
    private func runs<Key: Equatable>(of key: (Int) -> Key?, _ body: (Range<Int>, Key) -> Void) {
        var start = 0
        while start < cells.count {
            guard let value = key(start) else {
                start += 1
                continue
            }
            let end = cells.indices[start...].first { key($0) != value } ?? cells.count
            body(start..<end, value)
            start = end
        }
    }

    // MARK: Grounds and lines

    private mutating func drawGrounds() {
        let ground = look.palette.background
        var svg = ""
        runs(of: { colours(at: $0).background == ground ? nil : colours(at: $0).background }) { columns, colour in
            svg += """
                <rect x="\(SVGLook.x(columns.lowerBound))" width="\(SVGLook.x(columns.count))" \
                height="\(SVGLook.cellHeight)" fill="\(colour.hex)"/>
                """
        }
        self.svg += svg
    }

    private mutating func drawLines() {
        let middle = "\(SVGLook.cellHeight / 2).5"
        var svg = ""
        runs(of: { cells[$0].arms.isEmpty ? nil : colours(at: $0).foreground }) { columns, colour in
            var path = ""
            // Horizontal lines go from the middle of the first cell with an arm to the middle of the last.
            runs(of: { columns.contains($0) ? cells[$0].arms.isDisjoint(with: [.left, .right]) ? nil : true : nil }) {
                line, _ in
                let first = cells[line.lowerBound].arms.contains(.left)
                let last = cells[line.upperBound - 1].arms.contains(.right)
                let from = first ? SVGLook.x(line.lowerBound) : SVGLook.middle(line.lowerBound)
                let to = last ? SVGLook.x(line.upperBound) : SVGLook.middle(line.upperBound - 1)
                path += "M\(from) \(middle)H\(to)"
            }
            for column in columns {
                let arms = cells[column].arms
                guard !arms.isDisjoint(with: [.up, .down]) else { continue }
                let from = arms.contains(.up) ? "0" : middle
                let to = arms.contains(.down) ? String(SVGLook.cellHeight) : middle
                path += "M\(SVGLook.middle(column)) \(from)V\(to)"
            }
            svg += "<path d=\"\(path)\" stroke=\"\(colour.hex)\"/>"
        }
        self.svg += svg
    }

    // MARK: Letters

    private mutating func drawTexts() {
        var column = 0
        while column < cells.count {
            let cell = cells[column]
            guard cell.text != " " && !cell.text.isEmpty && cell.arms.isEmpty else {
                if cell.text == " ", style(at: column).attributes.contains(.underline) { underline(column) }
                column += 1
                continue
            }
            if cell.isPlain {
                let end = endOfText(from: column)
                draw(cells[column..<end].map(\.text).joined(), at: column, columns: end - column)
                column = end
            } else {
                draw(cell.text, at: column, columns: Int(cell.width))
                column += max(1, Int(cell.width))
            }
        }
    }

    /// Where the text that begins in a column ends: at another style, at two blanks, at anything but plain letters.
    private func endOfText(from start: Int) -> Int {
        var end = start + 1
        while end < cells.count, cells[end].isPlain, style(at: end) == style(at: start) {
            let isGap = cells[end].text == " " && (end + 1 == cells.count || cells[end + 1].text == " ")
            if isGap { break }
            end += 1
        }
        while cells[end - 1].text == " " { end -= 1 }
        return end
    }

    private mutating func draw(_ text: String, at column: Int, columns: Int) {
        let style = style(at: column)
        let colour = look.palette.colours(of: style).foreground
        var attributes = ""
        let classes = [(Style.Attributes.bold, "b"), (.italic, "i"), (.dim, "d")]
            .filter { style.attributes.contains($0.0) }.map(\.1)
        if !classes.isEmpty { attributes += " class=\"\(classes.joined(separator: " "))\"" }
        if colour != look.palette.foreground { attributes += " style=\"fill: \(colour.hex)\"" }
        let isRun = columns > 1 && text.utf8.count == columns
        if isRun {
            attributes += " textLength=\"\(SVGLook.x(columns))\""
        } else {
            attributes += " text-anchor=\"middle\""
        }
        let x = isRun ? SVGLook.x(column) : SVGLook.tenths(column * SVGLook.cellWidth + columns * SVGLook.cellWidth / 2)
        svg += "<text x=\"\(x)\" y=\"\(SVGLook.baseline)\"\(attributes)>\(Self.escaped(text))</text>"
        if style.attributes.contains(.underline) {
            for covered in column..<column + columns { underline(covered) }
        }
    }

    private mutating func underline(_ column: Int) {
        let y = SVGLook.baseline + 2
        svg += """
            <path d="M\(SVGLook.x(column)) \(y).5H\(SVGLook.x(column + 1))" \
            stroke="\(colours(at: column).foreground.hex)"/>
            """
    }

    /// Text as XML has it. Screens hold nothing but text that was made safe.
    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }
}

extension Cell {
    /// Whether it is a letter of ASCII, as wide in every font as any other.
    fileprivate var isPlain: Bool { text.utf8.count == 1 && arms.isEmpty }
}
