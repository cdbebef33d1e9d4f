/// Events on their way from a backend to the one task that takes them.
@MainActor
public final class EventQueue {
    private var events: [TerminalEvent] = []
    private var waiters: [CheckedContinuation<Void, Never>] = []
    private var isClosed = false

    public init() {}

    /// Events that wait to be taken. A backend reads no more input while there are many.
    public var count: Int { events.count }

    /// Adds an event. Nothing is taken after ``TerminalEvent/inputClosed``.
    public func push(_ event: TerminalEvent) {
        guard !isClosed else { return }
        isClosed = event == .inputClosed
        if case .resized = event, case .resized = events.last { events.removeLast() }
        events.append(event)
        wake()
    }

    /// Everything that waits, or the next thing to come; see ``TerminalBackend/nextEvents()``.
    public func next() async -> [TerminalEvent] {
        while events.isEmpty, !isClosed, !Task.isCancelled {
            await withTaskCancellationHandler {
                guard !Task.isCancelled else { return }
                await withCheckedContinuation { waiters.append($0) }
            } onCancel: {
                Task { @MainActor in self.wake() }
            }
        }
        defer { events.removeAll(keepingCapacity: true) }
        return events
    }

    private func wake() {
        let woken = waiters
        waiters.removeAll()
        for waiter in woken { waiter.resume() }
    }
}
