import Foundation
import History
import RPCCore
import WorkbenchModel

extension RecordedCall {
    /// The call in a line: number, time, kind or method, status, counts, how long it took, and the server.
    /// - Parameter nameWidth: Of the column with the method, in characters.
    func line(in zone: TimeZone, nameWidth: Int) -> String {
        let columns = [
            (String(id), 6), (started.text(in: zone), 19), (name, nameWidth), (status, 18), ("sent \(sent)", 12),
            ("received \(received)", 16), (lasted.text, 8),
        ]
        return columns.map { $0.padded(to: $1) }.joined(separator: " ") + " \(inert(head.server))"
    }

    /// The widest column of methods in a list.
    private static let nameLimit = 40

    /// The method, or the kind of call, as a list has it: a long name loses its middle.
    private var name: String {
        let name = inert(method?.shortName ?? head.kind.rawValue)
        guard name.count > Self.nameLimit else { return name }
        return "\(name.prefix(Self.nameLimit / 2))…\(name.suffix(Self.nameLimit / 2 - 1))"
    }

    /// How wide the column with the methods of calls is.
    static func nameWidth(of calls: some Sequence<RecordedCall>) -> Int { calls.map(\.name.count).max() ?? 0 }

    /// What is known of the call besides its events, line by line.
    func description(in zone: TimeZone) -> [String] {
        var lines = [
            "call \(id)\(isImported ? " (imported)" : "")", "server    \(head.server)", "kind      \(head.kind.title)",
        ]
        if let method { lines.append("method    \(method.fullName)") }
        lines += [
            "began     \(started.text(in: zone))", "took      \(lasted.text)",
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
        json.append(raw: "{")
        json.field("call", Int(id))
        json.field("started", started.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
        json.field("server", head.server)
        json.field("kind", head.kind.rawValue)
        json.field("method", method?.fullName)
        json.field("state", state.rawValue)
        json.field("code", code?.rawValue)
        json.field("status", code?.name)
        json.field("cause", cause)
        json.field("attempts", attempts)
        json.field("sent", sent)
        json.field("answered", answered)
        json.field("refused", refused)
        json.field("unprocessed", unprocessed)
        json.field("received", received)
        json.field("events", events)
        json.number("elapsed", lasted.exactSecondsText)
        json.field("bytes", bytes)
        json.field("imported", isImported)
        json.append(raw: "}")
    }
}
