/// The extent of a screen or a region, in columns and rows. Never negative.
public struct Size: Hashable, Sendable {
    public var columns: Int
    public var rows: Int

    public init(columns: Int, rows: Int) {
        self.columns = max(0, columns)
        self.rows = max(0, rows)
    }
}

extension Size: CustomStringConvertible {
    /// The size as people write it: `120x36`.
    public var description: String { "\(columns)x\(rows)" }
}

/// A place on the screen. The top left corner is column 0, row 0.
public struct Point: Hashable, Sendable {
    public var column: Int
    public var row: Int

    public init(column: Int, row: Int) {
        self.column = column
        self.row = row
    }

    public static let zero = Point(column: 0, row: 0)
}

/// A region of the screen. Its extent is never negative; its place may lie outside the screen, and is clipped there.
public struct Rect: Hashable, Sendable {
    public var column: Int
    public var row: Int
    public private(set) var columns: Int
    public private(set) var rows: Int

    public init(column: Int = 0, row: Int = 0, columns: Int, rows: Int) {
        self.column = column
        self.row = row
        self.columns = max(0, columns)
        self.rows = max(0, rows)
    }

    public init(_ size: Size) {
        self.init(columns: size.columns, rows: size.rows)
    }

    public var origin: Point { Point(column: column, row: row) }
    public var size: Size { Size(columns: columns, rows: rows) }
    public var isEmpty: Bool { columns == 0 || rows == 0 }

    /// The columns that the region covers.
    public var columnRange: Range<Int> { column..<column + columns }
    /// The rows that the region covers.
    public var rowRange: Range<Int> { row..<row + rows }

    public func contains(_ point: Point) -> Bool {
        columnRange.contains(point.column) && rowRange.contains(point.row)
    }

    /// What both regions cover; empty where they do not meet.
    public func intersection(_ other: Rect) -> Rect {
        let columns = columnRange.clamped(to: other.columnRange)
        let rows = rowRange.clamped(to: other.rowRange)
        return Rect(column: columns.lowerBound, row: rows.lowerBound, columns: columns.count, rows: rows.count)
    }

    /// The region without a margin on every side; empty where the margin leaves nothing.
    public func inset(columns: Int = 1, rows: Int = 1) -> Rect {
        Rect(
            column: column + columns, row: row + rows,
            columns: self.columns - 2 * columns, rows: self.rows - 2 * rows)
    }

    /// A region of at most `size` in the middle of this one.
    public func centred(_ size: Size) -> Rect {
        let columns = min(size.columns, self.columns)
        let rows = min(size.rows, self.rows)
        return Rect(
            column: column + (self.columns - columns) / 2, row: row + (self.rows - rows) / 2,
            columns: columns, rows: rows)
    }

    /// The row at `index` within the region, as a region one row high; empty outside of it.
    public func line(_ index: Int) -> Rect {
        Rect(column: column, row: row + index, columns: columns, rows: (0..<rows).contains(index) ? 1 : 0)
    }

    /// Cuts the region into regions above one another.
    /// - Parameter spacing: Rows between two of them; −1 lets neighbours share a border.
    public func splitRows(_ extents: [Extent], spacing: Int = 0) -> [Rect] {
        Extent.fit(extents, into: rows, spacing: spacing).map {
            Rect(column: column, row: row + $0.lowerBound, columns: columns, rows: $0.count)
        }
    }

    /// Cuts the region into regions beside one another.
    /// - Parameter spacing: Columns between two of them; −1 lets neighbours share a border.
    public func splitColumns(_ extents: [Extent], spacing: Int = 0) -> [Rect] {
        Extent.fit(extents, into: columns, spacing: spacing).map {
            Rect(column: column + $0.lowerBound, row: row, columns: $0.count, rows: rows)
        }
    }
}
