import GreeterCore

/// Walks through the blocks of a stream, some at a time. In memory are at most eight of them, or one that is larger than all of
/// those would be.
struct BlockCursor: Sendable {
    private let store: HistoryStore
    private let reader: BlockReader
    private var next: Int
    private var read: [Block] = []

    init(_ stream: BlockStream, of call: Int64, from number: Int = 1, in store: HistoryStore) {
        self.store = store
        reader = BlockReader(call: call, stream: stream)
        next = number
    }

    /// The next block; `nil` at the end of what is written.
    /// - Throws: ``HistoryError``.
    mutating func nextBlock() async throws -> Block? {
        if read.isEmpty {
            read = try await store.reading { [reader, next] database in
                try database.pool.read {
                    try reader.blocks(from: next, atMost: 8, bytes: 8 * Block.byteLimit, $0).reversed()
                }
            }
        }
        guard let block = read.popLast() else { return nil }
        next = block.numbers.upperBound
        return block
    }
}
