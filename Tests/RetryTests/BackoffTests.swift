import RPCCore
import TestSupport
import Testing

@testable import Retry

@Suite("Back-off")
struct BackoffTests {
    private func delays(_ jitter: Jitter, _ random: SequenceGenerator, count: Int = 5) throws -> [Duration] {
        var random = random
        var backoff = Backoff(
            try BackoffPolicy(initial: .seconds(1), maximum: .seconds(8), multiplier: 2, jitter: jitter))
        return (0..<count).map { _ in backoff.next(using: &random).length }
    }

    @Test(
        "each formula gives its values for known chance",
        arguments: [
            (Jitter.none, [1000, 2000, 4000, 8000, 8000]), (.full, [500, 1000, 2000, 4000, 4000]),
            (.equal, [750, 1500, 3000, 6000, 6000]), (.decorrelated, [2000, 3500, 5750, 8000, 8000]),
            (.plusMinus20, [1000, 2000, 4000, 8000, 8000]),
        ])
    func half(jitter: Jitter, milliseconds: [Int]) throws {
        let delays = try delays(jitter, SequenceGenerator(0.5))
        #expect(delays.map { ($0 / .milliseconds(1)).rounded() } == milliseconds.map(Double.init))
    }

    @Test("however large the multiplier, delays stay within the limit", arguments: Jitter.allCases)
    func hugeMultiplier(jitter: Jitter) throws {
        var random = SequenceGenerator(0.999)
        for multiplier in [1e308, 1e30] {
            var backoff = Backoff(
                try BackoffPolicy(initial: .seconds(1), maximum: .longest, multiplier: multiplier, jitter: jitter))
            for _ in 0..<5 {
                let delay = backoff.next(using: &random)
                #expect(delay.length >= .zero && delay.length <= .longest * 1.2)
                #expect(!delay.formula.isEmpty)
            }
        }
        for ratio in [1e308, .nan, .infinity, 1001, -1] {
            #expect(throws: RetryPolicyError.self) { try RetryThrottle.Configuration(tokenRatio: ratio) }
        }
    }

    @Test(
        "chance spreads delays over the whole range of the formula",
        arguments: [
            (Jitter.none, 4000.0, 4000.0), (.full, 0, 4000), (.equal, 2000, 4000), (.plusMinus20, 3200, 4800),
        ])
    func range(jitter: Jitter, low: Double, high: Double) throws {
        let lowest = try delays(jitter, SequenceGenerator(0))[2] / .milliseconds(1)
        let highest = try delays(jitter, SequenceGenerator(0.999_999_999))[2] / .milliseconds(1)
        #expect(abs(lowest - low) < 0.01)
        #expect(abs(highest - high) < 0.01)
    }

    @Test(
        "a delay says which formula it came from",
        arguments: [
            (Jitter.none, "2s"), (.full, "random(0, 2s)"), (.equal, "1s + random(0, 1s)"),
            (.decorrelated, "min(8s, random(1s, 2s × 3))"), (.plusMinus20, "2s × random(0.8, 1.2)"),
        ])
    func formula(jitter: Jitter, text: String) throws {
        var random = SequenceGenerator(0.5)
        var backoff = Backoff(try BackoffPolicy(initial: .seconds(1), maximum: .seconds(8), jitter: jitter))
        _ = backoff.next(using: &random)
        #expect(backoff.next(using: &random).formula == text)
    }

    @Test("delays stay within their bounds for thousands of seeds", arguments: Jitter.allCases)
    func bounds(jitter: Jitter) throws {
        for seed in 0..<2000 as Range<UInt64> {
            var random = SeededGenerator(seed: seed)
            let policy = try BackoffPolicy(
                initial: .milliseconds(Int.random(in: 1...2000, using: &random)),
                maximum: .milliseconds(Int.random(in: 2000...60_000, using: &random)),
                multiplier: Double.random(in: 1...4, using: &random), jitter: jitter)
            var backoff = Backoff(policy)
            for _ in 0..<20 {
                let delay = backoff.next(using: &random)
                #expect(delay.length >= .zero && delay.length <= delay.bound)
                #expect(delay.bound <= policy.maximum * 1.2)
            }
        }
    }

    @Test("a policy that cannot be says which value is wrong")
    func invalid() {
        #expect(throws: RetryPolicyError.self) { try BackoffPolicy(initial: .zero) }
        #expect(throws: RetryPolicyError.self) { try BackoffPolicy(initial: .seconds(2), maximum: .seconds(1)) }
        #expect(throws: RetryPolicyError.self) { try BackoffPolicy(multiplier: 0.9) }
        #expect(throws: RetryPolicyError.self) { try BackoffPolicy(multiplier: .infinity) }
        #expect(throws: RetryPolicyError.self) { try RetryPolicy(maximumAttempts: 0) }
        #expect(throws: RetryPolicyError.self) { try RetryPolicy(retryableCodes: [.cancelled]) }
        #expect(throws: RetryPolicyError.self) { try RetryPolicy(attemptDeadline: .zero) }
        #expect(throws: RetryPolicyError.self) { try RetryThrottle.Configuration(maximumTokens: 1001) }
        #expect(throws: RetryPolicyError.self) { try RetryThrottle.Configuration(tokenRatio: 0.0001) }
    }
}

@Suite("The throttle")
struct RetryThrottleTests {
    @Test(
        "failures take a token, successes give a part back, half or fewer forbid",
        arguments: [
            // tokens, ratio, F failure or S success in order, what is left, whether the last failure may be retried
            (10, 0.1, "F", 9.0, true), (10, 0.1, "FFFF", 6, true), (10, 0.1, "FFFFF", 5, false),
            (10, 0.1, "FFFFFSSSSSSSSSS", 6, false), (10, 0.1, "FFFFFSSSSSSSSSSSF", 5.1, true),
            (10, 0.1, "SSSS", 10, true), (1, 1, "F", 0, false), (3, 0.5, "F", 2, true), (3, 0.5, "FF", 1, false),
            (3, 0.5, "FFFFFF", 0, false), (4, 0.0004, "FFS", 2.001, false), (1000, 1, "F", 999, true),
        ])
    func table(tokens: Int, ratio: Double, events: String, left: Double, isAllowed: Bool) throws {
        guard ratio >= 0.0005 else {
            #expect(throws: RetryPolicyError.self) {
                try RetryThrottle.Configuration(maximumTokens: tokens, tokenRatio: ratio)
            }
            return
        }
        let throttle = RetryThrottle(try RetryThrottle.Configuration(maximumTokens: tokens, tokenRatio: ratio))
        var isLastAllowed = true
        for event in events {
            if event == "F" { isLastAllowed = throttle.recordFailure() } else { throttle.recordSuccess() }
        }
        #expect(throttle.level == ThrottleLevel(tokens: left, maximum: Double(tokens)))
        #expect(isLastAllowed == isAllowed)
    }
}
