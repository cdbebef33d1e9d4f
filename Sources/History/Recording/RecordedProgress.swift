import RPCCore
import Waiting

/// How much of a call is on the disk.
public final class RecordedProgress: Sendable {
    /// What is on the disk, exactly: both directions are written in the same transaction.
    public struct Written: Hashable, Sendable {
        /// The number of the call in the history; `nil` as long as nothing is written.
        public var call: Int64?
        public var sent = 0
        public var received = 0
        /// Whether the call is over, and wholly on the disk.
        public var isComplete = false
        /// Whether nothing more of it will be written, for that has failed.
        public var isStopped = false

        /// Whether more may be written.
        var isGrowing: Bool { !isComplete && !isStopped }

        func count(of direction: Direction) -> Int { direction == .sent ? sent : received }
    }

    private struct State: HasWaiters {
        var written = Written()
        var news: HistoryError?
        var onChange: @Sendable () -> Void = {}
        var waiters = Waiters()
    }

    private let state: Guarded<State>

    init(_ written: Written = Written()) {
        state = Guarded(State(written: written))
    }

    public var written: Written { state.withLock { $0.written } }

    /// Sets what is called on some thread when more is written, or no more will be.
    func whenChanged(_ body: @escaping @Sendable () -> Void) {
        state.withLock { $0.onChange = body }
    }

    func written(call: Int64?, sent: Int, received: Int, hasEnded: Bool) {
        change { state in
            state.written.call = call
            state.written.sent = sent
            state.written.received = received
            state.written.isComplete = hasEnded
        }
    }

    func stopped(_ reason: HistoryError) {
        change { state in
            state.written.isStopped = true
            state.news = reason
        }
    }

    /// Why nothing more is written, where that is news; the first time only.
    func takeNews() -> HistoryError? { state.withLock { $0.news.take() } }

    private func change(_ body: (inout State) -> Void) {
        let onChange = state.withLock { state in
            body(&state)
            state.waiters.wake()
            return state.onChange
        }
        onChange()
    }

    /// Waits until so many messages of a direction are written, or no more will be, or the task is cancelled.
    func wait(for count: Int, of direction: Direction) async {
        let isNeeded: @Sendable (inout State) -> Bool = {
            $0.written.isGrowing && $0.written.count(of: direction) < count
        }
        while state.withLock(isNeeded), !Task.isCancelled { await state.wait(\.waiters, while: isNeeded) }
    }
}
