import RPCCore

/// Part of a call's record: what followed on one another in one of its streams, encoded.
struct Block: Sendable {
    /// Up to this many messages are in one block.
    static let messageLimit = 512
    /// A block that has reached this many bytes takes no more: 64 KiB. A longer message is alone, or last, in its block.
    static let byteLimit = 64 << 10

    var stream: BlockStream
    /// The number of the first entry, counted from 1.
    var first: Int
    var count: Int
    /// When the first and the last entry were, as ``CallClock/now`` in nanoseconds.
    var firstTime: Int64
    var lastTime: Int64
    var data: [UInt8]

    var numbers: Range<Int> { first..<first + count }
}

/// What is recorded of a call, each by itself so that either direction can be read without the rest.
enum BlockStream: Int, Sendable, CaseIterable {
    case sent = 0
    case received = 1
    /// In which order things happened, see ``OrderToken``.
    case order = 2
    /// Events that are no messages, as complete lines of ``EventLines``.
    case facts = 3

    init(_ direction: Direction) {
        self = direction == .sent ? .sent : .received
    }
}

/// What happened next, by its kind and number only.
enum OrderToken: Hashable, Sendable {
    /// So many messages were sent.
    case sent(Int)
    /// So many messages were received.
    case received(Int)
    case acknowledged(upTo: Int, at: Int64)
    case resent(ClosedRange<Int>, at: Int64)
    /// The next of the facts.
    case fact
}
