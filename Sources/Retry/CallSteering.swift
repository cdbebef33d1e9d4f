import Waiting

/// What a user can do to a call between two attempts: not wait any longer.
public final class CallSteering: Sendable {
    /// The user's hand on the call that is made in this task, where a user has one.
    @TaskLocal public static var current: CallSteering?

    private struct State: HasWaiters {
        var requests = 0
        var waiters = Waiters()
    }

    private let state = Guarded(State())

    public init() {}

    /// Begins the next attempt now, where one is announced.
    public func retryNow() {
        state.withLock { state in
            state.requests += 1
            state.waiters.wake()
        }
    }

    /// How often the next attempt was asked for. Read before an attempt is announced, for who hears of it may be quick.
    var requests: Int { state.withLock { $0.requests } }

    /// Waits until the next attempt is asked for.
    /// - Parameter before: ``requests`` when it was announced.
    /// - Returns: whether it was; false when the task was cancelled.
    func retryIsAsked(since before: Int) async -> Bool {
        while requests == before, !Task.isCancelled {
            await state.wait(\.waiters) { $0.requests == before }
        }
        return requests > before
    }
}
