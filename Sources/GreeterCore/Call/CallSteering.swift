import Waiting

/// What a person can do to a call between two attempts: not wait any longer.
public final class CallSteering: Sendable {
    private struct State: Awaitable {
        /// How often the next attempt was asked for while it was being waited for.
        var requests = 0
        var waiters = Waiters()

        mutating func takeWoken() -> [CheckedContinuation<Void, Never>] { waiters.takeWoken() }
    }

    private let state = Guarded(State())

    public init() {}

    /// Begins the next attempt now, where one is being waited for.
    public func retryNow() {
        state.withLock { state in
            state.requests += 1
            state.waiters.wake()
        }
    }

    /// Waits until the next attempt is asked for.
    /// - Returns: whether it was; false when the task was cancelled.
    public func retryIsAsked() async -> Bool {
        let before = state.withLock { $0.requests }
        while state.withLock({ $0.requests == before }), !Task.isCancelled {
            await state.wait(\.waiters) { $0.requests == before }
        }
        return state.withLock { $0.requests > before }
    }
}
