public import RPCCore

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
        try RetryPolicyError.check(.initialBackoff, RetryRule.time(initial))
        guard maximum >= initial else {
            throw RetryPolicyError(
                .maximumBackoff,
                "the maximum back-off (max-backoff), \(maximum.shortText), must be at least the initial one, "
                    + initial.shortText)
        }
        try RetryPolicyError.check(.multiplier, RetryRule.multiplier(multiplier))
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
public enum Jitter: String, Hashable, Sendable, CaseIterable, SettingText {
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
