import Synchronization

/// How much of a call that is being recorded is on the disk.
public final class RecordedProgress: Sendable {
    /// What is on the disk, exactly: both halves are written in the same transaction.
    public struct Written: Hashable, Sendable {
        /// The number of the call in the history; `nil` as long as nothing is written.
        public var call: Int64?
        public var sent = 0
        public var received = 0
        /// Whether the call is over, and wholly on the disk.
        public var isComplete = false
        /// Whether nothing more of it will be written, for that has failed.
        public var isStopped = false
    }

    private let state = Mutex<(written: Written, news: HistoryError?)>((Written(), nil))

    init() {}

    public var written: Written { state.withLock { $0.written } }

    func written(call: Int64?, sent: Int, received: Int, hasEnded: Bool) {
        state.withLock { state in
            state.written.call = call
            state.written.sent = sent
            state.written.received = received
            state.written.isComplete = hasEnded
        }
    }

    func stopped(_ reason: HistoryError) {
        state.withLock { state in
            state.written.isStopped = true
            state.news = reason
        }
    }

    /// Why nothing more is written, where that is news; the first time only.
    func takeNews() -> HistoryError? { state.withLock { $0.news.take() } }
}
