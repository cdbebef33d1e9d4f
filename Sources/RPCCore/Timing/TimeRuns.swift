import Algorithms
import DequeModule

/// When the newest messages of a direction were, by their numbers: those that were handed over together have one entry.
struct TimeRuns: Sendable {
    /// As many entries are kept; the oldest make room.
    static let limit = 65_536

    private struct Run {
        /// The number of its first message.
        var first: Int
        var time: Duration
    }

    private var runs: Deque<Run> = []
    /// The number that the next message has.
    private var next = 1
    /// Where the last message that was asked for was found, as an index of ``runs``.
    private var hint = 0

    /// Adds messages that were handed over together.
    mutating func append(_ count: Int, at time: Duration) {
        defer { next += count }
        if let last = runs.last, last.time == time { return }
        runs.append(Run(first: next, time: time))
        if runs.count > Self.limit {
            runs.removeFirst()
            hint = max(0, hint - 1)
        }
    }

    /// Gives messages another time.
    mutating func set(_ numbers: ClosedRange<Int>, to time: Duration) {
        guard let oldest = runs.first?.first, numbers.upperBound >= oldest, numbers.lowerBound < next else { return }
        let numbers = max(oldest, numbers.lowerBound)...min(next - 1, numbers.upperBound)
        let (start, end) = (index(of: numbers.lowerBound), index(of: numbers.upperBound))
        var new = [Run(first: numbers.lowerBound, time: time)]
        if runs[start].first < numbers.lowerBound { new.insert(runs[start], at: 0) }
        let isCut = numbers.upperBound + 1 < (end + 1 < runs.count ? runs[end + 1].first : next)
        if isCut { new.append(Run(first: numbers.upperBound + 1, time: runs[end].time)) }
        runs.replaceSubrange(start...end, with: new)
        hint = 0
    }

    /// When a message was, and the number of the last message that was at the same time; `nil` where that is not kept.
    mutating func time(of number: Int) -> (time: Duration, last: Int)? {
        guard let oldest = runs.first?.first, number >= oldest, number < next else { return nil }
        hint = index(of: number)
        return (runs[hint].time, hint + 1 < runs.count ? runs[hint + 1].first - 1 : next - 1)
    }

    /// The entry of a message that is kept. Who asks for one is likely to ask for the next one then.
    private func index(of number: Int) -> Int {
        for guess in [hint, hint + 1] where guess < runs.count && runs[guess].first <= number {
            if guess + 1 == runs.count || runs[guess + 1].first > number { return guess }
        }
        return runs.partitioningIndex { $0.first > number } - 1
    }
}
