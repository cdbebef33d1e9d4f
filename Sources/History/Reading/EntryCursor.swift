import RPCCore

/// Walks through the entries of one stream of a call, some blocks at a time.
struct EntryCursor<Entry: Sendable>: Sendable {
    private var blocks: BlockCursor
    private let entries: @Sendable (Block) async throws -> [Entry]
    private var read: ArraySlice<Entry> = []

    init(_ blocks: BlockCursor, _ entries: @escaping @Sendable (Block) async throws -> [Entry]) {
        self.blocks = blocks
        self.entries = entries
    }

    /// The next entry; `nil` at the end of what is written.
    /// - Throws: ``HistoryError``; `CancellationError` when the task is cancelled.
    mutating func next() async throws -> Entry? {
        try await readBlock()
        return read.popFirst()
    }

    /// So many entries.
    /// - Throws: ``HistoryError``, also where there are fewer; `CancellationError` when the task is cancelled.
    mutating func next(_ count: Int) async throws -> [Entry] {
        var taken: [Entry] = []
        while taken.count < count {
            try await readBlock()
            guard !read.isEmpty else { throw blocks.damage }
            let part = read.prefix(count - taken.count)
            taken += part
            read = read.dropFirst(part.count)
        }
        return taken
    }

    private mutating func readBlock() async throws {
        while read.isEmpty, let block = try await blocks.next(entries) { read = block[...] }
    }
}

extension EntryCursor<EventLine> {
    /// The facts of a call.
    static func facts(of call: RecordedCall, in store: HistoryStore) -> EntryCursor {
        // No message is among them.
        let method = store.usual(call.head.kind)
        return EntryCursor(BlockCursor(.facts, of: call.id, in: store)) { [start = call.start] in
            try $0.facts(start: start, of: method)
        }
    }
}

extension EntryCursor<StreamMessage> {
    /// The messages of a direction of a call.
    static func messages(_ direction: Direction, of call: Int64, in store: HistoryStore) -> EntryCursor {
        EntryCursor(BlockCursor(BlockStream(direction), of: call, in: store)) {
            try $0.messages(of: try await store.method(of: call))
        }
    }
}
