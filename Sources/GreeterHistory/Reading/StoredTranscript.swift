public import GreeterCore
import Synchronization

/// The messages of a recorded call, read from the disk a page at a time as they are asked for.
///
/// What is asked for as ``TranscriptReading`` never waits: what is in memory comes at once, and what is not is fetched in the
/// background, after which `onChange` is called. In memory are at most ``cacheLimit`` bytes of pages, and the page that was
/// fetched last.
public final class StoredTranscript: TranscriptReading {
    /// Messages of a page.
    public static let pageLength = 128
    /// What the pages in memory may take, in bytes: 8 MiB.
    public static let cacheLimit = 8 << 20

    public let call: Int64
    let store: HistoryStore
    private let state: Mutex<State>
    private let onChange: @Sendable () -> Void

    private struct State {
        var counts: [StreamHalf: Int]
        var pages = PageCache(limit: StoredTranscript.cacheLimit)
        var fetching: Set<PageKey> = []
    }

    init(_ call: RecordedCall, in store: HistoryStore, onChange: @escaping @Sendable () -> Void) {
        self.call = call.id
        self.store = store
        self.onChange = onChange
        state = Mutex(State(counts: [.sent: call.sent, .received: call.received]))
    }

    public func count(of half: StreamHalf) -> Int { state.withLock { $0.counts[half] ?? 0 } }

    public func kept(of half: StreamHalf) -> Range<Int> { 1..<count(of: half) + 1 }

    /// Of the messages with these numbers, those at the beginning that are in memory. The rest is being fetched.
    public func messages(of half: StreamHalf, in numbers: Range<Int>) -> [StreamMessage] {
        let (messages, missing) = state.withLock { state -> ([StreamMessage], [PageKey]) in
            let wanted = numbers.clamped(to: 1..<(state.counts[half] ?? 0) + 1)
            var messages: [StreamMessage] = []
            var missing: [PageKey] = []
            for key in PageKey.keys(of: half, wanted) {
                let part = wanted.clamped(to: key.numbers)
                if let found = state.pages.messages(key, part) {
                    if missing.isEmpty { messages += found }
                } else if state.fetching.insert(key).inserted {
                    missing.append(key)
                }
            }
            return (messages, missing)
        }
        for key in missing { fetch(key) }
        return messages
    }

    private func fetch(_ key: PageKey) {
        Task {
            let messages = try? await read(key.half, key.numbers)
            state.withLock { state in
                state.fetching.remove(key)
                if let messages { state.pages.insert(messages, as: key) }
            }
            // A page that cannot be read is not asked for again by the picture that follows.
            if messages?.isEmpty == false { onChange() }
        }
    }

    /// The messages with these numbers, as far as there are such; waits for the disk.
    public func read(_ half: StreamHalf, _ numbers: Range<Int>) async throws(HistoryError) -> [StreamMessage] {
        do {
            var cursor = BlockCursor(BlockStream(half), of: call, from: max(1, numbers.lowerBound), in: store)
            var messages: [StreamMessage] = []
            while let block = try await cursor.nextBlock(), block.first < numbers.upperBound {
                messages += try block.messages().filter { numbers.contains($0.number) }
                if block.numbers.upperBound >= numbers.upperBound { break }
            }
            return messages
        } catch {
            throw HistoryError(error, at: "call \(call)")
        }
    }

    /// Looks how far a call that goes on has come.
    public func refresh() async throws(HistoryError) {
        let call = try await store.call(call)
        advance(sent: call.sent, received: call.received)
    }

    /// Takes over how many messages there are on the disk.
    public func advance(sent: Int, received: Int) {
        state.withLock { state in
            state.counts[.sent] = max(state.counts[.sent] ?? 0, sent)
            state.counts[.received] = max(state.counts[.received] ?? 0, received)
        }
    }

    /// The number of the first message at or after a time, as ``CallClock/now`` of the call; `nil` where all are earlier.
    public func number(of half: StreamHalf, at time: Duration) async throws(HistoryError) -> Int? {
        let nanoseconds = time.wholeNanoseconds
        let reader = BlockReader(call: call, stream: BlockStream(half))
        return try await store.reading { database in
            try database.pool.read { db in
                guard let first = try reader.block(at: nanoseconds, db) else { return nil }
                let block = try reader.blocks(from: first, atMost: 1, bytes: 1, db).first
                return try block?.messages().first { $0.time.wholeNanoseconds >= nanoseconds }?.number
            }
        }
    }
}

extension HistoryStore {
    /// The messages of a call.
    /// - Parameter onChange: Called on some thread when messages have come that were asked for.
    public func transcript(
        of call: RecordedCall, onChange: @escaping @Sendable () -> Void = {}
    ) -> StoredTranscript {
        StoredTranscript(call, in: self, onChange: onChange)
    }
}
