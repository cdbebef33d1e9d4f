public import RPCCore

/// What is known of a call, folded from its events. Its size does not depend on how many messages there were.
public struct CallProgress: Hashable, Sendable {
    /// Notices kept; the oldest make room.
    public static let noticeLimit = 50

    public private(set) var attempts: [AttemptProgress] = []
    /// Requests sent.
    public private(set) var sent = 0
    /// Messages received, of every sort: replies, refusals and echoes of the end marker.
    public private(set) var received = 0
    /// Of the received messages, how many refused a request.
    public private(set) var refusals = 0
    /// Of the received messages, how many greeted the end marker.
    public private(set) var noise = 0
    /// How far requests are answered, and by which rules answers belong to them.
    public private(set) var answerCount = AnswerCount()
    /// The requests that were refused, one by one.
    public private(set) var refused = RefusedRequests()
    /// How many requests were sent again, over all attempts.
    public private(set) var resent = 0
    /// The requests that were sent more than once, which may have been delivered twice.
    public private(set) var resentNumbers = RequestNumbers()
    /// When they were sent last.
    public private(set) var resentTimes = ResentTimes()
    /// What is left of the server's retry throttle, once it has mattered.
    public private(set) var throttle: ThrottleLevel?
    public private(set) var sendStatus = DirectionStatus.opening
    public private(set) var receiveStatus = DirectionStatus.opening
    public private(set) var sentRate = RateMeter()
    public private(set) var receivedRate = RateMeter()
    /// When the messages of each direction were.
    public private(set) var sentSeries = RateSeries()
    public private(set) var receivedSeries = RateSeries()
    /// How long the messages took, as far as it was measured.
    public var timing = Timing()
    /// How long the server took to answer our pings; `nil` before the first answer.
    public private(set) var pings: PingTimes?
    public private(set) var notices: [String] = []
    /// How the call ended; `nil` while it goes on.
    public private(set) var outcome: CallOutcome?
    /// What the history has of the call.
    public var record = Record.none
    /// Whether the record of the call ends here, and the call had not.
    public private(set) var isBrokenOff = false

    public init() {}

    /// What the history has of a call.
    public enum Record: Hashable, Sendable {
        /// Nothing: there is none, or it has failed.
        case none
        /// The call is being recorded, and has no number yet.
        case begun
        /// The call has this number there.
        case call(Int64)
    }

    /// Answers to what the user sent: replies, and refusals among them.
    public var answers: Int { received - noise }

    /// The rules by which answers belong to requests.
    public var pairings: Pairings { answerCount.pairings }

    /// What is known of a request that was sent.
    public func mark(ofRequest number: Int) -> DeliveryMark {
        if let pair = refused.pair(ofRequest: number, pairings) {
            return pair.isGuess ? .likelyRefused : .refusedAlone
        }
        if answerCount.answered.contains(number) { return .answered }
        if answerCount.isLikely(number) { return .likelyAnswered }
        if let delivery = outcome?.delivery {
            if number > delivery.sent - delivery.unprocessed { return .unprocessed }
            let isRefused = number > delivery.sent - delivery.unprocessed - delivery.refused
            if isRefused || delivery.refused > 0 && delivery.uncertain == 0 { return .refused }
        }
        if outcome != nil || retry != nil || isBrokenOff { return .unknown }
        return resentNumbers.contains(number) ? .sentAgain : .inFlight
    }

    /// Whether a request may have been delivered more than once.
    public func wasSentAgain(_ number: Int) -> Bool { resentNumbers.contains(number) }

    /// The next attempt, while it is being waited for.
    public var retry: RetrySchedule? { outcome == nil && !isBrokenOff ? attempts.last?.retry : nil }

    /// What came of a call that took more than one attempt, in one line: attempts, total time, and the ledger, whose counts of
    /// requests add up; `nil` where there was one attempt, or the call goes on.
    public var summary: String? {
        guard let outcome, outcome.attempts > 1, let start = attempts.first?.attempt.start else { return nil }
        let delivery = outcome.delivery
        let settled = delivery.settledTexts.map { ", " + $0 }.joined()
        return
            "\(outcome.attempts) attempts in \((outcome.time - start).text): \(sent) sent, \(delivery.answeredText) delivered"
            + "\(settled), \(delivery.uncertain) uncertain, \(answers) received"
    }

    /// Takes over how many messages there were, where the messages themselves are not gone through.
    public mutating func count(sent: Int, received: Int, noise: Int = 0, answered: Int) {
        (self.sent, self.received) = (sent, received)
        self.noise = noise
        // Where replies say which requests they answer, those may be any.
        if pairings.correlation == nil { answerCount.observe(.acknowledged(upTo: answered)) }
    }

    /// Notes that nothing more is known of the call, which had not ended.
    public mutating func breakOff() {
        guard outcome == nil else { return }
        isBrokenOff = true
        if !sendStatus.isClosed { sendStatus = .closed(by: .failure) }
        if !receiveStatus.isClosed { receiveStatus = .closed(by: .failure) }
    }

    public mutating func apply(_ event: CallEvent) {
        answerCount.observe(event)
        switch event {
        case .attemptStarted(let attempt):
            attempts.append(AttemptProgress(attempt: attempt))
            sendStatus = .opening
            receiveStatus = .opening
        case .opened(let connection):
            attempts.withLast { $0.connection = connection }
            // Over gRPC the server may accept the call only when we have said everything.
            if !sendStatus.isClosed { sendStatus = .open }
            if !receiveStatus.isClosed { receiveStatus = .open }
        case .sent(let messages):
            attempts.withLast { $0.hasSent = true }
            sent += messages.count
            if let time = messages.last?.time {
                sentRate.count(messages.count, at: time)
                sentSeries.count(messages.count, at: time)
            }
        case .resent(let numbers, let time):
            attempts.withLast { $0.hasSent = true }
            resentTimes.append(numbers, at: time)
            resent = resent.clampedAdding(numbers.count)
            resentNumbers.insert(numbers)
        case .received(let messages):
            count(messages)
        case .acknowledged, .paired: break
        case .halfClosed:
            sendStatus = .closed(by: .client)
        case .serverFinished:
            receiveStatus = .closed(by: .server)
        case .attemptEnded(let error, _):
            attempts.withLast { $0.failure = error }
            sendStatus = .closed(by: .failure)
            receiveStatus = .closed(by: .failure)
        case .retryScheduled(let schedule):
            attempts.withLast { $0.retry = schedule }
            throttle = schedule.throttle
        case .pinged(let roundTrip, _):
            if pings == nil { pings = PingTimes(roundTrip) } else { pings?.count(roundTrip) }
        case .notice(let text):
            notices.append(text)
            if notices.count > Self.noticeLimit { notices.removeFirst() }
        case .ended(let outcome):
            end(outcome)
        }
    }

    private mutating func count(_ messages: [StreamMessage]) {
        received += messages.count
        for message in messages {
            switch message.role {
            case .rejection:
                refusals += 1
                refused.append(message)
            case .noise: noise += 1
            case .request, .response: break
            }
        }
        if let time = messages.last?.time {
            receivedRate.count(messages.count, at: time)
            receivedSeries.count(messages.count, at: time)
        }
    }

    private mutating func end(_ outcome: CallOutcome) {
        self.outcome = outcome
        attempts.withLast { $0.outcome = outcome }
        // Without a failure, the side that did not speak last closed the other's direction.
        let closers: (send: Closer, receive: Closer) =
            switch outcome.code {
            case .ok: (.server, .client)
            case .cancelled: (.cancellation, .cancellation)
            default: outcome.isEndedByServer ? (.server, .server) : (.failure, .failure)
            }
        if !sendStatus.isClosed { sendStatus = .closed(by: closers.send) }
        if !receiveStatus.isClosed { receiveStatus = .closed(by: closers.receive) }
    }
}

/// One attempt, as far as it has come.
public struct AttemptProgress: Hashable, Sendable {
    public var attempt: Attempt
    /// Set once the server has accepted the call.
    public var connection: ConnectionInfo?
    /// Whether a request was sent.
    public var hasSent = false
    /// Set once the attempt has failed and another is to follow.
    public var failure: CallError?
    /// When the attempt after this one begins.
    public var retry: RetrySchedule?
    /// Set once the call is over, of which this was the last attempt.
    public var outcome: CallOutcome?

    public init(attempt: Attempt, connection: ConnectionInfo? = nil, outcome: CallOutcome? = nil) {
        self.attempt = attempt
        self.connection = connection
        self.outcome = outcome
    }

    /// What is waited for as long as the server has not accepted the call.
    public var waitingText: String {
        hasSent ? "the request is out, the server has not answered yet" : "connecting"
    }
}

/// One direction of a call.
public enum DirectionStatus: Hashable, Sendable {
    case opening
    case open
    case closed(by: Closer)

    public var isClosed: Bool {
        if case .closed = self { true } else { false }
    }
}

/// Who, or what, closed a direction of a call.
public enum Closer: Hashable, Sendable {
    case client
    case server
    /// The call was cancelled before the direction was closed.
    case cancellation
    case failure
}

/// What is known of a request that was sent.
public enum DeliveryMark: Hashable, Sendable, CaseIterable {
    /// Handed to the socket; no answer yet.
    case inFlight
    /// Answered, or acknowledged by the result of the call.
    case answered
    /// Answered as far as replies can be counted; nothing has proven it yet.
    case likelyAnswered
    /// Refused by the server, which went on with the others.
    case refusedAlone
    /// The server has certainly not processed it. See ``Delivery/unprocessed``.
    case unprocessed
    /// The same as far as replies can be counted.
    case likelyRefused
    /// Handed to the socket again, by a later attempt; no answer yet.
    case sentAgain
    /// The call, or the attempt, ended before anything was heard of it.
    case unknown
    /// The server has refused the call, and with it this request.
    case refused
}

extension Array {
    fileprivate mutating func withLast(_ body: (inout Element) -> Void) {
        guard let last = indices.last else { return }
        body(&self[last])
    }
}
