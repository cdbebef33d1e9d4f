import Algorithms

/// Which requests were refused, one by one, in a stream that went on: the newest refusals, from which the requests follow by
/// the rule of pairing.
public struct RefusedRequests: Hashable, Sendable {
    /// As many runs of refusals, with replies between them, are kept.
    public static let limit = 8_192

    /// Refusals that came one after another.
    private struct Run: Hashable {
        var number: Int
        var place: AnswerPlace
        var count: Int
    }

    private var runs: [Run] = []

    public init() {}

    public mutating func append(_ message: StreamMessage) {
        guard message.isRefusal, let place = message.place else { return }
        if let last = runs.indices.last, runs[last].number + runs[last].count == message.number {
            runs[last].count += 1
            return
        }
        runs.append(Run(number: message.number, place: place, count: 1))
        if runs.count > Self.limit { runs.removeFirst(Self.limit / 2) }
    }

    /// Whether a request is one of those, and whether that is a guess; `nil` where it is none.
    public func pair(ofRequest number: Int, _ pairings: Pairings) -> AnswerPair? {
        let next = runs.partitioningIndex { first($0, pairings).map { $0.request > number } ?? true }
        guard let run = runs[..<next].last, let first = first(run, pairings), number < first.request + run.count
        else { return nil }
        return AnswerPair(request: number, isGuess: first.isGuess)
    }

    private func first(_ run: Run, _ pairings: Pairings) -> AnswerPair? {
        pairings.rule(forReply: run.number).pair(of: run.place, isRefusal: true)
    }
}
