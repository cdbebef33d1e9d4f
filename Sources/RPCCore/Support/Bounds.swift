package import struct Foundation.Date

// Numbers come from outside in headers, frames, files, settings and databases. None is converted or counted with before it is
// known to fit: each is refused where it is read, or brought to the nearest that there is by what is here.

extension FixedWidthInteger {
    /// The whole number nearest to a floating-point number, towards zero; zero for what is no number.
    package init(clamping number: Double) {
        if number.isNaN {
            self = 0
        } else if number <= Double(Self.min) {
            self = .min
        } else if number >= Double(Self.max) {
            self = .max
        } else {
            self = Self(number)
        }
    }
}

extension Int {
    /// No count, number or length of a call is more: 2^48. So many fit into a sum that sums of them are safe.
    package static let countLimit = 1 << 48

    /// The number, where it can be a count; `nil` below zero and above ``countLimit``.
    package var asCount: Int? { (0...Self.countLimit).contains(self) ? self : nil }

    /// The nearest that can be a count.
    package var clampedCount: Int { Swift.min(Swift.max(self, 0), Self.countLimit) }

    /// The sum, or the nearest number that there is.
    package func clampedAdding(_ other: Int) -> Int {
        let (sum, isTooLarge) = addingReportingOverflow(other)
        return isTooLarge ? (other < 0 ? .min : .max) : sum
    }
}

extension Duration {
    /// The longest time that is taken from outside, and the longest that is ever waited: 365 days.
    public static let longest = Duration.seconds(31_536_000)

    /// A time of so many seconds, no longer than ``longest`` either way; none for what is no number.
    package init(clampingSeconds seconds: Double) {
        self = .milliseconds(min(max(Int64(clamping: (seconds * 1000).rounded()), -31_536_000_000), 31_536_000_000))
    }

    /// A time to wait: zero or more, and no longer than ``longest``.
    package var asWait: Duration { min(max(self, .zero), .longest) }

    /// The time multiplied; no longer than ``longest``.
    /// - Parameter factor: Zero or more.
    package func scaled(by factor: Double) -> Duration {
        let seconds = self / .seconds(1) * factor
        guard seconds < Self.longest / .seconds(1) else { return .longest }
        return self * factor
    }

    /// How many whole units it has, towards zero; the nearest number that there is.
    package func whole(_ unit: Duration) -> Int { Int(clamping: self / unit) }

    /// The same, rounded.
    package func rounded(to unit: Duration, _ rule: FloatingPointRoundingRule = .toNearestOrAwayFromZero) -> Int {
        Int(clamping: (self / unit).rounded(rule))
    }
}

extension Date {
    /// A moment as a file or a database has it, in seconds since 1970; brought between the years 1 and 9999, of which calendars know.
    package init(clampingSecondsSince1970 seconds: Double) {
        self.init(timeIntervalSince1970: seconds.isNaN ? 0 : min(max(seconds, -62_135_596_800), 253_402_300_799))
    }
}
