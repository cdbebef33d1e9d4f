package import RPCCore
import Synchronization

/// Tells the observer of one call what happens, keeps the counts, and sees to it that the end comes once and last.
package final class CallRecorder: Sendable {
    package let clock: any CallClock
    /// When the call began.
    package let start: Duration
    private let observer: any CallObserver
    private let state = Mutex(State())

    private struct State {
        /// What is counted of it; how far requests are answered is in ``answers``.
        var counts = Delivery()
        var answers = AnswerCount()
        var isHalfClosed = false
        var isServerFinished = false
        var isOpened = false
        var isCutShort = false
        var unsent: Int?

        var delivery: Delivery {
            Delivery(
                sent: counts.sent, answered: answers.proven, likely: answers.likely, received: counts.received)
        }
    }

    package init(observer: any CallObserver, clock: any CallClock) {
        self.observer = observer
        self.clock = clock
        self.start = clock.now
    }

    package var delivery: Delivery { state.withLock { $0.delivery } }

    /// Makes a call, from its first event to its last.
    /// - Parameter body: Makes it. What it throws kept the call from being made.
    package static func record(
        for observer: any CallObserver, clock: any CallClock,
        _ body: (CallRecorder) async throws(CallError) -> CallEnding
    ) async -> CallOutcome {
        let recorder = CallRecorder(observer: observer, clock: clock)
        await observer.observe(.attemptStarted(Attempt(start: recorder.start, wallTime: clock.wallTime)))
        do throws(CallError) {
            return await recorder.end(try await body(recorder))
        } catch {
            return await recorder.end(.failure(error, rule: "the call was not made"))
        }
    }

    /// Only the first acceptance is told: a call of several exchanges is opened once.
    package func opened(_ connection: ConnectionInfo) async {
        guard state.withLock({ $0.isOpened.setOnce() }) else { return }
        await observer.observe(.opened(connection))
    }

    /// Requests are about to be written.
    package func sent(_ messages: [StreamMessage]) async {
        state.withLock { $0.counts.sent += messages.count }
        await observer.observe(.sent(messages))
    }

    package func received(_ messages: [StreamMessage]) async {
        guard !messages.isEmpty else { return }
        let event = CallEvent.received(messages)
        state.withLock { state in
            state.counts.received += messages.count(where: \.isReply)
            state.answers.observe(event)
        }
        await observer.observe(event)
    }

    /// Answers belong to requests by this rule from now on.
    package func paired(_ rule: Pairing) async {
        state.withLock { $0.answers.observe(.paired(rule)) }
        await observer.observe(.paired(rule))
    }

    /// Every request up to this one is answered. Told when it is news.
    package func acknowledged(upTo number: Int) async {
        let isNews = state.withLock { state in
            guard number > state.answers.proven else { return false }
            state.answers.observe(.acknowledged(upTo: number))
            return true
        }
        if isNews { await observer.observe(.acknowledged(upTo: number)) }
    }

    package func halfClosed() async {
        guard state.withLock({ $0.isHalfClosed.setOnce() }) else { return }
        await observer.observe(.halfClosed(at: clock.now))
    }

    /// The server will send no more.
    /// - Parameter time: Since when; `nil` for now.
    package func serverFinished(at time: Duration? = nil) async {
        guard state.withLock({ $0.isServerFinished.setOnce() }) else { return }
        await observer.observe(.serverFinished(at: time ?? clock.now))
    }

    /// The server has answered a ping.
    package func pinged(_ roundTrip: Duration) async {
        await observer.observe(.pinged(roundTrip: roundTrip, at: clock.now))
    }

    /// The server ends the call, well or not, though the stream of requests has not ended.
    /// - Parameter plan: What was to be sent.
    package func cutShort(_ plan: any RequestPlan) {
        state.withLock { state in
            state.isCutShort = true
            state.unsent = plan.count.map { max(0, $0 - state.delivery.sent) }
        }
    }

    package func notice(_ text: String) async {
        await observer.observe(.notice(text))
    }

    /// Ends the call: the last event.
    private func end(_ ending: CallEnding) async -> CallOutcome {
        var (delivery, error) = (self.delivery, ending.error)
        (delivery.isCutShort, delivery.unsent) = state.withLock { ($0.isCutShort && error == nil, $0.unsent) }
        let open = delivery.sent - delivery.likely
        delivery.unprocessed = ending.isUnprocessed && error != nil ? open : min(ending.withdrawn, open)
        if error?.isRefusal == true { delivery.refused = open - delivery.unprocessed }
        error?.delivery = delivery
        error?.isSafeToRetry = delivery.unprocessed == delivery.sent || ending.isUnprocessed
        let outcome = CallOutcome(
            error: error, delivery: delivery, time: clock.now, rule: ending.rule, result: ending.result,
            trailers: ending.trailers)
        await observer.observe(.ended(outcome))
        return outcome
    }
}

extension Bool {
    /// Becomes true, and says whether it was false.
    fileprivate mutating func setOnce() -> Bool {
        defer { self = true }
        return !self
    }
}
