import Plans
import RPCCore

extension ComparisonTable {
    /// Lines for people, not yet made safe for a terminal.
    var lines: [String] {
        let widths = (rows.map(\.name.count).max() ?? 0, rows.map(\.first.count).max() ?? 0)
        return rows.map { "\($0.name.padded(to: widths.0))  \($0.first.padded(to: widths.1))  \($0.second)" }
            + (differences.isEmpty ? ["the same replies"] : differences.map { "different: \($0)" })
    }
}

extension RunComparison {
    /// A line of JSON for each run, and one for what differs.
    func appendJSON(to output: inout JSONText) {
        for run in [first, second] { run.appendJSON(to: &output) }
        output.object {
            $0.field("same", isSame)
            $0.field("differences", differences)
        }
        output.append(raw: "\n")
    }
}

extension RunReport {
    fileprivate func appendJSON(to output: inout JSONText) {
        let delivery = outcome.delivery
        output.append(raw: "{")
        output.field("server", server)
        output.field("transport", transport)
        output.field("code", outcome.code.rawValue)
        output.field("status", outcome.code.name)
        output.field("sent", delivery.sent)
        output.field("answered", delivery.answered)
        output.field("received", delivery.received)
        output.number("elapsed", elapsed.secondsText)
        output.number("first_reply", firstReply?.secondsText)
        output.number("p50", timing.roundTrips?.p50.secondsText)
        output.number("p95", timing.roundTrips?.p95.secondsText)
        output.number("p99", timing.roundTrips?.p99.secondsText)
        output.field("error", outcome.error.map { "\($0)" })
        output.append(raw: "}\n")
    }
}
