import RPCCore
import TestSupport
import Testing

/// What must hold for the events of every call, whatever its kind, its transport and its end.
struct EventRules {
    private var sent: [StreamMessage] = []
    private var received: [StreamMessage] = []
    private var acknowledged = 0
    private var pairings = Pairings()
    private var attempts = 0
    private var isAttemptAnnounced = false
    private var isOpened = false
    private var isHalfClosed = false
    private var violations: [String] = []

    /// Records an issue for every rule that the events break.
    static func check(_ log: EventLog, _ outcome: CallOutcome, sourceLocation: SourceLocation = #_sourceLocation) {
        var rules = EventRules()
        let events = log.events
        for (index, event) in events.enumerated() {
            rules.check(event, isFirst: index == 0, isLast: index == events.count - 1)
        }
        rules.check(outcome)
        #expect(rules.violations.isEmpty, sourceLocation: sourceLocation)
        #expect(log.outcomes == [outcome], "ended is told once, and returned", sourceLocation: sourceLocation)
    }

    private mutating func check(_ event: CallEvent, isFirst: Bool, isLast: Bool) {
        switch event {
        case .attemptStarted(let attempt):
            attempts += 1
            require(attempt.number == attempts, "attempts are counted from 1")
            require(attempts == 1 || isAttemptAnnounced, "another attempt is announced")
            isAttemptAnnounced = false
            isOpened = false
            isHalfClosed = false
        case .resent(let numbers, _):
            require(attempts > 1 && numbers.upperBound <= sent.count, "what is sent again was sent before")
        case .attemptEnded: break
        case .retryScheduled(let retry):
            require(retry.attempt == attempts + 1, "the attempt announced is the next one")
            isAttemptAnnounced = true
        case .opened:
            require(!isOpened, "an attempt is opened once")
            isOpened = true
        case .sent(let messages):
            require(!isHalfClosed, "nothing is sent after the half-close")
            check(messages, after: sent)
            for message in messages {
                if case .request = message.body { continue }
                violations.append("what is sent is a request")
            }
            sent += messages
        case .received(let messages):
            check(messages, after: received)
            for message in messages {
                let request = pairings.pair(of: message)?.request
                require(request.map { (1...max(1, sent.count)).contains($0) } ?? true, "answers what was sent")
                require(isLaterThanRequest(message), "a reply is later than its request")
            }
            received += messages
        case .acknowledged(let number):
            require(number > acknowledged && number <= sent.count, "acknowledges what was sent, and more each time")
            acknowledged = number
        case .paired(let rule):
            pairings.apply(rule)
            acknowledged = rule.answered
            require(received.allSatisfy(isLaterThanRequest), "a reply is later than its request, by every rule")
        case .halfClosed:
            require(!isHalfClosed, "an attempt is half-closed once")
            isHalfClosed = true
        case .pinged(let roundTrip, _):
            require(isOpened && roundTrip >= .zero, "only what is open answers pings")
        case .serverFinished, .notice: break
        case .ended: require(isLast, "the end is the last event")
        }
        if isFirst { if case .attemptStarted = event {} else { violations.append("the attempt comes first") } }
    }

    private func isLaterThanRequest(_ reply: StreamMessage) -> Bool {
        guard let number = pairings.pair(of: reply)?.request, sent.indices.contains(number - 1) else { return true }
        return sent[number - 1].time <= reply.time
    }

    private mutating func check(_ messages: [StreamMessage], after previous: [StreamMessage]) {
        require(!messages.isEmpty, "a batch is not empty")
        require(
            messages.map(\.number).elementsEqual(previous.count + 1..<previous.count + 1 + messages.count),
            "numbers follow each other from 1")
        let times = (previous.suffix(1) + messages).map(\.time)
        require(zip(times, times.dropFirst()).allSatisfy { $0 <= $1 }, "times do not go back")
        require(messages.allSatisfy { $0.size > 0 }, "a message has a size")
    }

    private mutating func check(_ outcome: CallOutcome) {
        require(outcome.delivery.sent == sent.count, "the outcome counts what was sent")
        let replies = received.count { if case .markerEcho = $0.body { false } else { true } }
        require(outcome.delivery.received == replies, "the outcome counts what was received")
        require(outcome.delivery.answered == acknowledged, "the outcome counts what was acknowledged")
        require(outcome.delivery.answered <= outcome.delivery.sent, "no more is answered than was sent")
        require(outcome.error.map { $0.delivery == outcome.delivery } ?? true, "the error says the same")
        require(outcome.error?.code != .ok, "an error has a code that is one")
        require(outcome.result.map { (1...max(1, received.count)).contains($0) } ?? true, "the result was received")
        require(!outcome.rule.isEmpty, "the rule that ended the call is told")
    }

    private mutating func require(_ holds: Bool, _ rule: String) {
        if !holds, !violations.contains(rule) { violations.append(rule) }
    }
}
