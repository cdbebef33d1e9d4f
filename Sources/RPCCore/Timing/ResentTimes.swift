import Algorithms

/// When requests were sent that were sent more than once: the last time each.
public struct ResentTimes: Hashable, Sendable {
    /// As many runs of requests are kept that were sent together. Where there are more, two that follow one another are taken
    /// for one, with the time of the later.
    public static let limit = 4_096

    private struct Run: Hashable {
        var numbers: ClosedRange<Int>
        var time: Duration
    }

    /// In the order of their numbers; none overlap.
    private var runs: [Run] = []
    /// As many requests are in a run at most that was made of two.
    private var length = 1

    public init() {}

    public mutating func append(_ numbers: ClosedRange<Int>, at time: Duration) {
        let start = runs.partitioningIndex { $0.numbers.upperBound >= numbers.lowerBound }
        let end = runs[start...].partitioningIndex { $0.numbers.lowerBound > numbers.upperBound }
        var new = [Run(numbers: numbers, time: time)]
        if start < end {
            let (first, last) = (runs[start], runs[end - 1])
            if first.numbers.lowerBound < numbers.lowerBound {
                new.insert(Run(numbers: first.numbers.lowerBound...numbers.lowerBound - 1, time: first.time), at: 0)
            }
            if last.numbers.upperBound > numbers.upperBound {
                new.append(Run(numbers: numbers.upperBound + 1...last.numbers.upperBound, time: last.time))
            }
        }
        runs.replaceSubrange(start..<end, with: new)
        if runs.count > Self.limit { merge() }
    }

    /// When a request was sent last; `nil` where it was sent once.
    public func time(of number: Int) -> Duration? {
        let run = runs[runs.partitioningIndex { $0.numbers.upperBound >= number }...].first
        return run.flatMap { $0.numbers.contains(number) ? $0.time : nil }
    }

    /// Takes runs that follow one another for one, of as few requests as make enough room.
    private mutating func merge() {
        while runs.count > Self.limit / 2, length < 1 << 40 {
            let merged = merged()
            if merged.count > Self.limit / 2 { length *= 2 }
            runs = merged
        }
        if runs.count > Self.limit { runs.removeFirst(runs.count - Self.limit) }
    }

    /// The runs, where two that follow one another are one unless that would be longer than ``length``.
    private func merged() -> [Run] {
        var merged: [Run] = []
        for run in runs {
            if let last = merged.last, last.numbers.upperBound + 1 == run.numbers.lowerBound,
                last.numbers.count + run.numbers.count <= length
            {
                merged[merged.count - 1] = Run(
                    numbers: last.numbers.lowerBound...run.numbers.upperBound, time: max(last.time, run.time))
            } else {
                merged.append(run)
            }
        }
        return merged
    }
}
