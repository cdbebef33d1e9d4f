/// What the panes ask of a call's record: counts, and the rows they show. Nothing costs more for a longer call.
public protocol TranscriptReading: Sendable {
    /// How many messages of a direction there have been, kept or not.
    func count(of direction: Direction) -> Int

    /// The numbers of the messages that can still be read.
    func kept(of direction: Direction) -> Range<Int>

    /// Whether more may come.
    var isGrowing: Bool { get }

    /// The number of the call in the history; `nil` where it has none, or none yet.
    var call: Int64? { get }

    /// The messages with these numbers, in order, as far as they are kept and can be had without waiting: those that must be
    /// fetched, and those after them, are left out until they have come.
    func messages(of direction: Direction, in numbers: Range<Int>) -> [StreamMessage]

    /// The messages with these numbers, in order, as far as they are kept. Waits for what must be fetched.
    func read(_ direction: Direction, _ numbers: Range<Int>) async throws -> [StreamMessage]

    /// The number of the first message at or after a time, as ``CallClock/now`` of the call; `nil` where all are earlier.
    func number(of direction: Direction, at time: Duration) async throws -> Int?
}

extension TranscriptReading {
    public var isGrowing: Bool { true }
    public var call: Int64? { nil }

    public func read(_ direction: Direction, _ numbers: Range<Int>) async throws -> [StreamMessage] {
        messages(of: direction, in: numbers)
    }
}
