package import struct Foundation.Date
package import struct Foundation.TimeZone

/// The time of day as people read it, to the millisecond.
package enum TimeOfDay {
    /// `12:00:01.123`, for a moment some time after another.
    package static func text(of date: Date, after offset: Duration = .zero, in zone: TimeZone) -> String {
        let date = Date(clampingSecondsSince1970: date.timeIntervalSince1970)
        let elapsed = offset.rounded(to: .milliseconds(1), .down)
        let local = Int(clamping: (date.timeIntervalSince1970 * 1000).rounded()).clampedAdding(
            zone.secondsFromGMT(for: date) * 1000)
        // A time before 1970 has a time of day, too.
        let milliseconds = (local.clampedAdding(elapsed) % 86_400_000 + 86_400_000) % 86_400_000
        let parts = [milliseconds / 3_600_000 % 24, milliseconds / 60_000 % 60, milliseconds / 1000 % 60]
        return parts.map { $0.digits(2) }.joined(separator: ":") + "." + (milliseconds % 1000).digits(3)
    }
}
