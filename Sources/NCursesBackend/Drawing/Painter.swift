import CNCurses
import TerminalUI

/// Puts frames on the screen, cell by cell, and only the cells that have changed.
struct Painter {
    private(set) var palette: Palette
    private let unicode: Bool
    private var last: ScreenBuffer?

    init(palette: Palette, unicode: Bool) {
        self.palette = palette
        self.unicode = unicode
    }

    /// Forgets what is on the screen: the next frame is drawn whole.
    mutating func forget() {
        last = nil
    }

    mutating func present(_ buffer: ScreenBuffer) {
        if let last, last.size == buffer.size {
            putChanges(from: last, to: buffer)
        } else {
            cn_erase()
            for row in 0..<buffer.size.rows {
                for (column, cell) in buffer.row(row).enumerated() { put(cell, column: column, row: row) }
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

    private mutating func putChanges(from old: ScreenBuffer, to new: ScreenBuffer) {
        let changed = (0..<new.size.rows).filter { new.row($0) != old.row($0) }
        for row in changed {
            for (column, pair) in zip(new.row(row), old.row(row)).enumerated() where pair.0 != pair.1 {
                put(pair.0, column: column, row: row)
            }
        }
        keepInPlace(changed, from: old, to: new)
    }

    /// Has lines whose text is seen to move written anew. ncurses would move them by scrolling a region of the screen, and
    /// not every terminal that claims to know how does: some then show a frame in pieces. Side by side with others,
    /// panes seldom have whole lines that move, so this costs next to nothing.
    private func keepInPlace(_ changed: [Int], from old: ScreenBuffer, to new: ScreenBuffer) {
        guard changed.count > 1 else { return }
        let texts = changed.map { text(of: new.row($0)) }
        let present = Set(texts)
        for (row, newText) in zip(changed, texts) {
            let oldText = text(of: old.row(row))
            if oldText != newText, present.contains(oldText) { cn_repaint_row(Int32(row)) }
        }
    }

    /// Stands for the text of a row. Two texts with the same number would cost a row that is drawn too often or, in a terminal
    /// that cannot scroll, wrongly, once.
    private func text(of row: ArraySlice<Cell>) -> Int {
        var hasher = Hasher()
        for cell in row { hasher.combine(cell.text) }
        return hasher.finalize()
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
