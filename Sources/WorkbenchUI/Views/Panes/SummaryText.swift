import Foundation
import RPCCore
import TerminalUI

/// The line of a message in the room that it has.
struct SummaryText {
    let timeZone: TimeZone
    /// The day of the call, of which times need not say the day; empty where there is none.
    let day: String

    init(_ context: ViewContext) {
        timeZone = context.timeZone
        let start = context.state.call?.progress.attempts.first?.attempt.wallTime
        day = start.map { Self.day(of: $0, in: context.timeZone) } ?? ""
    }

    /// As many parts as fit, and how many more there are.
    func text(of line: MessageLine, columns: Int) -> String {
        guard !line.parts.isEmpty || line.rest > 0 else { return "∅" }
        if line.isPlain, let part = line.parts.first { return text(of: part.value) }
        var (text, width) = ("", 0)
        for (index, part) in line.parts.enumerated() {
            let piece = part.label + Self.cut(self.text(of: part.value), to: MessageLine.valueLimit)
            let needed = TextWidth.columns(of: piece) + (index > 0 ? 1 : 0)
            let rest = line.parts.count - index - 1 + line.rest
            guard index == 0 || width + needed + (rest > 0 ? Self.restColumns(rest) : 0) <= columns else {
                return "\(text) +\(rest + 1)"
            }
            text += (index > 0 ? " " : "") + piece
            width += needed
        }
        return text + (line.rest > 0 ? " +\(line.rest)" : "")
    }

    /// What a field says: a time is that of this place.
    func text(of value: MessageLine.Value) -> String {
        guard case .moment(let time, _) = value else { return value.text }
        let (seconds, fraction) = time.components
        let date = Date(timeIntervalSince1970: Double(seconds) + Double(fraction / 1_000_000_000_000_000) / 1000)
        let clock = TimeOfDay.text(of: date, in: timeZone)
        let day = Self.day(of: date, in: timeZone)
        return day == self.day ? clock : "\(day) \(clock)"
    }

    private static func day(of date: Date, in zone: TimeZone) -> String {
        String(date.text(in: zone).prefix { $0 != " " })
    }

    private static func restColumns(_ rest: Int) -> Int { String(rest).count + 2 }

    /// The beginning of a text, in whole letters.
    static func cut(_ text: String, to columns: Int) -> String {
        guard TextWidth.columns(of: text, limit: columns + 1) > columns else { return text }
        var (piece, width) = ("", 0)
        for character in text {
            width += TextWidth.columns(of: character)
            guard width < columns else { break }
            piece.append(character)
        }
        return piece + "…"
    }
}
