/// What is known of the messages of a call.
public struct Delivery: Hashable, Sendable {
    /// Requests handed to the socket, each counted once however often it was sent.
    public var sent: Int
    /// Of those, the ones that the server is proven to have answered, or has acknowledged with the result of the call.
    public var answered: Int
    /// The same as far as replies can be counted, at the ratio that is taken to hold: at least ``answered``, and a guess where
    /// it is more. See ``Pairing``.
    public var likely: Int
    /// Of those that are not answered, the ones that the server has turned down by refusing the call. See
    /// ``CallError/isRefusal``.
    public var refused: Int
    /// Of those that are not answered, the ones that the server has certainly not processed: the last ones of the call. They have
    /// not left this side, or the server has said so (RFC 9113, 8.7: a stream beyond the last of GOAWAY, or REFUSED_STREAM).
    public var unprocessed: Int
    /// Replies received.
    public var received: Int
    /// Whether the server has ended the call well before the stream of requests had ended: it stopped listening. What was sent
    /// and is not answered, it may never have read.
    public var isCutShort = false
    /// Where the server has ended the call before the stream of requests had ended, well or not, how many requests of the plan
    /// were not sent at all; `nil` where nobody can say: the plan has no end, reads records, or is typed.
    public var unsent: Int?

    public init(
        sent: Int = 0, answered: Int = 0, likely: Int? = nil, refused: Int = 0, unprocessed: Int = 0, received: Int = 0
    ) {
        self.sent = sent
        self.answered = answered
        self.likely = likely ?? answered
        self.refused = refused
        self.unprocessed = unprocessed
        self.received = received
    }

    /// Counts what an event tells of the messages of one attempt.
    public mutating func count(_ event: CallEvent) {
        switch event {
        case .sent(let messages): sent += messages.count
        case .received(let messages): received += messages.count(where: \.isReply)
        case .acknowledged(let number): answered = max(answered, number)
        case .paired(let rule): answered = rule.answered
        default: break
        }
        likely = answered
    }

    /// What there is to say of a stream that was cut short; `nil` where it was not.
    public var cutShortText: String? {
        guard isCutShort else { return nil }
        let sentence = "the server stopped listening before the end of the requests"
        guard let unsent, unsent > 0 else { return sentence }
        return "\(sentence), \(unsent) of which \(unsent == 1 ? "was" : "were") not sent"
    }

    /// ``likely`` where it is more than is proven.
    package var likelyIfMore: Int? { likely > answered ? likely : nil }

    /// How many requests are answered, with the guess where it is more: `1 (≈500)`.
    public var answeredText: String { "\(answered)\(likelyIfMore.map { " (≈\($0))" } ?? "")" }

    /// Requests of which nobody can say whether the server has taken them.
    public var uncertain: Int { max(0, sent - answered - refused - unprocessed) }

    /// What is certain of requests that are not answered, in words: `2 refused`, `3 not processed`.
    public var settledTexts: [String] {
        [(refused, "refused"), (unprocessed, "not processed")].filter { $0.0 > 0 }.map { "\($0) \($1)" }
    }
}
