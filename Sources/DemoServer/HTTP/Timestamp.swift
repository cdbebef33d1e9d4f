import Foundation

/// The time of day as the observed gateway writes it in its ping comments.
enum Timestamp {
    /// `2026-11-22 10:46:01.896649+00:00`
    static var now: String { text(of: Date()) }

    static func text(of date: Date) -> String {
        let style = Date.VerbatimFormatStyle(
            format: """
                \(year: .padded(4))-\(month: .twoDigits)-\(day: .twoDigits) \
                \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\(minute: .twoDigits):\
                \(second: .twoDigits)
                """, locale: Locale(identifier: "en_US_POSIX"), timeZone: .gmt,
            calendar: Calendar(identifier: .gregorian))
        let seconds = date.timeIntervalSince1970
        let microseconds = String(Int((seconds - seconds.rounded(.down)) * 1_000_000))
        let fraction = String(repeating: "0", count: 6 - microseconds.count) + microseconds
        return "\(date.formatted(style)).\(fraction)+00:00"
    }
}
