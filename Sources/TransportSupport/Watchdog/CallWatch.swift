import RPCCore
import Synchronization

/// Watches one call over a transport: passes its events on, and gives it up where it does not end in time.
final class CallWatch: CallObserver {
    private struct State {
        /// Who waits for the outcome.
        var waiter: CheckedContinuation<CallOutcome, Never>?
        var work: Task<Void, Never>?
        var alarm: Task<Void, Never>?
        /// When it rings; `nil` where none is set.
        var alarmTime: Duration?
        /// When the call is given up; `nil` for never. The alarm that rings before sets another.
        var due: Duration?
        /// Tells the newest alarm from those that it has taken the place of.
        var alarms = 0
        /// Events that the observer has not returned from.
        var held = 0
        var delivery = Delivery()
        var isCancelled = false
        var isOver = false
        var isGivenUp = false
    }

    private let call: Call
    private let observer: any CallObserver
    private let clock: any CallClock
    private let start: Duration
    private let state = Mutex(State())

    init(_ call: Call, passingTo observer: any CallObserver, clock: any CallClock) {
        self.call = call
        self.observer = observer
        self.clock = clock
        start = clock.now
    }

    /// Whether the call has an outcome that did not come from the transport.
    var isGivenUp: Bool { state.withLock { $0.isGivenUp } }

    /// Makes the call in a task of its own.
    /// - Parameter waiter: Told the outcome, once.
    func begin(
        _ waiter: CheckedContinuation<CallOutcome, Never>, _ body: @escaping @Sendable () async -> CallOutcome
    ) {
        state.withLock { $0.waiter = waiter }
        let work = Task { finish(with: await body()) }
        // Cancelled before it began, it may have been given up already.
        let (isCancelled, late) = state.withLock { state in
            state.work = work
            return (state.isCancelled, state.isGivenUp ? state.waiter.take() : nil)
        }
        if isCancelled { work.cancel() }
        late?.resume(returning: outcome)
        watchDeadline(from: start, when: .call)
    }

    /// The user has cancelled the call.
    func cancel() {
        let work = state.withLock { state in
            state.isCancelled = true
            return state.work
        }
        work?.cancel()
        setAlarm(at: clock.now + WatchedTransport.grace)
    }

    func observe(_ event: CallEvent) async {
        let isPassed = state.withLock { state in
            guard !state.isOver else { return false }
            state.held += 1
            state.delivery.count(event)
            return true
        }
        guard isPassed else { return }
        await observer.observe(event)
        state.withLock { $0.held -= 1 }
        switch event {
        case .halfClosed(let time): watchDeadline(from: time, when: .halfClose)
        // Without a stream of requests each of them has the whole deadline.
        case .sent where !call.kind.streamsRequests: watchDeadline(from: clock.now, when: .halfClose)
        case .acknowledged where !call.kind.streamsRequests && call.options.deadlineStart == .halfClose:
            // Until the next is sent nothing is owed.
            state.withLock { if !$0.isCancelled { $0.due = nil } }
        default: break
        }
    }

    // MARK: - The end

    private func finish(with outcome: CallOutcome) {
        let waiter = state.withLock { state -> CheckedContinuation<CallOutcome, Never>? in
            guard !state.isOver else { return nil }
            state.isOver = true
            state.alarm?.cancel()
            return state.waiter.take()
        }
        waiter?.resume(returning: outcome)
    }

    private func watchDeadline(from instant: Duration, when start: CallOptions.DeadlineStart) {
        guard let deadline = call.options.deadline, call.options.deadlineStart == start,
            !state.withLock({ $0.isCancelled })
        else { return }
        setAlarm(at: instant + deadline + WatchedTransport.grace)
    }

    private func setAlarm(at instant: Duration) {
        let number = state.withLock { state -> Int? in
            guard !state.isOver else { return nil }
            state.due = instant
            // Mostly the time moves on with every request: the alarm that is set is not set anew for each.
            if let time = state.alarmTime, time <= instant { return nil }
            state.alarmTime = instant
            state.alarms += 1
            return state.alarms
        }
        guard let number else { return }
        let alarm = Task { [weak self, clock] in
            guard (try? await clock.sleep(until: instant)) != nil else { return }
            self?.ring(number)
        }
        let old = state.withLock { state -> Task<Void, Never>? in
            guard !state.isOver, state.alarms == number else { return alarm }
            defer { state.alarm = alarm }
            return state.alarm
        }
        old?.cancel()
    }

    /// The time is over in which the transport should have ended the call.
    private func ring(_ number: Int) {
        enum Verdict {
            case nothing
            /// It is not yet time.
            case again(Duration)
            /// The observer has an event, and must be let go first.
            case wait
            case giveUp(CheckedContinuation<CallOutcome, Never>?)
        }
        let (verdict, work) = state.withLock { state -> (Verdict, Task<Void, Never>?) in
            guard !state.isOver, state.alarms == number else { return (.nothing, nil) }
            state.alarmTime = nil
            guard let due = state.due else { return (.nothing, nil) }
            guard clock.now >= due else { return (.again(due), nil) }
            guard state.held == 0 else { return (.wait, state.work) }
            (state.isOver, state.isGivenUp) = (true, true)
            return (.giveUp(state.waiter.take()), state.work)
        }
        work?.cancel()
        switch verdict {
        case .nothing: break
        case .again(let due): setAlarm(at: due)
        case .wait: setAlarm(at: clock.now + WatchedTransport.grace)
        case .giveUp(let waiter): waiter?.resume(returning: outcome)
        }
    }

    /// The outcome of a call that was given up.
    private var outcome: CallOutcome {
        let (delivery, isCancelled) = state.withLock { ($0.delivery, $0.isCancelled) }
        var error =
            isCancelled
            ? CallError(.cancelled, "the call was cancelled", at: .cancellation)
            : call.options.deadlineError
        error.cause += "; gave up waiting for the transport, which did not end it"
        error.advice =
            "what carries the call hangs, perhaps on what the server has sent; it may keep a processor busy until this "
            + "program ends"
        error.delivery = delivery
        error.isSafeToRetry = delivery.sent == 0
        return CallOutcome(
            error: error, delivery: delivery, time: clock.now,
            rule: "gave up waiting for the transport after \(isCancelled ? "the cancellation" : "the deadline")")
    }
}
