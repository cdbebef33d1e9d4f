package import Foundation
import RPCCore

/// The `Retry-After` header (RFC 9110, 10.2.3).
package enum RetryAfter {
    /// How long to wait: seconds as they stand, or what is left until a date; never negative, and never longer than
    /// ``RPCCore/Swift/Duration/longest``.
    package static func duration(of value: String, now: Date) -> Duration? {
        let value = value.trimmingCharacters(in: .whitespaces)
        if !value.isEmpty, value.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) {
            return Duration.seconds(Int(value) ?? .max).asWait
        }
        return date(of: value).map { Duration(clampingSeconds: $0.timeIntervalSince(now).rounded(.up)).asWait }
    }

    /// The three forms of an HTTP date, the last two obsolete (RFC 9110, 5.6.7).
    private static func date(of value: String) -> Date? {
        let formats = ["EEE, dd MMM yyyy HH:mm:ss zzz", "EEEE, dd-MMM-yy HH:mm:ss zzz", "EEE MMM d HH:mm:ss yyyy"]
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(identifier: "GMT")
        for format in formats {
            formatter.dateFormat = format
            if let date = formatter.date(from: value) { return date }
        }
        return nil
    }
}
