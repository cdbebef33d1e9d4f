import DequeModule

/// Answers of a bidirectional stream that were read together and follow one another: their places are those from the first one on.
struct AnswerRun: Hashable, Sendable {
    /// The number of the first one among the received messages.
    var number: Int
    var place: AnswerPlace
    var time: Duration
    /// How many replies it is; a refusal stands alone.
    var count = 1
    var isRefusal: Bool

    /// Takes in an answer that was read with it, where it is the one that follows.
    mutating func takes(_ number: Int, _ place: AnswerPlace, isRefusal: Bool) -> Bool {
        guard !self.isRefusal, !isRefusal, number == self.number + count,
            place == AnswerPlace(replies: self.place.replies + count, refusals: self.place.refusals)
        else { return false }
        count += 1
        return true
    }
}

/// The newest answers of a call, from which round trips are measured again when pairs become other ones.
struct AnswerRuns: Sendable {
    /// As many entries are kept; the oldest make room.
    static let limit = 32_768

    private(set) var runs: Deque<AnswerRun> = []

    mutating func append(_ run: AnswerRun) {
        runs.append(run)
        if runs.count > Self.limit { runs.removeFirst() }
    }
}
