/// Which rows of a long list a pane shows. The selection stays in sight, and the window moves no more than it must.
public struct ListWindow: Hashable, Sendable {
    /// The first row shown, counted from 0.
    public private(set) var first: Int

    public init(first: Int = 0) {
        self.first = max(0, first)
    }

    /// Moves the window for a list of `count` rows in a pane of `height` rows.
    /// - Parameters:
    ///   - selection: The row to keep in sight; `nil` where nothing is selected.
    ///   - isFollowing: Shows the end of the list, whatever is selected.
    public mutating func settle(count: Int, selection: Int?, height: Int, isFollowing: Bool = false) {
        let last = max(0, count - max(0, height))
        if isFollowing {
            first = last
            return
        }
        if let selection, height > 0 {
            first = min(first, selection)
            first = max(first, selection - height + 1)
        }
        first = min(max(0, first), last)
    }

    /// Scrolls without regard to the selection; negative is upwards.
    public mutating func scroll(by rows: Int, count: Int, height: Int) {
        first = min(max(0, first + rows), max(0, count - max(0, height)))
    }

    /// The rows shown.
    public func rows(count: Int, height: Int) -> Range<Int> {
        let start = min(first, max(0, count))
        return start..<min(start + max(0, height), max(start, count))
    }
}
