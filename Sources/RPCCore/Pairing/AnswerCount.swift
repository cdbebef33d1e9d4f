/// Which of a call's requests are answered, folded from its events: for certain, and as far as replies can be counted.
public struct AnswerCount: Hashable, Sendable {
    /// The requests that are proven to be answered, or acknowledged by the result of the call. By the order of replies those are
    /// the first ones; where replies say which requests they answer, they may be any.
    public private(set) var answered = RequestNumbers()
    /// The rules by which answers belong to requests.
    public private(set) var pairings = Pairings()
    /// The request of the newest answer by these rules.
    private var counted = 0
    /// Messages received, of every sort.
    private var received = 0
    /// The newest answer that has a place.
    private var newest: Answer?

    private struct Answer: Hashable, Sendable {
        var number: Int
        var place: AnswerPlace
        var isRefusal: Bool
    }

    public init() {}

    /// How many requests are proven to be answered.
    public var proven: Int { answered.count }

    /// How many requests are likely to be answered: a guess where it is more than ``proven``.
    public var likely: Int { max(proven, counted) }

    /// Whether a request is likely to be answered, proven or not.
    public func isLikely(_ number: Int) -> Bool { number <= counted || answered.contains(number) }

    /// Answers, to hold back requests by: where nobody can say which requests they belong to, every message counts as one.
    package var forFlow: Int { pairings.contradiction == nil ? likely : max(likely, received) }

    /// How many of the first requests of a call are not answered.
    package func open(of requests: Int) -> Int {
        pairings.correlation == nil ? max(0, requests - forFlow) : requests - answered.count(upTo: requests)
    }

    public mutating func observe(_ event: CallEvent) {
        switch event {
        case .acknowledged(let number): answered.insert(upTo: number)
        case .paired(let rule):
            pairings.apply(rule)
            answered = RequestNumbers(upTo: rule.answered)
            count()
        case .received(let messages):
            received += messages.count
            if pairings.correlation != nil { return take(messages) }
            guard let message = messages.last(where: { $0.place != nil }), let place = message.place else { return }
            newest = Answer(number: message.number, place: place, isRefusal: message.isRefusal)
            count()
        default: break
        }
    }

    /// Counts answers that say themselves what they answer.
    private mutating func take(_ messages: [StreamMessage]) {
        for message in messages {
            if let number = message.answers { answered.insert(number) }
        }
    }

    private mutating func count() {
        guard let newest else { return }
        let rule = pairings.rule(forReply: newest.number)
        counted = rule.pair(of: newest.place, isRefusal: newest.isRefusal)?.request ?? rule.firstRequest - 1
    }
}
