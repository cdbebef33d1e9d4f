/// Durations as people write them: a number and a unit, `500ms`, `1.5s`, `2m`, `1h`.
extension Duration {
    /// Reads a duration of zero or more.
    /// - Returns: `nil` for anything but a number and one of the units `us`, `ms`, `s`, `m`, `h`.
    public init?(text: String) {
        let units: [(name: String, seconds: Double)] = [("us", 1e-6), ("ms", 1e-3), ("s", 1), ("m", 60), ("h", 3600)]
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        guard let unit = units.first(where: { $0.name == text.dropFirst(digits.count) }),
            let number = Double(digits), number * unit.seconds <= Duration.longest / .seconds(1)
        else { return nil }
        self = .nanoseconds(Int64((number * unit.seconds * 1e9).rounded()))
    }

    /// The duration in the largest unit that it fills, with at most one decimal: `0.8s`, `30s`, `100ms`, `2m`.
    public var text: String {
        let seconds = self / .seconds(1)
        switch abs(seconds) {
        case 0: return "0s"
        case ..<0.001: return (seconds * 1e6).text(decimals: 1) + "us"
        case ..<0.5: return (seconds * 1e3).text(decimals: 1) + "ms"
        case ..<120: return seconds.text(decimals: 1) + "s"
        case ..<7200: return (seconds / 60).text(decimals: 1) + "m"
        default: return (seconds / 3600).text(decimals: 1) + "h"
        }
    }

    /// The duration to the nanosecond, in the largest unit that it is a whole number of: `1250ms`, `2m`.
    public var exactText: String {
        let (nanoseconds, sign) = (wholeNanoseconds.magnitude, wholeNanoseconds < 0 ? "-" : "")
        guard nanoseconds != 0 else { return "0s" }
        let units: [(name: String, length: UInt64)] = [
            ("h", 3_600_000_000_000), ("m", 60_000_000_000), ("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1_000),
        ]
        for unit in units where nanoseconds % unit.length == 0 {
            return "\(sign)\(nanoseconds / unit.length)\(unit.name)"
        }
        return "\(sign)\(nanoseconds / 1000).\((nanoseconds % 1000).digits(3))us"
    }

    /// With at most two decimals: `500ms`, `1.25s`.
    package var shortText: String {
        let seconds = self / .seconds(1)
        if abs(seconds) >= 1 || seconds == 0 { return seconds.text(decimals: 2) + "s" }
        return (seconds * 1000).text(decimals: 2) + "ms"
    }

    /// A time between two events, with three digits at most: `17ms`, `1.24s`, `350us`.
    package var intervalText: String {
        let seconds = self / .seconds(1)
        return switch abs(seconds) {
        case ..<0.001: "\(Int(seconds * 1e6))us"
        case ..<0.01: (seconds * 1e3).text(decimals: 1) + "ms"
        case ..<1: "\(Int((seconds * 1e3).rounded()))ms"
        default: seconds.text(decimals: 2) + "s"
        }
    }

    /// A time that counts down: `3.2s`.
    package var countdownText: String {
        let tenths = rounded(to: .milliseconds(100), .up)
        return "\(tenths / 10).\(tenths % 10)s"
    }

    /// A time of zero or more, to the millisecond: `1.250s`.
    package var millisecondsText: String {
        let milliseconds = rounded(to: .milliseconds(1))
        return "\(milliseconds / 1000).\((milliseconds % 1000).digits(3))s"
    }

    /// The duration in seconds with six decimals, for machines: `0.001234`. What is less than nothing is nothing.
    package var secondsText: String {
        let microseconds = max(0, whole(.microseconds(1)))
        return "\(microseconds / 1_000_000).\((microseconds % 1_000_000).digits(6))"
    }

    /// The duration in seconds with nine decimals, for machines: `-0.000000001`.
    package var exactSecondsText: String {
        let nanoseconds = wholeNanoseconds
        let (seconds, fraction) = nanoseconds.magnitude.quotientAndRemainder(dividingBy: 1_000_000_000)
        return "\(nanoseconds < 0 ? "-" : "")\(seconds).\(fraction.digits(9))"
    }

    /// The duration in nanoseconds, without what is left below one; the nearest that there is for more than 292 years.
    package var wholeNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, isTooLong) = product.addingReportingOverflow(attoseconds / 1_000_000_000)
        return overflow || isTooLong ? (seconds < 0 ? .min : .max) : sum
    }
}
