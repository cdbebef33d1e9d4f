public import RPCCore
import Synchronization

/// The messages of a recorded call, read from the disk a page at a time as they are asked for.
///
/// What is asked for as ``TranscriptReading/messages(of:in:)`` never waits: what is in memory comes at once, and what is not is
/// fetched in the background, with the pages beside it where a window is asked for; `onChange` is called then. In memory are at
/// most ``cacheLimit`` bytes of pages, and the page that was fetched last.
public final class StoredTranscript: TranscriptReading {
    /// Messages of a page.
    public static let pageLength = 128
    /// What the pages in memory may take, in bytes: 8 MiB.
    public static let cacheLimit = 8 << 20

    private let progress: RecordedProgress
    /// What reads its messages; `nil` where the history is to say.
    private let method: MethodSchema?
    private let store: HistoryStore
    private let state = Mutex(State())
    private let onChange: @Sendable () -> Void

    private struct State {
        var pages = PageCache(limit: StoredTranscript.cacheLimit)
        var fetching: Set<PageKey> = []
    }

    /// - Parameter onChange: Called on some thread when messages have come that were asked for.
    init(
        _ progress: RecordedProgress, of method: MethodSchema? = nil, in store: HistoryStore,
        onChange: @escaping @Sendable () -> Void
    ) {
        self.progress = progress
        self.method = method
        self.store = store
        self.onChange = onChange
    }

    public func count(of direction: Direction) -> Int { progress.written.count(of: direction) }

    /// All that are on the disk.
    public func kept(of direction: Direction) -> Range<Int> { 1..<count(of: direction) + 1 }

    /// Whether more may come.
    public var isGrowing: Bool { progress.written.isGrowing }

    public var call: Int64? { progress.written.call }

    public func messages(of direction: Direction, in numbers: Range<Int>) -> [StreamMessage] {
        let wanted = numbers.clamped(to: kept(of: direction))
        // Who looks at a window is likely to scroll.
        let margin = wanted.count > 1 ? Self.pageLength : 0
        let around = wanted.lowerBound - margin..<wanted.upperBound + margin
        let keys = PageKey.keys(of: direction, wanted.isEmpty ? wanted : around.clamped(to: kept(of: direction)))
        let (messages, missing) = state.withLock { state -> ([StreamMessage], [PageKey]) in
            var messages: [StreamMessage] = []
            var missing: [PageKey] = []
            for key in keys {
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
            let messages = try? await read(key.direction, key.numbers.clamped(to: kept(of: key.direction)))
            state.withLock { state in
                state.fetching.remove(key)
                if let messages { state.pages.insert(messages, as: key) }
            }
            // A page that cannot be read is not asked for again by the frame that follows.
            if messages?.isEmpty == false { onChange() }
        }
    }

    /// The messages with these numbers, as far as there are such. Waits for the disk, and for those that are still on their way
    /// to it.
    /// - Throws: ``HistoryError``; `CancellationError` when the task is cancelled.
    public func read(_ direction: Direction, _ numbers: Range<Int>) async throws -> [StreamMessage] {
        guard let last = numbers.last else { return [] }
        await progress.wait(for: last, of: direction)
        guard let call = progress.written.call else { return [] }
        var cursor = BlockCursor(BlockStream(direction), of: call, from: max(1, numbers.lowerBound), in: store)
        let method = try await method(of: call)
        var messages: [StreamMessage] = []
        while messages.last.map({ $0.number < last }) ?? true,
            let block = try await cursor.next({ try $0.messages(of: method) }),
            let first = block.first, first.number <= last
        {
            messages += block.filter { numbers.contains($0.number) }
        }
        return messages
    }

    private func method(of call: Int64) async throws -> MethodSchema {
        guard let method else { return try await store.method(of: call) }
        return method
    }

    /// Reads no more than one block, however many there are.
    public func number(of direction: Direction, at time: Duration) async throws -> Int? {
        guard let call = progress.written.call else { return nil }
        let reader = BlockReader(call: call, stream: BlockStream(direction))
        let place = try await store.reading { db, _ in try reader.place(at: time.wholeNanoseconds, db) }
        guard let place, !place.isReached else { return place?.number }
        var cursor = BlockCursor(BlockStream(direction), of: call, from: place.number, in: store)
        let method = try await method(of: call)
        return try await cursor.next { block in
            try block.messages(of: method).first { $0.time >= time }?.number
        } ?? nil
    }
}

extension HistoryStore {
    /// The messages of a call, as far as it is recorded now.
    /// - Parameter onChange: Called on some thread when messages have come that were asked for.
    public func transcript(
        of call: RecordedCall, onChange: @escaping @Sendable () -> Void = {}
    ) -> StoredTranscript {
        let written = RecordedProgress.Written(
            call: call.id, sent: call.sent, received: call.messagesReceived, isComplete: true)
        return StoredTranscript(RecordedProgress(written), in: self, onChange: onChange)
    }
}
