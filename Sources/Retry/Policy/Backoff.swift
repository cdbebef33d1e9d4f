import RPCCore

/// How long to wait before each attempt but the first, as a sequence of delays.
///
/// A value: two with the same policy and the same random source give the same delays.
public struct Backoff: Hashable, Sendable {
    private let policy: BackoffPolicy
    /// The delay of the next step before jitter.
    private var ceiling: Duration
    /// The delay drawn last, for the formula that builds on it.
    private var previous: Duration

    public init(_ policy: BackoffPolicy) {
        self.policy = policy
        ceiling = min(policy.initial, policy.maximum)
        previous = policy.initial
    }

    /// The next delay, and the formula that it came from.
    public mutating func next(using random: inout some RandomNumberGenerator) -> BackoffDelay {
        let bound = ceiling
        let step = BackoffDelay.Step(ceiling: bound, previous: previous)
        let length = draw(step, using: &random)
        previous = length
        ceiling = min(policy.maximum, bound.scaled(by: policy.multiplier))
        return BackoffDelay(length: length, bound: upperBound(step), formula: formula(step))
    }

    /// Begins again, as after a delay that the server has asked for (gRPC proposal A6, "Pushback").
    public mutating func reset() {
        self = Backoff(policy)
    }

    private func draw(_ step: BackoffDelay.Step, using random: inout some RandomNumberGenerator) -> Duration {
        switch policy.jitter {
        case .none: step.ceiling
        case .full: step.ceiling * random.fraction()
        case .equal: step.ceiling / 2 + step.ceiling / 2 * random.fraction()
        case .decorrelated:
            min(
                policy.maximum,
                policy.initial + max(.zero, step.previous * 3 - policy.initial)
                    * random.fraction())
        case .plusMinus20: step.ceiling * (0.8 + 0.4 * random.fraction())
        }
    }

    private func upperBound(_ step: BackoffDelay.Step) -> Duration {
        switch policy.jitter {
        case .none, .full, .equal: step.ceiling
        case .decorrelated: min(policy.maximum, max(policy.initial, step.previous * 3))
        case .plusMinus20: step.ceiling * 1.2
        }
    }

    private func formula(_ step: BackoffDelay.Step) -> String {
        let ceiling = step.ceiling.shortText
        return switch policy.jitter {
        case .none: ceiling
        case .full: "random(0, \(ceiling))"
        case .equal: "\((step.ceiling / 2).shortText) + random(0, \((step.ceiling / 2).shortText))"
        case .decorrelated:
            "min(\(policy.maximum.shortText), random(\(policy.initial.shortText), \(step.previous.shortText) × 3))"
        case .plusMinus20: "\(ceiling) × random(0.8, 1.2)"
        }
    }
}

/// A delay before an attempt.
public struct BackoffDelay: Hashable, Sendable {
    /// How long to wait.
    public var length: Duration
    /// The longest wait that the formula could have given.
    public var bound: Duration
    /// Where it came from, with its numbers: `random(0, 1s)`.
    public var formula: String

    public init(length: Duration, bound: Duration, formula: String) {
        self.length = length
        self.bound = bound
        self.formula = formula
    }

    fileprivate struct Step {
        var ceiling: Duration
        var previous: Duration
    }
}

extension RandomNumberGenerator {
    /// Anything from 0 to just below 1. One draw, never more, so that a known source gives known values.
    fileprivate mutating func fraction() -> Double {
        Double(next() >> 11) * 0x1p-53
    }
}
