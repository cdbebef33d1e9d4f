import DequeModule
import Synchronization

/// The record of a call in memory: exact counts, and the newest messages of each half up to a bound.
///
/// The bound of a half is a number of messages and a number of payload bytes, whichever is reached first. With some 300
/// bytes of bookkeeping a message, a half takes at most about 3 MB and twice ``defaultByteLimit``, and one message more
/// where that alone is longer.
public final class MemoryTranscript: TranscriptReading {
    /// Messages kept for each half unless another limit is given.
    public static let defaultLimit = 10_000

    /// Payload bytes kept for each half unless another limit is given. The newest message is kept whatever its size.
    public static let defaultByteLimit = 16 << 20

    private let limit: Int
    private let byteLimit: Int
    private let halves = Mutex((sent: Half(), received: Half()))

    /// - Parameters:
    ///   - limit: How many messages of each half are kept, at least one; the oldest make room.
    ///   - byteLimit: How many payload bytes of each half are kept.
    public init(limit: Int = defaultLimit, byteLimit: Int = defaultByteLimit) {
        precondition(limit >= 1, "a transcript keeps at least one message")
        self.limit = limit
        self.byteLimit = byteLimit
    }

    /// Adds messages, numbered on from those before.
    public func append(_ messages: [StreamMessage], to half: StreamHalf) {
        halves.withLock { halves in
            switch half {
            case .sent: halves.sent.append(messages, limit: limit, byteLimit: byteLimit)
            case .received: halves.received.append(messages, limit: limit, byteLimit: byteLimit)
            }
        }
    }

    public func count(of half: StreamHalf) -> Int {
        read(half) { $0.count }
    }

    public func kept(of half: StreamHalf) -> Range<Int> {
        read(half) { $0.kept }
    }

    public func messages(of half: StreamHalf, in numbers: Range<Int>) -> [StreamMessage] {
        read(half) { half in
            numbers.clamped(to: half.kept).map { half.messages[$0 - half.kept.lowerBound] }
        }
    }

    private func read<Value: Sendable>(_ half: StreamHalf, _ body: (borrowing Half) -> Value) -> Value {
        halves.withLock { half == .sent ? body($0.sent) : body($0.received) }
    }

    private struct Half {
        var count = 0
        var messages: Deque<StreamMessage> = []
        var bytes = 0

        var kept: Range<Int> { count - messages.count + 1..<count + 1 }

        mutating func append(_ new: [StreamMessage], limit: Int, byteLimit: Int) {
            count += new.count
            let kept = new.suffix(limit)
            bytes += kept.reduce(0) { $0 + $1.size }
            messages.append(contentsOf: kept)
            let surplus = max(0, messages.count - limit)
            bytes -= messages.prefix(surplus).reduce(0) { $0 + $1.size }
            messages.removeFirst(surplus)
            while bytes > byteLimit, messages.count > 1 { bytes -= messages.removeFirst().size }
        }
    }
}
