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
        private var batches: Deque<Batch> = []

        private struct Batch {
            /// The number of its first message.
            var first: Int
            var messages: [StreamMessage]
            /// Payload bytes of those of its messages that are kept.
            var bytes: Int

            var end: Int { first + messages.count }
        }

        var kept: Range<Int> { oldest..<count + 1 }

        mutating func append(_ new: [StreamMessage], limit: Int, byteLimit: Int) {
            guard !new.isEmpty else { return }
            // In place: to copy a message is to count references.
            var size = 0
            for index in new.indices { size += new[index].size }
            batches.append(Batch(first: count + 1, messages: new, bytes: size))
            count += new.count
            bytes += size
            makeRoom(limit, byteLimit)
        }

        /// Drops the oldest messages until the bounds hold: whole batches while even the last of them has no room.
        private mutating func makeRoom(_ limit: Int, _ byteLimit: Int) {
            while var batch = batches.popFirst() {
                if count - batch.end >= limit - 1 || bytes - batch.bytes > byteLimit {
                    bytes -= batch.bytes
                    oldest = batch.end
                    continue
                }
                while count - oldest >= limit || bytes > byteLimit && oldest < count {
                    let size = batch.messages[oldest - batch.first].size
                    batch.bytes -= size
                    bytes -= size
                    oldest += 1
                }
                if oldest < batch.end { return batches.prepend(batch) }
            }
        }

        func messages(_ numbers: Range<Int>) -> [StreamMessage] {
            let numbers = numbers.clamped(to: kept)
            var found: [StreamMessage] = []
            var index = batches.partitioningIndex { $0.end > numbers.lowerBound }
            while !numbers.isEmpty, index < batches.count, batches[index].first < numbers.upperBound {
                let batch = batches[index]
                let part = numbers.clamped(to: batch.first..<batch.end)
                found += batch.messages[part.lowerBound - batch.first..<part.upperBound - batch.first]
                index += 1
            }
            return found
        }
    }
}
