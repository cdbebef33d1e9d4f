/// Where a pane stands in its list: the chosen row, the first visible row, and whether it follows the newest.
///
/// Rows are counted from 0 over the whole list, kept or not, so that a position stays with its row while others arrive.
public struct ListPosition: Hashable, Sendable {
    public var selected: Int
    public var top: Int
    /// Whether the newest row is chosen as soon as it comes.
    public var isFollowing: Bool

    public init(selected: Int = 0, top: Int = 0, isFollowing: Bool = false) {
        self.selected = selected
        self.top = top
        self.isFollowing = isFollowing
    }

    /// Chooses another row, at most to the ends of the list, and stops following.
    public mutating func move(by distance: Int, in list: Range<Int>, rows: Int) {
        select(selected + distance, in: list, rows: rows)
    }

    /// Chooses a row, at most to the ends of the list, and stops following.
    public mutating func select(_ row: Int, in list: Range<Int>, rows: Int) {
        isFollowing = false
        selected = row
        settle(in: list, rows: rows)
    }

    /// Moves the view without choosing another row, unless the chosen one would leave it. Stops following.
    public mutating func scroll(by distance: Int, in list: Range<Int>, rows: Int) {
        isFollowing = false
        top = min(max(top + distance, list.lowerBound), max(list.lowerBound, list.upperBound - rows))
        selected = min(max(selected, top), top + max(rows, 1) - 1)
        settle(in: list, rows: rows)
    }

    /// Adapts the position to a list that has grown, lost its oldest rows or been laid out anew.
    public mutating func settle(in list: Range<Int>, rows: Int) {
        if isFollowing { selected = list.upperBound - 1 }
        selected = max(list.lowerBound, min(selected, list.upperBound - 1))
        let lowest = max(list.lowerBound, selected - max(rows, 1) + 1)
        top = min(max(top, lowest), selected)
        top = max(list.lowerBound, min(top, list.upperBound - rows))
    }
}
