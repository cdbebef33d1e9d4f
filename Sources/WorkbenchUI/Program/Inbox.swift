import DequeModule
import Waiting

/// What waits for the program, in order. Anybody may post; one task takes.
///
/// Bounded by its users: keys come no faster than a user or a script sends them, a call announces at most one change
/// at a time, and there is at most one frame and one tick on the way.
final class Inbox<Item: Sendable>: Sendable {
    private struct State: HasWaiters {
        var items: Deque<Item> = []
        var waiters = Waiters()
    }

    private let state = Guarded(State())

    func post(_ item: Item) {
        state.withLock { state in
            state.items.append(item)
            state.waiters.wake()
        }
    }

    /// Everything that waits: at least one item, unless the task is cancelled.
    ///
    /// Stays on the actor of its caller: elsewhere it would have to wait for a thread that calls keep busy.
    func next(isolation: isolated (any Actor)? = #isolation) async -> [Item] {
        while true {
            let items = state.withLock { state in
                defer { state.items.removeAll() }
                return Array(state.items)
            }
            if !items.isEmpty || Task.isCancelled { return items }
            await state.wait(\.waiters) { $0.items.isEmpty }
        }
    }
}
