/// Where an answer stands among the answers of its attempt at a bidirectional stream.
///
/// An answer is a reply, or the refusal of a request. Its place is what is known for certain when it comes, and stays true;
/// which request is meant follows from it by a ``Pairing``, which may become another.
public struct AnswerPlace: Hashable, Sendable {
    /// Replies before it.
    public var replies: Int
    /// Refusals before it.
    public var refusals: Int

    public init(replies: Int, refusals: Int) {
        self.replies = replies
        self.refusals = refusals
    }

    /// The place after that of a reply or a refusal.
    public func next(afterRefusal isRefusal: Bool) -> AnswerPlace {
        isRefusal
            ? AnswerPlace(replies: replies, refusals: refusals + 1)
            : AnswerPlace(replies: replies + 1, refusals: refusals)
    }
}
