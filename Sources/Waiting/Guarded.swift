import Synchronization

/// Tasks that wait for a change of a state under a lock.
package struct Waiters: Sendable {
    private var waiting: [CheckedContinuation<Void, Never>] = []
    private var woken: [CheckedContinuation<Void, Never>] = []

    package init() {}

    package var isEmpty: Bool { waiting.isEmpty }

    fileprivate mutating func add(_ continuation: CheckedContinuation<Void, Never>) {
        waiting.append(continuation)
    }

    /// Wakes all, as soon as the lock is released. They look for themselves whether there is what they wait for.
    package mutating func wake() {
        guard !waiting.isEmpty else { return }
        woken += waiting
        waiting.removeAll(keepingCapacity: true)
    }

    package mutating func takeWoken() -> [CheckedContinuation<Void, Never>] {
        guard !woken.isEmpty else { return [] }
        defer { woken = [] }
        return woken
    }
}

/// A state for which tasks can wait.
package protocol Awaitable: SendableMetatype {
    /// Those whose waiting is over since the last time.
    mutating func takeWoken() -> [CheckedContinuation<Void, Never>]
}

/// A state for which tasks wait in one place.
package protocol HasWaiters: Awaitable {
    var waiters: Waiters { get set }
}

extension HasWaiters {
    package mutating func takeWoken() -> [CheckedContinuation<Void, Never>] { waiters.takeWoken() }
}

/// A state under a lock, for which tasks can wait.
package final class Guarded<State: Awaitable>: Sendable {
    private let mutex: Mutex<State>

    package init(_ state: sending State) {
        mutex = Mutex(state)
    }

    /// Who is woken goes on after the lock is released: it takes the same lock at once, and would spin for it.
    @discardableResult
    package func withLock<Value: Sendable>(_ body: (inout State) -> Value) -> Value {
        let (value, woken) = mutex.withLock { state in (body(&state), state.takeWoken()) }
        for continuation in woken { continuation.resume() }
        return value
    }

    /// Waits until it is woken; not at all where `isNeeded` says so, or the task is cancelled. Cancelling wakes all waiters.
    ///
    /// A task that waits is not to be cancelled under the lock. May return early: callers look again, and stop where their task is cancelled. Stays on the actor of its caller.
    package func wait(
        _ waiters: any WritableKeyPath<State, Waiters> & Sendable, isolation: isolated (any Actor)? = #isolation,
        while isNeeded: @Sendable (inout State) -> Bool
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
