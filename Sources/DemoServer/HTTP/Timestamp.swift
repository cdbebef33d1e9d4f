import Foundation
import RPCCore

/// The time of day as the observed gateway writes it in its ping comments.
enum Timestamp {
    /// `2026-11-22 10:46:01.896649+00:00`
    static var now: String { text(of: Date()) }

    static func text(of date: Date) -> String {
        let seconds = date.timeIntervalSince1970
        let microseconds = Int((seconds - seconds.rounded(.down)) * 1_000_000)
        return "\(date.text(in: .gmt)).\(microseconds.digits(6))+00:00"
    }
}
