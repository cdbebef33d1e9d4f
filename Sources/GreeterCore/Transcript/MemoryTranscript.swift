import DequeModule
import Synchronization

/// The record of a call in memory: exact counts, and the newest messages of each half up to a bound.
///
/// At ``defaultLimit`` messages a half, and some 400 bytes a message of a Greeter service, the bound is about 8 MB.
public final class MemoryTranscript: TranscriptReading {
    /// Messages kept for each half unless another limit is given.
    public static let defaultLimit = 10_000

    private let limit: Int
    private let halves = Mutex((sent: Half(), received: Half()))

    /// - Parameter limit: How many messages of each half are kept, at least one; the oldest make room.
    public init(limit: Int = defaultLimit) {
        precondition(limit >= 1, "a transcript keeps at least one message")
        self.limit = limit
    }

    /// Adds messages, numbered on from those before.
    public func append(_ messages: [StreamMessage], to half: StreamHalf) {
        halves.withLock { halves in
            switch half {
            case .sent: halves.sent.append(messages, limit: limit)
            case .received: halves.received.append(messages, limit: limit)
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

        var kept: Range<Int> { count - messages.count + 1..<count + 1 }

        mutating func append(_ new: [StreamMessage], limit: Int) {
            count += new.count
            let overflow = messages.count + min(new.count, limit) - limit
            if overflow > 0 { messages.removeFirst(overflow) }
            messages.append(contentsOf: new.suffix(limit))
        }
    }
}
