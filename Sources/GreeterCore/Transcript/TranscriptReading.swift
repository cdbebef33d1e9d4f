/// What the panes ask of a call's record: counts, and the rows they show. Nothing costs more for a longer call.
public protocol TranscriptReading: Sendable {
    /// How many messages of a half there have been, kept or not.
    func count(of half: StreamHalf) -> Int

    /// The numbers of the messages that can still be read.
    func kept(of half: StreamHalf) -> Range<Int>

    /// The messages with these numbers, in order, as far as they are kept.
    func messages(of half: StreamHalf, in numbers: Range<Int>) -> [StreamMessage]
}

/// The two directions of a call, seen from the client.
public enum StreamHalf: Hashable, Sendable, CaseIterable {
    case sent
    case received
}
