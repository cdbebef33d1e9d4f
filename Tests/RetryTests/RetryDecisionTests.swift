import RPCCore
import TestSupport
import Testing

@testable import Retry

@Suite("Commit, retry or stop")
struct RetryDecisionTests {
    private func reason(
        _ kind: CallKind = .clientStream, _ code: StatusCode = .unavailable, policy: RetryPolicy = .standard,
        attempt: Int = 1, isReplyShown: Bool = false, isSafe: Bool = false, closeCode: Int? = nil,
        isPlanRepeatable: Bool = true, isAttemptDeadline: Bool = false
    ) -> String? {
        let error = CallError(code, "failed", at: .receive, isSafeToRetry: isSafe, closeCode: closeCode)
        return RetryDecision.reasonToStop(
            RetryDecision.Situation(
                kind: kind, attempt: attempt, error: error, isReplyShown: isReplyShown,
                isPlanRepeatable: isPlanRepeatable, isAttemptDeadline: isAttemptDeadline),
            policy: policy)
    }

    /// Every status code, every kind, every state of the call: whether another attempt is made, by the rules in words.
    @Test("the state table", arguments: StatusCode.allCases, CallKind.allCases)
    func table(code: StatusCode, kind: CallKind) throws {
        for mode in RetryMode.allCases {
            let policy = try RetryPolicy(mode: mode, retryableCodes: [.unavailable, .resourceExhausted])
            for isReplyShown in [false, true] {
                for isSafe in [false, true] {
                    let isRetried =
                        mode != .off && [.unavailable, .resourceExhausted].contains(code)
                        && (kind.streamsRequests || isSafe)
                        && (!isReplyShown || mode == .resume && kind.streamsRequests)
                    let reason = reason(kind, code, policy: policy, isReplyShown: isReplyShown, isSafe: isSafe)
                    #expect((reason == nil) == isRetried, "\(mode) \(isReplyShown) \(isSafe): \(reason ?? "retried")")
                }
            }
        }
    }

    @Test(
        "close codes that mean it stop at once",
        arguments: [(1000, false), (1008, false), (1006, true), (1011, true), (1012, true), (1013, true)])
    func closeCodes(code: Int, isRetried: Bool) {
        #expect((reason(closeCode: code) == nil) == isRetried)
    }

    @Test("a limit of this side would be met again, whatever is retried")
    func ownLimit() throws {
        var error = CallError(.resourceExhausted, "too large", at: .server)
        let policy = try RetryPolicy(retryableCodes: [.unavailable, .resourceExhausted])
        func reason() -> String? {
            RetryDecision.reasonToStop(
                RetryDecision.Situation(
                    kind: .clientStream, attempt: 1, error: error, isReplyShown: false, isPlanRepeatable: true,
                    isAttemptDeadline: false), policy: policy)
        }
        #expect(reason() == nil)
        error.isOwnLimit = true
        #expect(reason() == "the limit that was met is this side's: another attempt would meet it, too")
    }

    @Test("the maximum counts the first attempt", arguments: [(1, true), (3, true), (4, false), (5, false)])
    func maximum(attempt: Int, isRetried: Bool) {
        #expect((reason(attempt: attempt) == nil) == isRetried)
    }

    @Test("a request that stands alone is repeated only where that is safe or allowed")
    func post() throws {
        #expect(reason(.unary) != nil)
        #expect(reason(.unary, isSafe: true) == nil)
        #expect(reason(.unary, policy: try RetryPolicy(allowsRepeatedPost: true)) == nil)
    }

    @Test("what is kept no longer cannot be sent again")
    func spool() {
        #expect(reason(isPlanRepeatable: false)?.contains("commits the call") == true)
    }

    @Test("an attempt that took too long is followed by another, a call that did is not")
    func deadlines() {
        #expect(reason(.clientStream, .deadlineExceeded) != nil)
        #expect(reason(.clientStream, .deadlineExceeded, isAttemptDeadline: true) == nil)
    }

    // MARK: Delays

    private func decide(
        _ error: CallError, timeLeft: Duration? = nil, throttle: RetryThrottle = RetryThrottle()
    ) throws -> RetryDecision {
        var random = SequenceGenerator(0.5)
        let policy = try RetryPolicy(backoff: BackoffPolicy(initial: .seconds(1), maximum: .seconds(8), jitter: .none))
        var backoff = Backoff(policy.backoff)
        return RetryDecision.make(
            RetryDecision.Situation(kind: .clientStream, attempt: 1, error: error, timeLeft: timeLeft),
            policy: policy, backoff: &backoff, throttle: throttle, random: &random)
    }

    private let failure = CallError(.unavailable, "failed", at: .receive)

    @Test("a server that asks for a delay gets it")
    func retryAfter() throws {
        var error = failure
        error.pushback = .wait(.seconds(7))
        let delay = BackoffDelay(length: .seconds(7), bound: .seconds(7), formula: "the server asked for it")
        #expect(try decide(error) == .retry(after: delay))
    }

    @Test("a server that asks for the longest delays gets a year at most, and only where that is waited for")
    func retryAfterExtremes() throws {
        for asked in [Duration.longest, .seconds(Int64.max), .seconds(Int64.max - 1), .milliseconds(Int64.max)] {
            let error = CallError(.unavailable, "failed", at: .server, pushback: .wait(asked))
            for timeLeft in [nil, Duration.seconds(30), .seconds(Int64.max)] {
                var backoff = Backoff(.standard)
                var random = SequenceGenerator(0.5)
                let decision = RetryDecision.make(
                    RetryDecision.Situation(kind: .clientStream, attempt: 1, error: error, timeLeft: timeLeft),
                    policy: .standard, backoff: &backoff, throttle: RetryThrottle(), random: &random)
                switch decision {
                case .retry(let delay): #expect(delay.length == .longest && timeLeft != .seconds(30))
                case .stop(let reason): #expect(timeLeft == .seconds(30) && reason.contains("after the deadline"))
                }
            }
        }
    }

    @Test("a server that asks for no retry gets none, whatever the code, and the throttle counts it")
    func pushbackStop() throws {
        for code in [StatusCode.unavailable, .internal] {
            let throttle = RetryThrottle()
            let error = CallError(code, "failed", at: .server, pushback: .stop)
            #expect(try decide(error, throttle: throttle) == .stop("the server asked not to be called again"))
            #expect(throttle.level.tokens == 9)
        }
    }

    @Test("no wait at all can be asked for")
    func pushbackNow() throws {
        var error = failure
        error.pushback = Pushback(milliseconds: "0")
        let delay = BackoffDelay(length: .zero, bound: .zero, formula: "the server asked for it")
        #expect(try decide(error) == .retry(after: delay))
    }

    @Test("every failure that could be retried is counted, also the last one")
    func countsLastFailure() throws {
        let throttle = RetryThrottle()
        var random = SequenceGenerator(0.5)
        var backoff = Backoff(.standard)
        let last = RetryDecision.Situation(kind: .clientStream, attempt: 4, error: failure)
        let decision = RetryDecision.make(
            last, policy: .standard, backoff: &backoff, throttle: throttle, random: &random)
        #expect(decision == .stop("all 4 attempts were made"))
        #expect(throttle.level.tokens == 9)
    }

    @Test("a server that restarts or is overloaded gets more time", arguments: [1012, 1013])
    func busy(code: Int) throws {
        var error = failure
        error.closeCode = code
        let delay = BackoffDelay(length: .seconds(4), bound: .seconds(4), formula: "(1s) × 4 after close code \(code)")
        #expect(try decide(error) == .retry(after: delay))
    }

    @Test("a delay that would pass the deadline stops at once and says so")
    func deadlineFirst() throws {
        #expect(
            try decide(failure, timeLeft: .milliseconds(900))
                == .stop("the next attempt would begin after the deadline: the delay is 1s, 900ms are left"))
        #expect(try decide(failure, timeLeft: .milliseconds(1001)) != .stop(""))
        let delay = BackoffDelay(length: .seconds(1), bound: .seconds(1), formula: "1s")
        #expect(try decide(failure, timeLeft: .milliseconds(1001)) == .retry(after: delay))
    }

    @Test("an empty throttle forbids retries, and only failures that could be retried count")
    func throttle() throws {
        let throttle = RetryThrottle(try RetryThrottle.Configuration(maximumTokens: 4))
        _ = try decide(CallError(.invalidArgument, "no", at: .server), throttle: throttle)
        #expect(throttle.level.tokens == 4)
        _ = try decide(failure, throttle: throttle)
        let decision = try decide(failure, throttle: throttle)
        #expect(decision == .stop("the throttle forbids it: half of its tokens or fewer are left (2.0/4)"))
    }
}
