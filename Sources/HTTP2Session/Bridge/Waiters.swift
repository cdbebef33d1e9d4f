import Synchronization

/// Tasks that wait for a change of a state under a lock.
struct Waiters {
    private var continuations: [CheckedContinuation<Void, Never>] = []

    mutating func add(_ continuation: CheckedContinuation<Void, Never>) {
        continuations.append(continuation)
    }

    /// Wakes all. They look for themselves whether there is what they wait for.
    mutating func wake() {
        guard !continuations.isEmpty else { return }
        for continuation in continuations { continuation.resume() }
        continuations.removeAll(keepingCapacity: true)
    }
}

/// A state under a lock, for which tasks can wait.
final class Guarded<State: Sendable>: Sendable {
    private let mutex: Mutex<State>

    init(_ state: State) {
        mutex = Mutex(state)
    }

    func withLock<Value: Sendable>(_ body: (inout State) -> Value) -> Value {
        mutex.withLock { state in body(&state) }
    }

    /// Waits until it is woken; not at all where `isNeeded` says so, or the task is cancelled. Cancelling wakes all waiters.
    ///
    /// May return early: callers look again.
    func wait(
        _ waiters: any WritableKeyPath<State, Waiters> & Sendable, while isNeeded: @Sendable (inout State) -> Bool
    ) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isKept = withLock { state in
                    guard !Task.isCancelled, isNeeded(&state) else { return false }
                    state[keyPath: waiters].add(continuation)
                    return true
                }
                if !isKept { continuation.resume() }
            }
        } onCancel: {
            withLock { $0[keyPath: waiters].wake() }
        }
    }
}
