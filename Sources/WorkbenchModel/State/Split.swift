/// How borders between panes were moved: by how much each pane has more room than it has by itself, or less.
public struct Split: Hashable, Sendable, Codable {
    /// Rows of a pane, and of those that stand beside it.
    public internal(set) var rows: [String: Int] = [:]
    /// Its columns.
    public internal(set) var columns: [String: Int] = [:]

    /// The most rows or columns, either way.
    static let limit = 200
    /// Columns that a border moves by at once.
    static let columnStep = 2

    public init() {}

    /// Rows or columns that a pane was given.
    public subscript(side: KeyPath<Split, [String: Int]>, pane: Pane) -> Int {
        min(max(self[keyPath: side][pane.name] ?? 0, -Self.limit), Self.limit)
    }

    /// Gives a pane more room.
    /// - Returns: whether it could.
    mutating func move(_ side: WritableKeyPath<Split, [String: Int]>, of pane: Pane, by step: Int) -> Bool {
        let given = self[side, pane] + step
        guard abs(given) <= Self.limit else { return false }
        self[keyPath: side][pane.name] = given == 0 ? nil : given
        return true
    }
}

extension Pane {
    fileprivate var name: String { title.lowercased() }
}

extension State {
    /// Moves the border of the pane with the focus, from where it stands on the screen as it is.
    mutating func moveBorder(_ action: Action) -> [Effect] {
        let isRows = action == .taller || action == .shorter
        let side: WritableKeyPath<Split, [String: Int]> = isRows ? \.rows : \.columns
        let step = (action == .taller || action == .wider ? 1 : -1) * (isRows ? 1 : Split.columnStep)
        guard layout.panes.count > 1, let grid = layout.grids[zoom] else {
            return say(.info, "the pane is alone on the screen")
        }
        let present = grid.moved(by: split).extent(of: focus, side)
        var moved = split
        // What was given on a larger screen, and has no room on this one, is passed over.
        while moved.move(side, of: focus, by: step) {
            guard (grid.moved(by: moved).extent(of: focus, side) - present) * step > 0 else { continue }
            split = moved
            return []
        }
        return say(.info, "its border moves no further")
    }
}
