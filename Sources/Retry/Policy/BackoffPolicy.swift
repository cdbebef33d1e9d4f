import RPCCore

/// The numbers of a ``Backoff``.
public struct BackoffPolicy: Hashable, Sendable {
    /// The first delay before jitter; more than zero.
    public var initial: Duration
    /// The longest delay before jitter; at least ``initial``.
    public var maximum: Duration
    /// By what each delay is longer than the one before; at least 1.
    public var multiplier: Double
    public var jitter: Jitter

    /// - Throws: ``RetryPolicyError`` that names the value that is out of its range.
    public init(
        initial: Duration = .milliseconds(500), maximum: Duration = .seconds(10), multiplier: Double = 2,
        jitter: Jitter = .full
    ) throws(RetryPolicyError) {
        guard initial > .zero else { throw RetryPolicyError(.initialBackoff, "the initial back-off is more than 0s") }
        guard maximum >= initial else {
            throw RetryPolicyError(
                .maximumBackoff, "the maximum back-off is at least the initial one, \(initial.shortText)")
        }
        guard multiplier >= 1, multiplier.isFinite else {
            throw RetryPolicyError(.multiplier, "the multiplier is at least 1")
        }
        self.init(unchecked: initial, maximum, multiplier, jitter)
    }

    private init(unchecked initial: Duration, _ maximum: Duration, _ multiplier: Double, _ jitter: Jitter) {
        self.initial = initial
        self.maximum = maximum
        self.multiplier = multiplier
        self.jitter = jitter
    }

    /// 500 ms, doubled up to 10 s, with full jitter.
    public static let standard = BackoffPolicy(unchecked: .milliseconds(500), .seconds(10), 2, .full)
}

/// How chance spreads delays, so that clients that failed together do not come back together.
public enum Jitter: String, Hashable, Sendable, CaseIterable {
    /// The delay itself.
    case none
    /// Anything from nothing to the delay (Brooker, "Exponential Backoff And Jitter", 2015).
    case full
    /// Half the delay, and anything up to the other half (the same).
    case equal
    /// Anything from the initial delay to three times the one before (the same).
    case decorrelated
    /// The delay, 20 % more or less (gRPC proposal A6).
    case plusMinus20 = "20%"
}

/// A retry policy that cannot be.
public struct RetryPolicyError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What of a policy is written by itself, in the configuration as in a form.
    public enum Part: Hashable, Sendable {
        case attempts, initialBackoff, maximumBackoff, multiplier, codes, attemptDeadline, throttle
    }

    /// The part that is out of its range.
    public let part: Part
    public let description: String

    init(_ part: Part, _ description: String) {
        self.part = part
        self.description = description
    }
}
