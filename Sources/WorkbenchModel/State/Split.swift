/// How borders between panes were moved: by how many steps each pane has more room than it has by itself, or less.
public struct Split: Hashable, Sendable, Codable {
    /// Steps of a pane's rows, and of those that stand beside it.
    public internal(set) var rows: [String: Int] = [:]
    /// Steps of its columns.
    public internal(set) var columns: [String: Int] = [:]

    /// The most steps, either way.
    static let limit = 8

    public init() {}

    /// Steps of a pane, of its rows or of its columns.
    public subscript(side: KeyPath<Split, [String: Int]>, pane: Pane) -> Int {
        min(max(self[keyPath: side][pane.name] ?? 0, -Self.limit), Self.limit)
    }

    /// Gives a pane a step more room.
    /// - Returns: whether it could.
    mutating func move(_ side: WritableKeyPath<Split, [String: Int]>, of pane: Pane, by step: Int) -> Bool {
        let steps = self[side, pane] + step
        guard abs(steps) <= Self.limit else { return false }
        self[keyPath: side][pane.name] = steps == 0 ? nil : steps
        return true
    }
}

extension Pane {
    fileprivate var name: String { title.lowercased() }
}

extension State {
    /// Moves the border of the pane with the focus.
    mutating func moveBorder(_ action: Action) -> [Effect] {
        let step = action == .taller || action == .wider ? 1 : -1
        let side: WritableKeyPath<Split, [String: Int]> =
            action == .taller || action == .shorter ? \.rows : \.columns
        guard layout.panes.count > 1 else { return say(.info, "the pane is alone on the screen") }
        return split.move(side, of: focus, by: step) ? [] : say(.info, "its border moves no further")
    }
}
