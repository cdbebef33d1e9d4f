import Histogram

/// How times of one sort are spread, to two significant digits.
public struct Percentiles: Hashable, Sendable {
    /// How many times there are.
    public var count: Int
    /// Half of them are no longer than this.
    public var p50: Duration
    public var p95: Duration
    public var p99: Duration
    public var maximum: Duration

    public init(count: Int, p50: Duration, p95: Duration, p99: Duration, maximum: Duration) {
        self.count = count
        self.p50 = p50
        self.p95 = p95
        self.p99 = p99
        self.maximum = maximum
    }
}

/// Times, counted in classes that are 1 % wide: some 30 KB however many there are.
struct TimeHistogram: Sendable {
    /// Longer times count as this long.
    private static let longest = Duration.seconds(3600)

    /// In microseconds.
    private var values = Histogram<UInt64>(
        highestTrackableValue: UInt64(longest / .microseconds(1)), numberOfSignificantValueDigits: .two)

    mutating func record(_ time: Duration, count: Int = 1) {
        let microseconds = time <= .zero ? 0 : (min(time, Self.longest) / .microseconds(1)).rounded()
        values.record(UInt64(microseconds), count: UInt64(count))
    }

    /// `nil` where there are none.
    var percentiles: Percentiles? {
        guard values.totalCount > 0 else { return nil }
        func time(_ percentile: Double) -> Duration { .microseconds(values.valueAtPercentile(percentile)) }
        return Percentiles(
            count: Int(values.totalCount), p50: time(50), p95: time(95), p99: time(99),
            maximum: .microseconds(values.maxRecorded))
    }
}
