import Algorithms
import DequeModule
import Synchronization

/// The record of a call in memory: exact counts, and the newest messages of each direction up to a bound.
///
/// The bound of a direction is a number of messages and a number of payload bytes, whichever is reached first. With some 300
/// bytes of bookkeeping a message, a direction takes at most about 3 MB and twice ``defaultByteLimit``, and one message more
/// where that alone is longer; and what else came in the same batch as the oldest that is kept.
public final class MemoryTranscript: TranscriptReading {
    /// Messages kept for each direction unless another limit is given.
    public static let defaultLimit = 10_000

    /// Payload bytes kept for each direction unless another limit is given. The newest message is kept whatever its size.
    public static let defaultByteLimit = 16 << 20

    private let limit: Int
    private let byteLimit: Int
    private let directions = Mutex((sent: Kept(), received: Kept()))

    /// - Parameters:
    ///   - limit: How many messages of each direction are kept, at least one; the oldest make room.
    ///   - byteLimit: How many payload bytes of each direction are kept.
    public init(limit: Int = defaultLimit, byteLimit: Int = defaultByteLimit) {
        precondition(limit >= 1, "a transcript keeps at least one message")
        self.limit = limit
        self.byteLimit = byteLimit
    }

    /// Adds messages, numbered on from those before.
    public func append(_ messages: [StreamMessage], to direction: Direction) {
        directions.withLock { directions in
            switch direction {
            case .sent: directions.sent.append(messages, limit: limit, byteLimit: byteLimit)
            case .received: directions.received.append(messages, limit: limit, byteLimit: byteLimit)
            }
        }
    }

    public func count(of direction: Direction) -> Int {
        read(direction) { $0.count }
    }

    public func kept(of direction: Direction) -> Range<Int> {
        read(direction) { $0.kept }
    }

    public func messages(of direction: Direction, in numbers: Range<Int>) -> [StreamMessage] {
        read(direction) { $0.messages(numbers) }
    }

    private func read<Value: Sendable>(_ direction: Direction, _ body: (borrowing Kept) -> Value) -> Value {
        directions.withLock { direction == .sent ? body($0.sent) : body($0.received) }
    }

    /// Batches as they came: to keep one is to keep one array, however many messages are in it.
    private struct Kept {
        var count = 0
        /// The number of the oldest message that is kept.
        private var oldest = 1
        private var bytes = 0
        private var batches: Deque<(first: Int, messages: [StreamMessage])> = []

        var kept: Range<Int> { oldest..<count + 1 }

        mutating func append(_ new: [StreamMessage], limit: Int, byteLimit: Int) {
            guard !new.isEmpty else { return }
            batches.append((count + 1, new))
            count += new.count
            for index in new.indices { bytes += new[index].size }
            while count - oldest >= limit || bytes > byteLimit && oldest < count { dropOldest() }
        }

        private mutating func dropOldest() {
            guard let (first, messages) = batches.first else { return }
            bytes -= messages[oldest - first].size
            oldest += 1
            if oldest == first + messages.count { batches.removeFirst() }
        }

        func messages(_ numbers: Range<Int>) -> [StreamMessage] {
            let numbers = numbers.clamped(to: kept)
            var found: [StreamMessage] = []
            var index = batches.partitioningIndex { $0.first + $0.messages.count > numbers.lowerBound }
            while !numbers.isEmpty, index < batches.count, batches[index].first < numbers.upperBound {
                let (first, messages) = batches[index]
                let part = numbers.clamped(to: first..<first + messages.count)
                found += messages[part.lowerBound - first..<part.upperBound - first]
                index += 1
            }
            return found
        }
    }
}
