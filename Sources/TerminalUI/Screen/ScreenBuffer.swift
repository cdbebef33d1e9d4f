/// A frame of the whole screen: a grid of cells, and the place of the cursor where it shows.
///
/// Everything drawn is clipped to the screen. A wide character is always whole: where half of it would be cut off or
/// written over, a blank takes its place.
public struct ScreenBuffer: Hashable, Sendable {
    public let size: Size
    /// What marks and lines are drawn with; the backend's capabilities decide.
    public let glyphs: Glyphs
    /// Where the cursor shows; `nil` hides it.
    public var cursor: Point?

    private var cells: [Cell]

    public init(size: Size, glyphs: Glyphs = .unicode) {
        self.size = size
        self.glyphs = glyphs
        cells = Array(repeating: Cell(), count: size.columns * size.rows)
    }

    /// The whole screen.
    public var bounds: Rect { Rect(size) }

    /// The cell at a place. Outside the screen reads give a blank and writes are ignored. A wide cell brings its right half
    /// with it, and is a blank where there is no room for that.
    public subscript(point: Point) -> Cell {
        get { bounds.contains(point) ? cells[index(point)] : Cell() }
        set { place(newValue, at: point) }
    }

    public subscript(column: Int, row: Int) -> Cell {
        get { self[Point(column: column, row: row)] }
        set { self[Point(column: column, row: row)] = newValue }
    }

    /// The cells of one row, left to right.
    public func row(_ row: Int) -> ArraySlice<Cell> {
        guard (0..<size.rows).contains(row) else { return [] }
        return cells[row * size.columns..<(row + 1) * size.columns]
    }

    /// Blanks a region.
    public mutating func fill(_ rect: Rect, style: Style = .plain) {
        let rect = rect.intersection(bounds)
        for row in rect.rowRange {
            for column in rect.columnRange { set(.blank(style), at: Point(column: column, row: row)) }
        }
    }

    /// Changes the looks of a region and leaves its text.
    public mutating func restyle(_ rect: Rect, _ change: (Style) -> Style) {
        let rect = rect.intersection(bounds)
        for row in rect.rowRange {
            for column in rect.columnRange {
                let index = index(Point(column: column, row: row))
                cells[index].style = change(cells[index].style)
            }
        }
    }

    /// Copies a region of another buffer; a dialogue, say, that was drawn by itself.
    public mutating func copy(_ rect: Rect, of other: ScreenBuffer, to origin: Point) {
        let source = rect.intersection(other.bounds)
        for row in source.rowRange {
            for column in source.columnRange where !other[column, row].isContinuation {
                let target = Point(column: origin.column + column - rect.column, row: origin.row + row - rect.row)
                let cell = other[column, row]
                self[target] = column + Int(cell.width) > source.columnRange.upperBound ? .blank(cell.style) : cell
            }
        }
    }

    /// Puts a cell, with its right half where it is wide.
    private mutating func place(_ cell: Cell, at point: Point) {
        let right = Point(column: point.column + 1, row: point.row)
        if cell.width < 2 {
            if bounds.contains(point) { set(cell, at: point) }
        } else if bounds.contains(point), bounds.contains(right) {
            set(.blank(cell.style), at: right)
            set(cell, at: point)
            cells[index(right)] = .continuation(cell.style)
        } else {
            place(.blank(cell.style), at: point)
            place(.blank(cell.style), at: right)
        }
    }

    private func index(_ point: Point) -> Int {
        point.row * size.columns + point.column
    }

    /// Writes a cell within the screen and blanks what is left of a wide character that it covers by half.
    private mutating func set(_ cell: Cell, at point: Point) {
        let index = index(point)
        let old = cells[index]
        if old.isContinuation, point.column > 0, cells[index - 1].width == 2 {
            cells[index - 1] = .blank(cells[index - 1].style)
        } else if old.width == 2, point.column + 1 < size.columns, cells[index + 1].isContinuation {
            cells[index + 1] = .blank(cells[index + 1].style)
        }
        cells[index] = cell
    }
}
