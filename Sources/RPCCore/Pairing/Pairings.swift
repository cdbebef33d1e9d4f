/// The rules of pairing of a call, one for each attempt that has received something.
public struct Pairings: Hashable, Sendable {
    /// In the order of the attempts.
    public private(set) var rules: [Pairing] = []
    /// Whether a number of a request that a message itself has is a guess: in streams that were recorded by versions of the
    /// program that did not prove pairs.
    public var distrustsNumbers = false

    public init() {}

    /// Takes over a rule, in place of an earlier one of the same attempt.
    public mutating func apply(_ rule: Pairing) {
        if let index = rules.firstIndex(where: { $0.firstReply >= rule.firstReply }) { rules.removeSubrange(index...) }
        rules.append(rule)
    }

    /// The rule for a received message. Until one is told, a request is taken to have one reply.
    public func rule(forReply number: Int) -> Pairing {
        rules.last { $0.firstReply <= number } ?? Pairing()
    }

    /// The request that a message answers, as far as is known; `nil` where it answers none or the whole call.
    public func pair(of message: StreamMessage) -> AnswerPair? {
        guard let place = message.place else {
            return message.answers.map { AnswerPair(request: $0, isGuess: distrustsNumbers && correlation == nil) }
        }
        return rule(forReply: message.number).pair(of: place, isRefusal: message.isRefusal)
    }

    /// The fields by which replies say which requests they answer; `nil` where order says it.
    public var correlation: Correlation? { rules.last?.correlation }

    /// Why there are no pairs any more; `nil` where there are.
    public var contradiction: String? { rules.last?.contradiction }
}
