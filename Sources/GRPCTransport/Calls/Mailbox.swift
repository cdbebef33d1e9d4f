import Synchronization

/// Hands what one task reads to another, in batches: everything that has come since the last time.
///
/// Holds at most ``limit`` elements; a full box holds back the reader.
final class Mailbox<Element: Sendable>: Sendable {
    private struct State {
        var elements: [Element] = []
        var isFinished = false
        /// Waits for room.
        var reader: CheckedContinuation<Void, Never>?
        /// Waits for something to take.
        var taker: CheckedContinuation<Void, Never>?
    }

    private let limit: Int
    private let state = Mutex(State())

    init(limit: Int) {
        self.limit = limit
    }

    /// Adds an element, once there is room. It is dropped where nobody will take it.
    func put(_ element: Element) async {
        while true {
            let (isDone, taker) = state.withLock { state -> (Bool, CheckedContinuation<Void, Never>?) in
                guard !state.isFinished else { return (true, nil) }
                guard state.elements.count < limit else { return (false, nil) }
                state.elements.append(element)
                return (true, state.taker.take())
            }
            taker?.resume()
            if isDone { return }
            await wait { [limit] state, continuation in
                guard state.elements.count >= limit else { return false }
                state.reader = continuation
                return true
            }
        }
    }

    /// Everything that is there, at least one element; waits when there is none.
    /// - Returns: `nil` when nothing more will come.
    func take() async -> [Element]? {
        while true {
            let (elements, isFinished, reader) = state.withLock { state in
                let elements = state.elements
                state.elements = []
                return (elements, state.isFinished, state.reader.take())
            }
            reader?.resume()
            if !elements.isEmpty { return elements }
            if isFinished { return nil }
            await wait { state, continuation in
                guard state.elements.isEmpty else { return false }
                state.taker = continuation
                return true
            }
        }
    }

    /// Nothing more will come. What is there can still be taken.
    func finish() {
        let waiting = state.withLock { state in
            state.isFinished = true
            return [state.reader.take(), state.taker.take()]
        }
        for continuation in waiting { continuation?.resume() }
    }

    /// Waits until it is woken. A task that is cancelled finishes the box.
    /// - Parameter register: Keeps the continuation and says so, unless there is nothing to wait for any more.
    private func wait(
        _ register: @Sendable (inout State, CheckedContinuation<Void, Never>) -> Bool
    ) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isKept = state.withLock { !$0.isFinished && register(&$0, continuation) }
                if !isKept { continuation.resume() }
            }
        } onCancel: {
            finish()
        }
    }
}
