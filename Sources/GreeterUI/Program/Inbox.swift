import DequeModule
import Synchronization

/// What waits for the program, in order. Anybody may post; one task takes.
///
/// Bounded by its users: keys come no faster than a person or a script sends them, a call announces at most one change
/// at a time, and there is at most one frame and one tick on the way.
final class Inbox<Item: Sendable>: Sendable {
    private struct State {
        var items: Deque<Item> = []
        var consumer: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    func post(_ item: Item) {
        state.withLock { state -> CheckedContinuation<Void, Never>? in
            state.items.append(item)
            return state.consumer.take()
        }?.resume()
    }

    /// Everything that waits, at least one item.
    ///
    /// Stays on the actor of its caller: elsewhere it would have to wait for a thread that calls keep busy.
    func next(isolation: isolated (any Actor)? = #isolation) async -> [Item] {
        while true {
            let items = state.withLock { state -> [Item] in
                defer { state.items.removeAll() }
                return Array(state.items)
            }
            if !items.isEmpty { return items }
            await withCheckedContinuation { continuation in
                let isReady = state.withLock { state -> Bool in
                    guard state.items.isEmpty else { return true }
                    state.consumer = continuation
                    return false
                }
                if isReady { continuation.resume() }
            }
        }
    }
}
