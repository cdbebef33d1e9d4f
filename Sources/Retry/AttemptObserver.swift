import Algorithms
import RPCCore
import Synchronization

/// Watches the attempts of one call and passes their events on as those of a single call: numbers go on over all
/// attempts, and what was sent before is told apart from what is new.
final class AttemptObserver: CallObserver {
    private struct State {
        var attempt = 1
        /// The requests that this attempt does not send.
        var leftOut = LeftOutRequests()
        /// Messages received before this attempt.
        var receivedBefore = 0
        /// Requests answered before this attempt.
        var answeredBefore = 0
        /// Whether it is known from which message and request on the answers of this attempt are counted.
        var isPairingTold = false
        /// What is counted for all attempts; how far requests are answered is in ``answers``.
        var counts = Delivery()
        var answers = AnswerCount()
        /// Requests up to this one were sent by an attempt that left open whether they were taken.
        var doubtful = 0
        /// Messages received in all attempts, of every sort.
        var received = 0
        /// Whether one of them was a reply or a refusal, which the user has seen.
        var isReplyShown = false
        var halfCloseTime: Duration?

        func delivery(_ answered: RequestNumbers) -> Delivery {
            Delivery(
                sent: counts.sent, answered: answered.count, likely: max(answered.count, answers.likely),
                refused: counts.refused, unprocessed: counts.unprocessed, received: counts.received)
        }

        /// A rule of this attempt as one of the call.
        mutating func shifted(_ rule: Pairing) -> Pairing {
            isPairingTold = true
            var rule = rule
            rule.firstReply += receivedBefore
            rule.firstRequest += leftOut.prefix
            rule.answered = max(answeredBefore, rule.answered + leftOut.prefix)
            return rule
        }
    }

    private let observer: any CallObserver
    private let keys: ReplyKeys?
    private let whenReplyIsShown: @Sendable () -> Void
    private let state = Mutex(State())

    /// - Parameters:
    ///   - keys: What knows which requests are answered, where replies say it themselves.
    ///   - whenReplyIsShown: Called for the first reply of the call.
    init(_ observer: any CallObserver, keys: ReplyKeys? = nil, whenReplyIsShown: @escaping @Sendable () -> Void) {
        self.observer = observer
        self.keys = keys
        self.whenReplyIsShown = whenReplyIsShown
    }

    /// Begins an attempt.
    /// - Parameter leftOut: The requests of the plan that it does not send.
    func begin(attempt: Int, leavingOut leftOut: LeftOutRequests) {
        state.withLock { state in
            state.attempt = attempt
            state.leftOut = leftOut
            state.receivedBefore = state.received
            state.answeredBefore = state.answers.proven
            // Those of the first attempt are counted from the beginning, which need not be told.
            state.isPairingTold = attempt == 1
        }
    }

    /// Ends an attempt.
    /// - Parameter delivery: What it has delivered, by its own numbers.
    func ended(_ delivery: Delivery) {
        let answered = answered
        state.withLock { state in
            if delivery.uncertain > 0 {
                let taken = delivery.sent - delivery.refused - delivery.unprocessed
                state.doubtful = max(state.doubtful, state.leftOut.number(taken))
            }
            // What came after those in doubt, and is not answered.
            let open = state.counts.sent - state.doubtful
            let settled = max(0, open - (answered.count - answered.count(upTo: state.doubtful)))
            state.counts.unprocessed = min(delivery.unprocessed, settled)
            state.counts.refused = settled - state.counts.unprocessed
        }
    }

    /// What all attempts that have ended have delivered together.
    var delivery: Delivery {
        let answered = answered
        return state.withLock { $0.delivery(answered) }
    }
    /// The requests that are proven to be answered.
    var answered: RequestNumbers { keys?.answered ?? state.withLock { $0.answers.answered } }
    var isReplyShown: Bool { state.withLock { $0.isReplyShown } }
    /// When the send direction was closed for the first time.
    var halfCloseTime: Duration? { state.withLock { $0.halfCloseTime } }

    func observe(_ event: CallEvent) async {
        switch event {
        case .sent(let messages): await passOn(sent: messages)
        case .received(let messages): await passOn(received: messages)
        case .attemptStarted(var attempt):
            attempt.number = state.withLock { $0.attempt }
            await observer.observe(.attemptStarted(attempt))
        case .acknowledged(let number):
            let total = state.withLock { state in
                state.answers.observe(.acknowledged(upTo: state.leftOut.number(number)))
                return state.answers.answered.prefix
            }
            await observer.observe(.acknowledged(upTo: total))
        case .paired(let rule):
            let event = state.withLock { state in
                let event = CallEvent.paired(state.shifted(rule))
                state.answers.observe(event)
                return event
            }
            await observer.observe(event)
        case .halfClosed(let time):
            state.withLock { $0.halfCloseTime = $0.halfCloseTime ?? time }
            await observer.observe(event)
        case .ended: break
        default: await observer.observe(event)
        }
    }

    private func passOn(sent messages: [StreamMessage]) async {
        guard let first = messages.first, let last = messages.last else { return }
        let (leftOut, known) = state.withLock { state in
            let known = state.counts.sent
            state.counts.sent = max(known, state.leftOut.number(last.number))
            return (state.leftOut, known)
        }
        // The usual case, at no cost: the first attempt, or requests that no attempt has sent before.
        if leftOut.isEmpty, first.number > known { return await observer.observe(.sent(messages)) }
        let numbered = messages.map { message in
            var message = message
            message.number = leftOut.number(message.number)
            return message
        }
        let again = numbered.prefix { $0.number <= known }
        keys?.remember(Array(again))
        for run in again.map(\.number).chunked(by: { $0 + 1 == $1 }) {
            guard let start = run.first, let end = run.last else { continue }
            await observer.observe(.resent(start...end, at: first.time))
        }
        let new = Array(numbered.dropFirst(again.count))
        if !new.isEmpty { await observer.observe(.sent(new)) }
    }

    private func passOn(received messages: [StreamMessage]) async {
        await tellPairing(before: messages)
        let (leftOut, before, isFirst) = state.withLock { state in
            let before = state.received
            let wasReplyShown = state.isReplyShown
            state.received += messages.count
            let replies = messages.count(where: \.isReply)
            state.counts.received += replies
            if replies > 0 { state.isReplyShown = true }
            return (state.leftOut, before, state.isReplyShown && !wasReplyShown)
        }
        if isFirst { whenReplyIsShown() }
        let event =
            if !leftOut.isEmpty || messages.first?.number != before + 1 {
                CallEvent.received(
                    messages.enumerated().map { index, message in
                        var message = message
                        message.number = before + index + 1
                        message.answers = message.answers.map { leftOut.number($0) }
                        return message
                    })
            } else {
                CallEvent.received(messages)
            }
        state.withLock { $0.answers.observe(event) }
        await observer.observe(event)
    }

    /// Tells from where on the answers of another attempt are counted, before the first of them.
    private func tellPairing(before messages: [StreamMessage]) async {
        let event: CallEvent? = state.withLock { state in
            guard !state.isPairingTold, messages.contains(where: { $0.place != nil }) else { return nil }
            let event = CallEvent.paired(state.shifted(Pairing()))
            state.answers.observe(event)
            return event
        }
        if let event { await observer.observe(event) }
    }
}
