public import RPCCore

/// What a pane is narrowed to: those messages of its direction that have a pattern, as far as they have been looked at.
public struct MessageFilter: Hashable, Sendable {
    /// The pattern as it was written.
    public var text: String
    public var matches = NumberSet()
    /// Messages looked at.
    public var searched = 0
    /// Whether it goes on to look at what is there and at what comes.
    public var isActive = true
    /// The message that was chosen before, until the list has come to it.
    var anchor: Int?

    public init(_ text: String, anchor: Int? = nil) {
        self.text = text
        self.anchor = anchor
    }
}

/// How far a search is that goes on.
public struct SearchState: Hashable, Sendable {
    public var text: String
    public var progress: TranscriptSearch.Progress

    public init(text: String, progress: TranscriptSearch.Progress) {
        self.text = text
        self.progress = progress
    }
}

extension State {
    /// The number of the message that a row of a direction shows, rows counted from 0; `nil` where a filter leaves no such row.
    public func number(ofRow row: Int, in direction: Direction) -> Int? {
        guard let filter = filters[direction] else { return row + 1 }
        return filter.matches.number(at: row)
    }

    /// The row that shows a message, or the first one after it.
    func row(ofNumber number: Int, in direction: Direction) -> Int {
        filters[direction]?.matches.index(of: number) ?? number - 1
    }

    /// The number of the message that is chosen in a direction.
    public func selectedNumber(in direction: Direction) -> Int? {
        number(ofRow: position(of: direction.pane).selected, in: direction)
    }

    /// What a search or a filter is doing now, for the line that tells of it.
    public var search: SearchState? {
        // What is found at once is not told of.
        if let finding, finding.progress.searched > 0 { return finding }
        guard let call else { return nil }
        for direction in Direction.allCases {
            guard let filter = filters[direction], filter.isActive else { continue }
            let total = call.count(of: direction)
            // What comes in now is looked at at once; only what takes its time is told of.
            if total - filter.searched > TranscriptSearch.window * 4 {
                return SearchState(text: filter.text, progress: .init(searched: filter.searched, total: total))
            }
        }
        return nil
    }
}
