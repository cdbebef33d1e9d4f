/// The request that an answer is taken to answer.
public struct AnswerPair: Hashable, Sendable {
    /// The number of the request.
    public var request: Int
    /// Whether it may be another request: nothing has proven yet that it is this one.
    public var isGuess: Bool

    public init(request: Int, isGuess: Bool) {
        self.request = request
        self.isGuess = isGuess
    }
}

/// The rule by which the answers of a bidirectional stream are given to its requests.
///
/// Where replies say themselves which requests they answer, that is the ``correlation``, and nothing else is said. Else a server is taken to answer requests in their order, each with the same number of replies, the ratio, or with one refusal.
/// Then the place of an answer says which request it answers, and the rule is the same few numbers however many messages there
/// are: where the ratio turns out to be another, all pairs are other ones at once.
///
/// A pair is proven where every ratio that is still possible gives it. It is so for an order-preserving server with a constant
/// ratio; a server of another sort is found out by a contradiction, and then there are no pairs.
public struct Pairing: Hashable, Sendable {
    /// The number, among the received messages, from which on the rule holds.
    public var firstReply: Int
    /// The number of the first request of the attempt.
    public var firstRequest: Int
    /// How many replies a request is taken to have, which is the smallest number that is possible.
    public var ratio: Int
    /// The largest number of replies to a request that is possible; `nil` where nothing bounds it.
    public var largestRatio: Int?
    /// Every request up to this one is proven to be answered; 0 where none is.
    public var answered: Int
    /// Why no pairs are formed any more, as one sentence without a full stop; `nil` where they are.
    public var contradiction: String?
    /// The fields by which replies say which requests they answer, over all attempts; `nil` where they are taken in order.
    public var correlation: Correlation?

    public init(
        firstReply: Int = 1, firstRequest: Int = 1, ratio: Int = 1, largestRatio: Int? = nil, answered: Int = 0,
        contradiction: String? = nil, correlation: Correlation? = nil
    ) {
        self.firstReply = firstReply
        self.firstRequest = firstRequest
        self.ratio = ratio
        self.largestRatio = largestRatio
        self.answered = answered
        self.contradiction = contradiction
        self.correlation = correlation
    }

    /// Whether all pairs are proven: replies say what they answer, or only one ratio is possible.
    public var isProven: Bool { correlation != nil || contradiction == nil && largestRatio == ratio }

    /// The request of the answer with a place; `nil` where places say nothing, or pairs are not formed any more.
    public func pair(of place: AnswerPlace, isRefusal: Bool) -> AnswerPair? {
        guard contradiction == nil, correlation == nil else { return nil }
        let request = request(place, isRefusal, ratio: ratio)
        let isGuess = largestRatio != ratio && request != self.request(place, isRefusal, ratio: largestRatio)
        return AnswerPair(request: request, isGuess: isGuess)
    }

    /// The request at a ratio, which may be without bound. A refusal comes when the replies before it are complete.
    private func request(_ place: AnswerPlace, _ isRefusal: Bool, ratio: Int?) -> Int {
        guard let ratio, ratio > 0 else {
            return firstRequest + place.refusals + (isRefusal && place.replies > 0 ? 1 : 0)
        }
        let (complete, rest) = place.replies.quotientAndRemainder(dividingBy: ratio)
        return firstRequest + place.refusals + complete + (isRefusal && rest > 0 ? 1 : 0)
    }

    /// Whether pairs are other ones by this rule than by an earlier one.
    public func changesPairs(of earlier: Pairing) -> Bool {
        correlation != earlier.correlation || ratio != earlier.ratio || firstRequest != earlier.firstRequest
            || (contradiction == nil) != (earlier.contradiction == nil)
    }

    /// How many replies there are for each request, in words.
    public var ratioText: String { ratio == 1 ? "one reply for each request" : "\(ratio) replies for each request" }

    /// Why a pair that is a guess is one.
    public var doubt: String {
        let more = largestRatio.map { "up to \($0)" } ?? "more"
        return "a guess: replies are taken in order, \(ratioText); there may be \(more), which the end or a pause shows"
    }
}
