import Synchronization

/// The gate that received messages pass: open, or closed and let through one by one.
final class ReceiveGate: Sendable {
    private struct State {
        var isPaused = false
        var permits = 0
        var waiters: [CheckedContinuation<Void, Never>] = []

        mutating func takeWaiters() -> [CheckedContinuation<Void, Never>] {
            defer { waiters = [] }
            return waiters
        }
    }

    private let state = Mutex(State())

    func setPaused(_ isPaused: Bool) {
        wake { state in
            state.isPaused = isPaused
            state.permits = 0
        }
    }

    /// Lets one message through while the gate is closed.
    func step() {
        wake { $0.permits += 1 }
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
            await waitForChange()
        }
        return wanted
    }

    private func waitForChange() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let mustWait = state.withLock { state -> Bool in
                    guard state.isPaused, state.permits == 0, !Task.isCancelled else { return false }
                    state.waiters.append(continuation)
                    return true
                }
                if !mustWait { continuation.resume() }
            }
        } onCancel: {
            wake { _ in }
        }
    }

    private func wake(_ change: (inout State) -> Void) {
        let waiters = state.withLock { state in
            change(&state)
            return state.takeWaiters()
        }
        for waiter in waiters { waiter.resume() }
    }
}
