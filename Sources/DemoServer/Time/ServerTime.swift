import NIOCore
import RPCCore

/// The time by which the server waits: that of its event loops, or of a clock that it was given.
struct ServerTime: Sendable {
    private let clock: (any CallClock)?

    /// - Parameter clock: `nil` for the event loops' own time.
    init(_ clock: (any CallClock)?) {
        self.clock = clock
    }

    /// Time since some moment that is always the same.
    var now: Duration { clock?.now ?? .nanoseconds(NIODeadline.now().uptimeNanoseconds) }

    /// Does something later, on the event loop on which this is called.
    func schedule(in delay: Duration, on eventLoop: any EventLoop, _ body: @escaping () -> Void) -> ServerTimer {
        guard let clock else {
            let scheduled = eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(delay), body)
            return ServerTimer { scheduled.cancel() }
        }
        let due = clock.now + delay
        let timer = ServerTimer()
        let bound = NIOLoopBound((timer: timer, body: body), eventLoop: eventLoop)
        let task = Task {
            try await clock.sleep(until: due)
            eventLoop.execute {
                if !bound.value.timer.isCancelled { bound.value.body() }
            }
        }
        timer.whenCancelled = { task.cancel() }
        return timer
    }
}

/// Something that is to be done later. Belongs to the event loop on which it is done.
final class ServerTimer {
    fileprivate private(set) var isCancelled = false
    fileprivate var whenCancelled: () -> Void

    fileprivate init(whenCancelled: @escaping () -> Void = {}) {
        self.whenCancelled = whenCancelled
    }

    func cancel() {
        isCancelled = true
        whenCancelled()
    }
}
