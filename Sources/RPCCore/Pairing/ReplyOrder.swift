/// Finds out which request an answer of a bidirectional stream answers, where answers do not say so: the ``Pairing`` of one
/// attempt.
///
/// A server is taken to answer requests in their order, each with the same number of replies or with one refusal. Of the
/// ratios that this leaves the smallest is taken to hold. What takes ratios away:
///
/// - No answer belongs to a request that was sent after it, so that a reply too many needs a larger ratio.
/// - Before a refusal the replies are complete: their number is a multiple of the ratio.
/// - When nothing is owed, at a good end of the call or in a pause that is as long as the quiet time, all replies are there:
///   their number says the ratio. A pause is no proof of a server that has gone on after one.
///
/// Where no ratio is left the server is of another sort, and nothing is paired any more.
package struct ReplyOrder: Hashable, Sendable {
    /// A server that sends more replies to a request just goes on talking.
    package static let ratioLimit = 8
    /// Silence that is shorter than this is no pause.
    package static let leastPause = Duration.milliseconds(800)

    /// Replies and refusals that have a place.
    package private(set) var replies = 0
    package private(set) var refusals = 0
    /// How many replies a request is taken to have.
    package private(set) var ratio = 1
    /// Why pairing has stopped.
    private var contradiction: String?
    /// The ratio that a pause or the end has shown.
    private var shown: Int?
    /// Whether a pause is still believed.
    private var trustsPauses = true
    /// What the ratio divides, for the numbers of replies before refusals are multiples of it; 0 where there are none.
    private var divisible = 0
    /// Replies before the newest refusal.
    private var repliesBeforeRefusal = 0
    /// Whether the newest answer is a refusal.
    private var isRefusalNewest = false
    /// The number of the first answer among the received messages.
    private var first: Int?
    /// The rule as it was told last.
    private var told: Pairing?
    private var toldRatio = 1
    private var notices: [String] = []

    package init() {}

    /// A reply has come.
    /// - Parameters:
    ///   - number: Its number among the received messages.
    ///   - requests: Requests sent before it came.
    /// - Returns: its place; `nil` where it answers no request.
    package mutating func replied(number: Int, requests: Int) -> AnswerPlace? {
        guard contradiction == nil, requests > 0 else { return nil }
        if replies / ratio + refusals >= requests {
            guard requests > refusals else {
                stop("a reply came when every request was refused")
                return nil
            }
            raise(to: replies / (requests - refusals) + 1)
            guard contradiction == nil else { return nil }
        }
        defer { replies += 1 }
        return place(number, isRefusal: false)
    }

    /// A request is refused.
    /// - Returns: its place; `nil` where nobody knows which request is meant.
    package mutating func refused(number: Int, requests: Int) -> AnswerPlace? {
        guard contradiction == nil, requests > 0 else { return nil }
        let open = requests - refusals - 1
        guard open > 0 || open == 0 && replies == 0 else {
            stop("there are more refusals than requests that can be meant")
            return nil
        }
        divisible = Self.commonDivisor(divisible, replies - repliesBeforeRefusal)
        raise(to: open > 0 ? max(ratio, (replies + open - 1) / open) : ratio)
        guard contradiction == nil else { return nil }
        defer {
            refusals += 1
            repliesBeforeRefusal = replies
        }
        return place(number, isRefusal: true)
    }

    /// So many requests were sent, nothing has come for the quiet time, and more is about to be sent.
    package mutating func paused(requests: Int) {
        guard trustsPauses, hasAll(of: requests) else { return }
        show()
    }

    /// The call has come to a good end.
    /// - Parameter isSaid: Whether the server has said so, and not only silence.
    package mutating func ended(requests: Int, isSaid: Bool) {
        let open = requests - refusals
        guard contradiction == nil, replies >= max(1, open), isSaid || trustsPauses else { return }
        if hasAll(of: requests) {
            show()
        } else {
            stop("\(replies) replies to \(open) requests are not the same number for each")
        }
    }

    /// The rule, where it is another than was told before.
    package mutating func takeChange() -> Pairing? {
        guard let rule, rule.isNews(after: told) else { return nil }
        told = rule
        return rule
    }

    /// What was recognised since the last time, for the user.
    package mutating func takeNotices() -> [String] {
        defer { notices = [] }
        return notices
    }

    /// Every request up to this one is proven to be answered.
    package var answered: Int {
        guard contradiction == nil, replies + refusals > 0 else { return 0 }
        let newest = isRefusalNewest ? replies : replies - 1
        return (largest.map { newest / $0 } ?? 0) + refusals + (isRefusalNewest ? 0 : 1)
    }

    /// Whether only one ratio is possible.
    package var isEstablished: Bool { !isStopped && largest == ratio }

    /// Whether nothing is paired any more.
    package var isStopped: Bool { contradiction != nil }

    /// Whether one more reply, after so many that are not counted yet, would answer more requests than there are.
    package func isTooMany(after uncounted: Int, requests: Int) -> Bool {
        !isStopped && (replies + uncounted) / ratio + refusals >= requests
    }
}

extension ReplyOrder {
    /// The largest ratio that is possible; `nil` where nothing bounds it.
    private var largest: Int? { shown ?? (divisible > 0 ? divisible : nil) }

    private var rule: Pairing? {
        guard let first else { return nil }
        return Pairing(
            firstReply: first, ratio: ratio, largestRatio: contradiction == nil ? largest : nil, answered: answered,
            contradiction: contradiction)
    }

    private mutating func place(_ number: Int, isRefusal: Bool) -> AnswerPlace {
        first = first ?? number
        isRefusalNewest = isRefusal
        return AnswerPlace(replies: replies, refusals: refusals)
    }

    /// Takes the smallest ratio that is still possible and not smaller.
    private mutating func raise(to smallest: Int) {
        if let shown, shown < smallest || divisible > 0 && !divisible.isMultiple(of: shown) {
            // It was a pause, and not the end of what was owed.
            self.shown = nil
            trustsPauses = false
        }
        let possible = smallest <= Self.ratioLimit ? smallest...Self.ratioLimit : nil
        guard let ratio = possible?.first(where: { divisible.isMultiple(of: $0) }) else {
            return stop(
                possible == nil
                    ? "more than \(Self.ratioLimit) replies came for a request"
                    : "the replies before a refusal are no multiple of those to a request")
        }
        self.ratio = ratio
        tellRatio()
    }

    /// Whether so many requests have all their answers. The ratio cannot be larger then: it is the smallest with which the
    /// newest reply has a request.
    private func hasAll(of requests: Int) -> Bool {
        !isStopped && replies > 0 && replies == ratio * (requests - refusals)
    }

    private mutating func show() {
        shown = ratio
        tellRatio()
    }

    /// Tells people of the ratio once it is the only one that is possible.
    private mutating func tellRatio() {
        guard isEstablished, ratio != toldRatio else { return }
        toldRatio = ratio
        notices.append("this server sends \(ratio) replies for each request")
    }

    private mutating func stop(_ reason: String) {
        contradiction = reason
        // Without an answer that had a place there is nothing to take back, but the user should know.
        first = first ?? 1
        notices.append("which reply answers which request is not known any more: \(reason)")
    }

    private static func commonDivisor(_ one: Int, _ other: Int) -> Int {
        var (one, other) = (one, other)
        while other != 0 { (one, other) = (other, one % other) }
        return one
    }
}

extension Pairing {
    /// Whether it says anything else of pairs than the rule that was told before. As long as none is told, requests are taken to
    /// have one reply, and nothing is proven.
    fileprivate func isNews(after told: Pairing?) -> Bool {
        let told = told ?? Pairing(firstReply: firstReply)
        return ratio != told.ratio || largestRatio != told.largestRatio || contradiction != told.contradiction
    }
}
