import CNCurses
import TerminalUI

/// Puts pictures on the screen, cell by cell, and only the cells that have changed.
struct Painter {
    private(set) var palette: Palette
    private let unicode: Bool
    private var last: ScreenBuffer?

    init(palette: Palette, unicode: Bool) {
        self.palette = palette
        self.unicode = unicode
    }

    /// Forgets what is on the screen: the next picture is drawn whole.
    mutating func forget() {
        last = nil
    }

    mutating func present(_ buffer: ScreenBuffer) {
        let isWhole = last?.size != buffer.size
        if isWhole { cn_erase() }
        for row in 0..<buffer.size.rows {
            let cells = buffer.row(row)
            if !isWhole, let old = last?.row(row) {
                guard cells != old else { continue }
                for (column, pair) in zip(cells, old).enumerated() where pair.0 != pair.1 {
                    put(pair.0, column: column, row: row)
                }
            } else {
                for (column, cell) in cells.enumerated() { put(cell, column: column, row: row) }
            }
        }
        if let cursor = buffer.cursor, buffer.bounds.contains(cursor) {
            cn_show_cursor(Int32(cursor.column), Int32(cursor.row))
        } else {
            cn_hide_cursor()
        }
        cn_flush()
        last = buffer
    }

    private mutating func put(_ cell: Cell, column: Int, row: Int) {
        guard !cell.isContinuation else { return }
        let look = palette.look(of: cell.style)
        let drawable = drawable(cell)
        for (offset, scalars) in drawable.enumerated() {
            cn_put(
                Int32(column + offset), Int32(row), scalars, Int32(scalars.count), look.attributes, look.pair)
        }
    }

    /// What is put into the columns of a cell, one after the other: the cell's own text where the terminal library
    /// agrees on its width, or else a mark and blanks of the width that everything around it counts on. Whatever got
    /// into the cell, nothing that is not printable goes out.
    private func drawable(_ cell: Cell) -> [[UInt32]] {
        let scalars = cell.text.unicodeScalars.map(\.value)
        guard let base = scalars.first else { return [[0x20]] }
        if (0x20..<0x7F).contains(base), scalars.count == 1 { return [scalars] }
        let blanks = Array(repeating: [UInt32(0x20)], count: Int(cell.width) - 1)
        guard unicode else {
            let fallback = cell.text.first.flatMap(Glyphs.asciiFallback(for:))?.asciiValue
            return [[UInt32(fallback ?? 0x3F)]] + blanks
        }
        let marks = cell.text.unicodeScalars.dropFirst().filter(isMark).map(\.value)
        switch Int(cn_scalar_width(base)) {
        case Int(cell.width): return [[base] + marks]
        case 1: return [[base] + marks] + blanks
        default: return [[0xFFFD]] + blanks
        }
    }

    /// Whether a scalar is drawn onto the one before it. Format characters take no column either, but steer.
    private func isMark(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.generalCategory != .format && !scalar.properties.isDefaultIgnorableCodePoint
            && cn_scalar_width(scalar.value) == 0
    }
}
