/// Panes that fill a screen line by line, and the rows and columns of their frames. Neighbours share a border.
public struct Grid: Hashable, Sendable {
    /// Panes beside each other.
    public struct Line: Hashable, Sendable {
        public var panes: [Pane]
        public var rows: Int
        /// One number for each pane.
        public var columns: [Int]

        public init(_ panes: [Pane], rows: Int, columns: [Int]) {
            (self.panes, self.rows, self.columns) = (panes, rows, columns)
        }
    }

    public var lines: [Line]

    /// Rows and columns that are left to a pane when borders move, borders included.
    public static let (leastRows, leastColumns) = (4, 20)

    public init(_ lines: [Line]) { self.lines = lines }

    /// The grid with borders moved, as far as there is room.
    public func moved(by split: Split) -> Grid {
        guard split != Split() else { return self }
        var moved = self
        let rows = Self.moved(
            lines.map(\.rows), by: lines.map { $0.panes.reduce(0) { $0 + split[\.rows, $1] } }, least: Self.leastRows)
        for index in lines.indices {
            moved.lines[index].rows = rows[index]
            moved.lines[index].columns = Self.moved(
                lines[index].columns, by: lines[index].panes.map { split[\.columns, $0] }, least: Self.leastColumns)
        }
        return moved
    }

    /// The rows or columns of a pane; none where it is not shown.
    func extent(of pane: Pane, _ side: KeyPath<Split, [String: Int]>) -> Int {
        guard let line = lines.first(where: { $0.panes.contains(pane) }) else { return 0 }
        return side == \.rows ? line.rows : line.panes.firstIndex(of: pane).map { line.columns[$0] } ?? 0
    }

    /// Each takes what it has more from those after it, and then from those before it; what it has less, its neighbour has.
    private static func moved(_ extents: [Int], by steps: [Int], least: Int) -> [Int] {
        var moved = extents
        for (index, step) in steps.enumerated() where step != 0 {
            let others = Array(moved.indices[(index + 1)...]) + moved.indices[..<index].reversed()
            guard let neighbour = others.first else { continue }
            var wanted = step
            if step < 0 {
                let given = min(-step, max(0, moved[index] - least))
                moved[index] -= given
                moved[neighbour] += given
                continue
            }
            for other in others where wanted > 0 {
                let taken = min(wanted, max(0, moved[other] - least))
                moved[other] -= taken
                moved[index] += taken
                wanted -= taken
            }
        }
        return moved
    }
}
