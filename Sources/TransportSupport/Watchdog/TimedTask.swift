import RPCCore
import Synchronization

/// Work in a task of its own that is waited for, but not for ever.
final class TimedTask<Value: Sendable>: Sendable {
    private struct State {
        var waiter: CheckedContinuation<Value?, Never>?
        var work: Task<Void, Never>?
        var alarms: [Task<Void, Never>] = []
        var isCancelled = false
        var isOver = false
    }

    private let clock: any CallClock
    private let limit: Duration
    private let state = Mutex(State())

    /// - Parameter limit: How long is waited.
    init(within limit: Duration, clock: any CallClock) {
        self.limit = limit
        self.clock = clock
    }

    /// What the work comes to; `nil` where that takes too long. The work is then cancelled, and left to itself.
    func value(of body: @escaping @Sendable () async -> Value) async -> Value? {
        await withCheckedContinuation { waiter in
            state.withLock { $0.waiter = waiter }
            let work = Task { finish(with: await body()) }
            // Cancelled before it began, it may be over already.
            let (isNoUse, late) = state.withLock { state in
                state.work = work
                return (state.isCancelled || state.isOver, state.isOver ? state.waiter.take() : nil)
            }
            if isNoUse { work.cancel() }
            late?.resume(returning: nil)
            setAlarm(after: limit)
        }
    }

    /// Cancels the work, and waits for its end no longer than a grace.
    func cancel(grace: Duration) {
        let work = state.withLock { state in
            state.isCancelled = true
            return state.work
        }
        work?.cancel()
        setAlarm(after: grace)
    }

    private func setAlarm(after delay: Duration) {
        let alarm = Task { [clock] in
            guard (try? await clock.sleep(for: delay)) != nil else { return }
            finish(with: nil)
        }
        let isOver = state.withLock { state in
            state.alarms.append(alarm)
            return state.isOver
        }
        if isOver { alarm.cancel() }
    }

    private func finish(with value: Value?) {
        let (waiter, tasks) = state.withLock { state in
            state.isOver = true
            return (state.waiter.take(), state.alarms + (value == nil ? [state.work].compactMap { $0 } : []))
        }
        for task in tasks { task.cancel() }
        waiter?.resume(returning: value)
    }
}
