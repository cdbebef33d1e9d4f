import Foundation
import History
import RPCCore

extension RecordedCall {
    /// The call in a line: number, time, kind, status, counts, how long it took, and the server.
    func line(in zone: TimeZone) -> String {
        let columns = [
            (String(id), 6), (startText(in: zone), 19), (head.kind.rawValue, 13), (status, 18),
            ("sent \(sent)", 12), ("received \(received)", 16), (lasted.text, 8),
        ]
        return columns.map { $0 + String(repeating: " ", count: max(0, $1 - $0.count)) }.joined(separator: " ")
            + " \(head.server)"
    }

    /// What is known of the call besides its events, line by line.
    func description(in zone: TimeZone) -> [String] {
        var lines = [
            "call \(id)\(isImported ? " (imported)" : "")", "server    \(head.server)", "kind      \(head.kind.title)",
            "began     \(startText(in: zone))", "took      \(lasted.text)",
            "status    \(status)\(cause.map { ": \($0)" } ?? "")",
            "messages  sent \(sent), answered \(answered), received \(received), attempts \(attempts)",
        ]
        if state == .interrupted || state == .incomplete {
            lines.append("recorded  \(state.rawValue): the counts are those of what is recorded")
        }
        if let plan = head.plan {
            lines.append("plan")
            lines += plan.split(separator: "\n").map { "    \($0)" }
        }
        return lines
    }

    func appendJSON(to json: inout JSONText) {
        json.append(raw: "{\"call\":\(id),\"started\":")
        json.append(started.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
        json.append(raw: ",\"server\":")
        json.append(head.server)
        json.append(raw: ",\"kind\":\"\(head.kind.rawValue)\",\"state\":\"\(state.rawValue)\"")
        if let code { json.append(raw: ",\"code\":\(code.rawValue),\"status\":\"\(code.name)\"") }
        if let cause {
            json.append(raw: ",\"cause\":")
            json.append(cause)
        }
        json.append(raw: ",\"attempts\":\(attempts),\"sent\":\(sent),\"answered\":\(answered),\"refused\":\(refused)")
        json.append(raw: ",\"received\":\(received),\"events\":\(events),\"elapsed\":\(lasted.exactSecondsText)")
        json.append(raw: ",\"bytes\":\(bytes),\"imported\":\(isImported)}")
    }

    /// When it began: `2026-11-22 12:00:01`.
    func startText(in zone: TimeZone) -> String {
        let style = Date.VerbatimFormatStyle(
            format: """
                \(year: .padded(4))-\(month: .twoDigits)-\(day: .twoDigits) \
                \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\(minute: .twoDigits):\
                \(second: .twoDigits)
                """, locale: Locale(identifier: "en_US_POSIX"), timeZone: zone,
            calendar: Calendar(identifier: .gregorian))
        return started.formatted(style)
    }
}
