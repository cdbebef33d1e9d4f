public import RPCCore

/// The messages that the last search finds, as far as they were counted.
public struct FoundMessages: Hashable, Sendable {
    public let direction: Direction
    public let callID: Int
    /// What was looked for, as it was written.
    public let text: String
    public internal(set) var matches = NumberSet()
    /// Messages looked at.
    public internal(set) var searched = 0

    public init(_ direction: Direction, callID: Int, _ text: String) {
        (self.direction, self.callID, self.text) = (direction, callID, text)
    }
}

extension State {
    /// Which of the matches of a direction is chosen, and how many there are: `match 3 of 12`. `12+` stands for those and what was not
    /// looked at as yet. `nil` where nothing was looked for, or nothing was found. What it takes does not depend on how many
    /// messages there are.
    public func matchText(in direction: Direction) -> String? {
        guard let call else { return nil }
        if let filter = filters[direction] {
            let count = filter.matches.count
            let place = min(position(of: direction.pane).selected + 1, count)
            return
                "\(Self.matchText(place, count, isMore: filter.searched < call.count(of: direction))): \(filter.text)"
        }
        guard let found, found.direction == direction, found.callID == call.id, found.text == pattern,
            let number = selectedNumber(in: direction)
        else { return nil }
        let count = found.matches.count
        let isMore = found.searched < call.count(of: direction)
        guard found.matches.contains(number) else { return count == 0 ? nil : "\(count)\(isMore ? "+" : "") match" }
        return Self.matchText(found.matches.index(of: number) + 1, count, isMore: isMore)
    }

    private static func matchText(_ place: Int, _ count: Int, isMore: Bool) -> String {
        "match \(place) of \(count)\(isMore ? "+" : "")"
    }

    /// Counts what a search finds, unless that is known already.
    mutating func count(_ query: FindQuery) -> [Effect] {
        let isKnown =
            found.map { $0.direction == query.direction && $0.callID == query.callID && $0.text == pattern } ?? false
        if !isKnown { found = FoundMessages(query.direction, callID: query.callID, pattern) }
        return [.search(.count(query, text: pattern))]
    }

    mutating func counted(
        _ direction: Direction, callID: Int, _ text: String, _ matches: NumberSet, searched: Int
    ) -> [Effect] {
        guard let found, found.direction == direction, found.callID == callID, found.text == text else { return [] }
        self.found?.matches = matches
        self.found?.searched = searched
        return []
    }
}
