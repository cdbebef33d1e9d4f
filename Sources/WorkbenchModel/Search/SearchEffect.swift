public import RPCCore

/// What is to be looked for in the messages of the call on screen.
public enum SearchEffect: Hashable, Sendable {
    /// Answers with ``SearchMessage/progressed(_:)`` and ``SearchMessage/found(_:number:)``.
    case find(FindQuery)
    case stopFinding
    /// Counts the messages that a search finds, among those that there are now; answers with
    /// ``SearchMessage/counted(_:callID:_:_:searched:)``, time and again while it goes on.
    case count(FindQuery, text: String)
    /// Looks through all messages of a direction, and through those to come; answers with
    /// ``SearchMessage/filtered(_:callID:_:searched:)``.
    case filter(Direction, callID: Int, MessagePattern)
    /// Leaves a filter as it is, or for good.
    case stopFilter(Direction)
    /// Answers with ``SearchMessage/jumped(_:number:)``.
    case jump(Direction, callID: Int, to: CallMoment)
    /// Looks for the other one of a pair; answers with ``SearchMessage/jumped(_:number:)`` for the other one.
    case findCounterpart(Direction, callID: Int, number: Int, Pairings)
}

/// What came of it.
public enum SearchMessage: Hashable, Sendable {
    case progressed(TranscriptSearch.Progress)
    case found(Direction, number: Int?)
    /// The messages of a direction that a search with this text finds, among the first so many.
    case counted(Direction, callID: Int, String, NumberSet, searched: Int)
    /// The messages of a direction that have the pattern, among the first so many.
    case filtered(Direction, callID: Int, NumberSet, searched: Int)
    /// - number: The message to go to; `nil` where there is none.
    case jumped(Direction, number: Int?)
    /// Why the messages could not be looked through, in words that are not yet made safe for a terminal.
    case failed(String)
}

/// What to look for in one direction of a call.
public struct FindQuery: Hashable, Sendable {
    public var callID: Int
    public var direction: Direction
    /// What the message must have: what is looked for, and what the pane is narrowed to.
    public var patterns: [MessagePattern]
    /// The first number to look at.
    public var start: Int
    public var goesForward: Bool

    public init(callID: Int, direction: Direction, patterns: [MessagePattern], start: Int, goesForward: Bool) {
        self.callID = callID
        self.direction = direction
        self.patterns = patterns
        self.start = start
        self.goesForward = goesForward
    }
}

/// A moment of a call.
public enum CallMoment: Hashable, Sendable {
    /// So long after its start.
    case elapsed(Duration)
    /// The first time that it is so late on the wall: so long after midnight.
    case timeOfDay(Duration)
}
