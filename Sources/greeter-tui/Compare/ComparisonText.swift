import RPCCore

extension ComparisonTable {
    /// Lines for people, not yet made safe for a terminal.
    var lines: [String] {
        let widths = (rows.map(\.name.count).max() ?? 0, rows.map(\.first.count).max() ?? 0)
        func padded(_ text: String, _ width: Int) -> String {
            text + String(repeating: " ", count: max(0, width - text.count))
        }
        return rows.map { "\(padded($0.name, widths.0))  \(padded($0.first, widths.1))  \($0.second)" }
            + (differences.isEmpty ? ["the same replies"] : differences.map { "different: \($0)" })
    }
}

extension RunComparison {
    /// A line of JSON for each run, and one for what differs.
    func appendJSON(to output: inout JSONText) {
        for run in [first, second] { run.appendJSON(to: &output) }
        output.append(raw: "{\"same\":\(isSame),\"differences\":[")
        for (index, difference) in differences.enumerated() {
            if index > 0 { output.append(raw: ",") }
            output.append(difference)
        }
        output.append(raw: "]}\n")
    }
}

extension RunReport {
    fileprivate func appendJSON(to output: inout JSONText) {
        let delivery = outcome.delivery
        output.append(raw: "{\"server\":")
        output.append(server)
        if let transport {
            output.append(raw: ",\"transport\":")
            output.append(transport)
        }
        output.append(
            raw: """
                ,"code":\(outcome.code.rawValue),"status":"\(outcome.code.name)","sent":\(delivery.sent)\
                ,"answered":\(delivery.answered),"received":\(delivery.received),"elapsed":\(elapsed.secondsText)
                """)
        let times: [(String, Duration?)] = [
            ("first_reply", firstReply), ("p50", timing.roundTrips?.p50), ("p95", timing.roundTrips?.p95),
            ("p99", timing.roundTrips?.p99),
        ]
        for (name, time) in times {
            if let time { output.append(raw: ",\"\(name)\":\(time.secondsText)") }
        }
        if let error = outcome.error {
            output.append(raw: ",\"error\":")
            output.append("\(error)")
        }
        output.append(raw: "}\n")
    }
}
