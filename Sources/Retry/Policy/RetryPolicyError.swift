public import RPCCore

/// A retry policy that cannot be.
public struct RetryPolicyError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What of a policy is written by itself, in the configuration as in a form.
    public enum Part: String, Hashable, Sendable {
        case attempts = "the number of attempts"
        case initialBackoff = "the initial back-off"
        case maximumBackoff = "the maximum back-off"
        case multiplier = "the multiplier"
        case codes = "a status code"
        case attemptDeadline = "the deadline of an attempt"
        case throttle = "the throttle"
    }

    /// The part that is out of its range.
    public let part: Part
    public let description: String

    init(_ part: Part, _ description: String) {
        self.part = part
        self.description = description
    }

    /// - Parameter rule: What a part must be; `nil` where it is.
    static func check(_ part: Part, _ rule: String?) throws(RetryPolicyError) {
        if let rule { throw RetryPolicyError(part, "\(part.rawValue) is not \(rule)") }
    }
}

/// What the parts of a policy must be, for all who read them one by one; `nil` where a part is that.
public enum RetryRule {
    public static func attempts(_ count: Int) -> String? {
        (1...100).contains(count) ? nil : "a whole number from 1 to 100"
    }

    /// Of a delay, and of the deadline of an attempt.
    public static func time(_ time: Duration) -> String? { time > .zero ? nil : "a time of more than 0s" }

    public static func multiplier(_ multiplier: Double) -> String? {
        multiplier >= 1 && multiplier.isFinite ? nil : "a number of at least 1"
    }

    public static func codes(_ codes: some Sequence<StatusCode>) -> String? {
        codes.contains { $0 == .ok || $0 == .cancelled } ? "to be retried: OK and CANCELLED never are" : nil
    }
}
