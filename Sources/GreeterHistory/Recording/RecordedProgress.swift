import GreeterCore
import Synchronization

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

    private struct State {
        var written = Written()
        var news: HistoryError?
        var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
        var nextWaiter = 0
        var onChange: @Sendable () -> Void = {}
    }

    private let state: Mutex<State>

    init(_ written: Written = Written()) {
        state = Mutex(State(written: written))
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
        let (waiters, onChange) = state.withLock { state in
            body(&state)
            defer { state.waiters = [:] }
            return (state.waiters.values, state.onChange)
        }
        for waiter in waiters { waiter.resume() }
        onChange()
    }

    /// Waits until so many messages of a direction are written, or no more will be, or the task is cancelled.
    func wait(for count: Int, of direction: Direction) async {
        while !Task.isCancelled, written.isGrowing, written.count(of: direction) < count {
            let number = state.withLock { state in
                state.nextWaiter += 1
                return state.nextWaiter
            }
            await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    let mustWait = state.withLock { state in
                        guard state.written.isGrowing, state.written.count(of: direction) < count, !Task.isCancelled
                        else {
                            return false
                        }
                        state.waiters[number] = continuation
                        return true
                    }
                    if !mustWait { continuation.resume() }
                }
            } onCancel: {
                state.withLock { $0.waiters.removeValue(forKey: number) }?.resume()
            }
        }
    }
}
