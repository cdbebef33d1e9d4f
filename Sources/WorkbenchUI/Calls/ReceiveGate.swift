import Waiting

/// The gate that received messages pass: open, or closed and let through one by one.
final class ReceiveGate: Sendable {
    private struct State: HasWaiters {
        var isPaused = false
        var permits = 0
        var waiters = Waiters()
    }

    private let state = Guarded(State())

    func setPaused(_ isPaused: Bool) {
        state.withLock { state in
            state.isPaused = isPaused
            state.permits = 0
            state.waiters.wake()
        }
    }

    /// Lets one message through while the gate is closed.
    func step() {
        state.withLock { state in
            state.permits += 1
            state.waiters.wake()
        }
    }

    /// Waits until messages may pass.
    /// - Returns: how many of the wanted ones may, at least one; all of them once the task is cancelled, so that
    ///   nothing that was received is lost.
    func pass(_ wanted: Int) async -> Int {
        while !Task.isCancelled {
            let allowed = state.withLock { state -> Int in
                guard state.isPaused else { return wanted }
                let allowed = min(wanted, state.permits)
                state.permits -= allowed
                return allowed
            }
            if allowed > 0 { return allowed }
            await state.wait(\.waiters) { $0.isPaused && $0.permits == 0 }
        }
        return wanted
    }
}
