public import RPCCore

/// Whether a failed attempt is followed by another, and when. Pure: everything that it depends on is handed to it.
public enum RetryDecision: Hashable, Sendable {
    case retry(after: BackoffDelay)
    /// The failure stands; why no other attempt is made, in words.
    case stop(String)

    /// What is known of the call when an attempt has failed.
    public struct Situation: Hashable, Sendable {
        public var kind: CallKind
        /// The attempt that failed, counted from 1.
        public var attempt: Int
        public var error: CallError
        /// Whether a reply has been shown, in this attempt or before.
        public var isReplyShown: Bool
        /// Whether the requests can be made again.
        public var isPlanRepeatable: Bool
        /// How long the call may still take; `nil` for as long as it likes.
        public var timeLeft: Duration?
        /// Whether it was the attempt's own deadline that passed.
        public var isAttemptDeadline: Bool
        /// Whether the server has given an identifier after which its stream can go on.
        public var goesOnAfterEvent: Bool

        public init(
            kind: CallKind, attempt: Int, error: CallError, isReplyShown: Bool = false, isPlanRepeatable: Bool = true,
            timeLeft: Duration? = nil, isAttemptDeadline: Bool = false, goesOnAfterEvent: Bool = false
        ) {
            self.kind = kind
            self.attempt = attempt
            self.error = error
            self.isReplyShown = isReplyShown
            self.isPlanRepeatable = isPlanRepeatable
            self.timeLeft = timeLeft
            self.isAttemptDeadline = isAttemptDeadline
            self.goesOnAfterEvent = goesOnAfterEvent
        }
    }

    /// WebSocket close codes that say that the server meant it (RFC 6455, 7.4.1: normal closure, policy violation).
    static let finalCloseCodes: Set<Int> = [1000, 1008]
    /// Close codes of a server that restarts or is overloaded (IANA registry: service restart, try again later), after
    /// which the wait is longer by ``busyFactor``.
    static let busyCloseCodes: Set<Int> = [1012, 1013]
    static let busyFactor = 4.0

    /// Why the failure is final whatever the delay would be; `nil` where another attempt may be made.
    static func reasonToStop(_ situation: Situation, policy: RetryPolicy) -> String? {
        let error = situation.error
        if policy.mode == .off { return "retrying is off" }
        if error.code == .cancelled { return "the call was cancelled" }
        if error.isOwnLimit { return "the limit that was met is this side's: another attempt would meet it, too" }
        if error.pushback == .stop { return "the server asked not to be called again" }
        if let code = error.closeCode, finalCloseCodes.contains(code) { return "close code \(code) is final" }
        if !isRetryable(situation, policy: policy) {
            return "\(error.code.name) is not retried"
        }
        if situation.attempt >= policy.maximumAttempts { return "all \(policy.maximumAttempts) attempts were made" }
        let goesOn = policy.mode == .resume && (situation.kind.streamsRequests || situation.goesOnAfterEvent)
        if !situation.kind.streamsRequests, !error.isSafeToRetry, !policy.allowsRepeatedPost, !goesOn {
            return "the request may have been taken, and sending it twice was not allowed"
        }
        if situation.isReplyShown, !goesOn {
            return "a reply was shown, which commits the call"
        }
        if !situation.isPlanRepeatable { return "more was sent than is kept to be sent again, which commits the call" }
        return nil
    }

    private static func isRetryable(_ situation: Situation, policy: RetryPolicy) -> Bool {
        policy.retryableCodes.contains(situation.error.code) || situation.isAttemptDeadline
    }

    /// Decides.
    /// - Parameters:
    ///   - backoff: Where the delay comes from; begins again after a delay that the server asks for.
    ///   - throttle: Counts the failure where its code is one that is retried, or the server asked for no retry, and
    ///     may forbid the retry (gRPC proposal A6, "Throttling Retry Attempts").
    public static func make(
        _ situation: Situation, policy: RetryPolicy, backoff: inout Backoff, throttle: RetryThrottle,
        random: inout some RandomNumberGenerator
    ) -> RetryDecision {
        let isCounted = isRetryable(situation, policy: policy) || situation.error.pushback == .stop
        let isAllowed = !isCounted || throttle.recordFailure()
        if let reason = reasonToStop(situation, policy: policy) { return .stop(reason) }
        guard isAllowed else {
            return .stop("the throttle forbids it: half of its tokens or fewer are left (\(throttle.level))")
        }
        let delay = delay(after: situation.error, backoff: &backoff, random: &random)
        if let timeLeft = situation.timeLeft, delay.length >= timeLeft {
            return .stop(
                "the next attempt would begin after the deadline: the delay is \(delay.length.shortText), "
                    + "\(max(.zero, timeLeft).shortText) are left")
        }
        return .retry(after: delay)
    }

    private static func delay(
        after error: CallError, backoff: inout Backoff, random: inout some RandomNumberGenerator
    ) -> BackoffDelay {
        if case .wait(let asked)? = error.pushback {
            let asked = asked.asWait
            backoff.reset()
            return BackoffDelay(length: asked, bound: asked, formula: "the server asked for it")
        }
        var delay = backoff.next(using: &random)
        if let code = error.closeCode, busyCloseCodes.contains(code) {
            delay.length = delay.length.scaled(by: busyFactor)
            delay.bound = delay.bound.scaled(by: busyFactor)
            delay.formula = "(\(delay.formula)) × 4 after close code \(code)"
        }
        return delay
    }
}
