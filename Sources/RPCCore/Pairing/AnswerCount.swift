/// How many of a call's requests are answered, folded from its events: for certain, and as far as replies can be counted.
public struct AnswerCount: Hashable, Sendable {
    /// Every request up to this one is proven to be answered, or acknowledged by the result of the call.
    public private(set) var proven = 0
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

    /// Every request up to this one is likely to be answered: a guess where it is more than ``proven``.
    public var likely: Int { max(proven, counted) }

    /// Answers, to hold back requests by: where nobody can say which requests they belong to, every message counts as one.
    package var forFlow: Int { pairings.contradiction == nil ? likely : max(likely, received) }

    public mutating func observe(_ event: CallEvent) {
        switch event {
        case .acknowledged(let number): proven = max(proven, number)
        case .paired(let rule):
            pairings.apply(rule)
            proven = rule.answered
            count()
        case .received(let messages):
            received += messages.count
            guard let message = messages.last(where: { $0.place != nil }), let place = message.place else { return }
            newest = Answer(number: message.number, place: place, isRefusal: message.isRefusal)
            count()
        default: break
        }
    }

    private mutating func count() {
        guard let newest else { return }
        let rule = pairings.rule(forReply: newest.number)
        counted = rule.pair(of: newest.place, isRefusal: newest.isRefusal)?.request ?? rule.firstRequest - 1
    }
}
