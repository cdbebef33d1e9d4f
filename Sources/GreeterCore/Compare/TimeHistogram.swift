/// Counts times, to tell below which of them a share lies. Holds a fixed number of counters, however many times there are.
///
/// Times are told apart to about 3 %, in whole microseconds; what is longer than a day counts as a day.
public struct TimeHistogram: Hashable, Sendable {
    /// Steps in which each doubling is divided.
    private static let steps = 32
    private static let longest = 86_400_000_000

    public private(set) var count = 0
    private var counters = [Int](repeating: 0, count: Self.index(of: Self.longest) + 1)

    public init() {}

    public mutating func add(_ time: Duration) {
        counters[Self.index(of: min(max(0, Int(time / .microseconds(1))), Self.longest))] += 1
        count += 1
    }

    /// The time below which this share of all times lies, from 0 to 1; `nil` where there is none.
    public func percentile(_ share: Double) -> Duration? {
        guard count > 0 else { return nil }
        let rank = max(1, Int((Double(count) * share).rounded(.up)))
        var seen = 0
        for (index, counter) in counters.enumerated() {
            seen += counter
            if seen >= rank { return .microseconds(Self.value(of: index)) }
        }
        return nil
    }

    /// The place of a time: exact below ``steps`` microseconds, and then ``steps`` places for each doubling.
    private static func index(of microseconds: Int) -> Int {
        guard microseconds >= steps else { return microseconds }
        let doublings = Int.bitWidth - 1 - microseconds.leadingZeroBitCount - steps.trailingZeroBitCount
        return doublings * steps + microseconds >> doublings
    }

    /// The middle of the times of a place.
    private static func value(of index: Int) -> Int {
        guard index >= 2 * steps else { return index }
        let doublings = index / steps - 1
        return (index - doublings * steps) << doublings + (1 << doublings) / 2
    }
}
