public import RPCCore

/// What of the JSON in the detail pane is folded: objects and lists below a level, but for those that were opened by themselves, and
/// those that were closed by themselves.
public struct Folding: Hashable, Sendable {
    /// Levels that are open; `nil` for all.
    public internal(set) var levels: Int?
    /// The message whose objects were opened and closed one by one.
    var place: Place?
    /// Their lines, counted from 0 over the JSON as it is without a fold.
    var flipped: Set<Int> = []

    struct Place: Hashable, Sendable {
        var call: Int
        var direction: Direction
        var number: Int
    }

    /// The most levels that are told apart; after those everything is open again.
    static let most = 3
}

extension State {
    /// Folds to one level, two, three, and then nothing any more.
    mutating func foldDetail() -> [Effect] {
        guard layout.folds else { return say(.info, "nothing to fold: the detail shows no JSON") }
        let levels = (folding.levels ?? 0) + 1
        folding = Folding()
        folding.levels = levels > Folding.most ? nil : levels
        detail = ListPosition()
        return say(
            .info,
            folding.levels.map { "\($0.counted("level", "levels")) of the JSON shown" } ?? "all of the JSON shown")
    }

    /// Closes what is open on a line of a message, or opens what is closed.
    mutating func toggleFold(line: Int, direction: Direction, number: Int) -> [Effect] {
        let place = Folding.Place(call: call?.id ?? 0, direction: direction, number: number)
        if folding.place != place { (folding.place, folding.flipped) = (place, []) }
        if folding.flipped.remove(line) == nil { folding.flipped.insert(line) }
        return []
    }

    /// The lines of a message that are not as its level says.
    public func flippedLines(direction: Direction, number: Int) -> Set<Int> {
        folding.place == Folding.Place(call: call?.id ?? 0, direction: direction, number: number) ? folding.flipped : []
    }
}
