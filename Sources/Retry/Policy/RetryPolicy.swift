public import RPCCore

/// When a failed call is made again, and how.
public struct RetryPolicy: Hashable, Sendable {
    /// What making a call again means for its requests.
    public var mode: RetryMode
    /// Attempts in all, the first included; at least 1.
    public var maximumAttempts: Int
    public var backoff: BackoffPolicy
    /// The status codes after which another attempt may help.
    public var retryableCodes: Set<StatusCode>
    /// How long one attempt may take; `nil` for as long as the call may.
    public var attemptDeadline: Duration?
    /// Whether a request that stands alone (unary, server streaming) may be sent again although the server may have
    /// taken it.
    public var allowsRepeatedPost: Bool

    /// - Throws: ``RetryPolicyError`` that names the value that is out of its range.
    public init(
        mode: RetryMode = .restart, maximumAttempts: Int = 4, backoff: BackoffPolicy = .standard,
        retryableCodes: Set<StatusCode> = [.unavailable], attemptDeadline: Duration? = nil,
        allowsRepeatedPost: Bool = false
    ) throws(RetryPolicyError) {
        try RetryPolicyError.check(.attempts, RetryRule.attempts(maximumAttempts))
        try RetryPolicyError.check(.codes, RetryRule.codes(retryableCodes))
        try RetryPolicyError.check(.attemptDeadline, attemptDeadline.flatMap(RetryRule.time))
        self.init(unchecked: mode, maximumAttempts, backoff, retryableCodes, attemptDeadline, allowsRepeatedPost)
    }

    private init(
        unchecked mode: RetryMode, _ maximumAttempts: Int, _ backoff: BackoffPolicy, _ codes: Set<StatusCode>,
        _ attemptDeadline: Duration?, _ allowsRepeatedPost: Bool
    ) {
        self.mode = mode
        self.maximumAttempts = maximumAttempts
        self.backoff = backoff
        self.retryableCodes = codes
        self.attemptDeadline = attemptDeadline
        self.allowsRepeatedPost = allowsRepeatedPost
    }

    /// Four attempts from the start of the plan, after UNAVAILABLE.
    public static let standard = RetryPolicy(unchecked: .restart, 4, .standard, [.unavailable], nil, false)
    /// One attempt.
    public static let off = RetryPolicy(unchecked: .off, 1, .standard, [], nil, false)
}

/// What making a call again means for the requests that were sent.
public enum RetryMode: String, Hashable, Sendable, CaseIterable, SettingText {
    /// No second attempt.
    case off
    /// The plan is run again from its first request.
    case restart
    /// The plan goes on after the last request known to be answered. Only for servers that tolerate it.
    case resume
}
