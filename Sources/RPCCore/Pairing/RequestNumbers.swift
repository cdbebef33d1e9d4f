/// A set of requests of a call, by their numbers: those that are answered, or were sent again.
public struct RequestNumbers: Hashable, Sendable {
    /// As many runs of numbers that follow one another are kept. Where there are more, the oldest are forgotten, but for the
    /// first, which is the longest as a rule.
    public static let limit = 32_768

    private var numbers = RangeSet<Int>()
    /// How many there are.
    public private(set) var count = 0

    public init() {}

    /// The first ones.
    public init(upTo last: Int) {
        insert(upTo: last)
    }

    /// Every request up to this one is in it; 0 where the first is not.
    public var prefix: Int {
        guard let first = numbers.ranges.first, first.lowerBound == 1 else { return 0 }
        return first.upperBound - 1
    }

    public func contains(_ number: Int) -> Bool { numbers.contains(number) }

    /// How many requests up to one are in it.
    public func count(upTo last: Int) -> Int {
        var count = 0
        for run in runs {
            guard run.lowerBound <= last else { break }
            count += min(run.upperBound, last) - run.lowerBound + 1
        }
        return count
    }

    /// Numbers that follow one another, in order; none touch.
    public var runs: some RandomAccessCollection<ClosedRange<Int>> {
        numbers.ranges.lazy.map { $0.lowerBound...$0.upperBound - 1 }
    }

    public mutating func insert(_ number: Int) {
        guard !numbers.contains(number) else { return }
        numbers.insert(contentsOf: number..<number + 1)
        count += 1
        bound()
    }

    public mutating func insert(_ run: ClosedRange<Int>) {
        count += run.count - (count(upTo: run.upperBound) - count(upTo: run.lowerBound - 1))
        numbers.insert(contentsOf: run.lowerBound..<run.upperBound + 1)
        bound()
    }

    /// Adds every request up to one.
    public mutating func insert(upTo last: Int) {
        guard last > prefix else { return }
        insert(1...last)
    }

    private mutating func bound() {
        guard numbers.ranges.count > Self.limit else { return }
        var kept = RangeSet<Int>()
        for (index, run) in numbers.ranges.enumerated() where index == 0 || index > Self.limit / 2 {
            kept.insert(contentsOf: run)
        }
        numbers = kept
        count = kept.ranges.reduce(0) { $0 + $1.count }
    }
}
