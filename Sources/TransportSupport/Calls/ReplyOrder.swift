/// Which request a reply of a bidirectional stream answers, where replies do not say so: they are taken in order, and a
/// server that sends several for each request is recognised by the first reply too many.
package struct ReplyOrder: Hashable, Sendable {
    /// How many replies a request has, as far as has been learnt.
    package private(set) var repliesPerRequest = 1
    private var notice: String?

    package init() {}

    /// The request that the newest reply or refusal answers.
    /// - Parameters:
    ///   - requests: Requests sent so far.
    ///   - replies: Replies so far, with the newest.
    ///   - refusals: Refusals so far, which answer one request each.
    package mutating func answer(requests: Int, replies: Int, refusals: Int = 0) -> Int? {
        guard requests > 0 else { return nil }
        if answered(replies, refusals) > requests { learn(requests, replies, refusals) }
        return min(requests, answered(replies, refusals))
    }

    /// What was recognised since the last time, for the person.
    package mutating func takeNotice() -> String? {
        defer { notice = nil }
        return notice
    }

    private func answered(_ replies: Int, _ refusals: Int) -> Int {
        (replies + repliesPerRequest - 1) / repliesPerRequest + refusals
    }

    private mutating func learn(_ requests: Int, _ replies: Int, _ refusals: Int) {
        let answered = max(1, requests - refusals)
        let ratio = max(repliesPerRequest, (replies + answered - 1) / answered)
        // A server that just goes on talking would raise it with every message: told only while it means something.
        if ratio != repliesPerRequest && ratio <= 4 { notice = "this server sends \(ratio) replies for each request" }
        repliesPerRequest = ratio
    }
}
