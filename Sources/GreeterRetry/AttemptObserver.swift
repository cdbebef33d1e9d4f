import GreeterCore
import Synchronization

/// Watches the attempts of one call and passes their events on as those of a single call: numbers go on over all
/// attempts, and what was sent before is told apart from what is new.
final class AttemptObserver: CallObserver {
    private struct State {
        var attempt = 1
        /// Requests before the first one of this attempt.
        var skipped = 0
        var delivery = Delivery()
        /// Requests up to this one were sent by an attempt that left open whether they were taken.
        var doubtful = 0
        /// Messages received in all attempts, of every sort.
        var received = 0
        /// Whether one of them was a reply or a refusal, which the person has seen.
        var isReplyShown = false
        var halfCloseTime: Duration?
    }

    private let observer: any CallObserver
    private let whenReplyIsShown: @Sendable () -> Void
    private let state = Mutex(State())

    /// - Parameter whenReplyIsShown: Called for the first reply of the call.
    init(_ observer: any CallObserver, whenReplyIsShown: @escaping @Sendable () -> Void) {
        self.observer = observer
        self.whenReplyIsShown = whenReplyIsShown
    }

    /// Begins an attempt.
    /// - Parameter skipping: How many requests at the beginning of the plan it does not send.
    func begin(attempt: Int, skipping: Int) {
        state.withLock { state in
            state.attempt = attempt
            state.skipped = skipping
        }
    }

    /// Ends an attempt.
    /// - Parameter delivery: What it has delivered, by its own numbers.
    func ended(_ delivery: Delivery) {
        state.withLock { state in
            if delivery.uncertain > 0 { state.doubtful = max(state.doubtful, state.skipped + delivery.sent) }
            let settled = max(state.delivery.answered, state.doubtful)
            state.delivery.refused = max(0, state.delivery.sent - settled)
        }
    }

    /// What all attempts that have ended have delivered together.
    var delivery: Delivery { state.withLock { $0.delivery } }
    var isReplyShown: Bool { state.withLock { $0.isReplyShown } }
    /// When the send half was closed for the first time.
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
                state.delivery.answered = max(state.delivery.answered, number + state.skipped)
                return state.delivery.answered
            }
            await observer.observe(.acknowledged(upTo: total))
        case .halfClosed(let time):
            state.withLock { $0.halfCloseTime = $0.halfCloseTime ?? time }
            await observer.observe(event)
        case .ended: break
        default: await observer.observe(event)
        }
    }

    private func passOn(sent messages: [StreamMessage]) async {
        let (skipped, known) = state.withLock { state in
            let known = state.delivery.sent
            state.delivery.sent = max(known, (messages.last?.number ?? 0) + state.skipped)
            return (state.skipped, known)
        }
        guard let first = messages.first?.number, let last = messages.last?.number else { return }
        // The usual case, at no cost: the first attempt, or requests that no attempt has sent before.
        if skipped == 0, first > known { return await observer.observe(.sent(messages)) }
        let again = first + skipped...max(first + skipped, min(last + skipped, known))
        if first + skipped <= known { await observer.observe(.resent(again)) }
        let new = messages.filter { $0.number + skipped > known }.map { message in
            var message = message
            message.number += skipped
            return message
        }
        if !new.isEmpty { await observer.observe(.sent(new)) }
    }

    private func passOn(received messages: [StreamMessage]) async {
        let (skipped, before, isFirst) = state.withLock { state in
            let before = state.received
            let wasReplyShown = state.isReplyShown
            state.received += messages.count
            let replies = messages.count(where: \.isReply)
            state.delivery.received += replies
            if replies > 0 { state.isReplyShown = true }
            return (state.skipped, before, state.isReplyShown && !wasReplyShown)
        }
        if isFirst { whenReplyIsShown() }
        guard skipped > 0 || messages.first?.number != before + 1 else {
            return await observer.observe(.received(messages))
        }
        await observer.observe(
            .received(
                messages.enumerated().map { index, message in
                    var message = message
                    message.number = before + index + 1
                    message.answers = message.answers.map { $0 + skipped }
                    return message
                }))
    }
}
