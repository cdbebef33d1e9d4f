import RPCCore

/// Walks through the blocks of a stream, some at a time. In memory are at most eight of them, or one that is larger than all of
/// those would be.
struct BlockCursor: Sendable {
    private let store: HistoryStore
    private let reader: BlockReader
    private var number: Int
    private var read: [Block] = []

    init(_ stream: BlockStream, of call: Int64, from number: Int = 1, in store: HistoryStore) {
        self.store = store
        reader = BlockReader(call: call, stream: stream)
        self.number = number
    }

    /// Says that what was read is not as it was written.
    var damage: HistoryError { HistoryError(BlockDamage(), at: place) }

    private var place: String { "call \(reader.call)" }

    /// What the next block has; `nil` at the end of what is written.
    /// - Throws: ``HistoryError``; `CancellationError` when the task is cancelled.
    mutating func next<Value>(_ decode: (Block) async throws -> Value) async throws -> Value? {
        if read.isEmpty {
            read = try await store.reading { [reader, number] db, _ in
                try reader.blocks(from: number, atMost: 8, bytes: 8 * Block.byteLimit, db).reversed()
            }
        }
        guard let block = read.popLast() else { return nil }
        number = block.numbers.upperBound
        do {
            return try await decode(block)
        } catch {
            throw HistoryError.explained(error, at: place)
        }
    }
}
