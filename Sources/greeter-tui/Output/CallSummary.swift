import RPCCore

/// What people are told at the end of a call.
enum CallSummary {
    /// The lines, not yet made safe for a terminal.
    /// - Parameter start: When the call began.
    static func lines(of outcome: CallOutcome, start: Duration) -> [String] {
        let delivery = outcome.delivery
        let refused = delivery.refused > 0 ? "refused \(delivery.refused), " : ""
        let unprocessed = delivery.unprocessed > 0 ? "not processed \(delivery.unprocessed), " : ""
        var counts =
            "sent \(delivery.sent), answered \(delivery.answeredText), \(refused)\(unprocessed)"
            + "uncertain \(delivery.uncertain), received \(delivery.received)"
        if delivery.received == 0 { counts += " (no replies)" }
        if outcome.attempts > 1 { counts += "; \(outcome.attempts) attempts in \((outcome.time - start).text)" }
        if !outcome.rule.isEmpty { counts += "; \(outcome.rule)" }
        guard let error = outcome.error else {
            return ["greeter-tui: OK\(delivery.cutShortText.map { ", but \($0)" } ?? ""): \(counts)"]
        }
        if let unsent = delivery.unsent, unsent > 0 { counts += "; \(unsent) not sent" }
        return lines(of: error) + ["greeter-tui: \(counts)"]
    }

    /// What went wrong, and what to try.
    static func lines(of error: CallError) -> [String] {
        var lines = ["greeter-tui: \(error)"]
        lines += error.saidByServer.map { "greeter-tui: \($0)" }
        if let advice = error.advice { lines.append("greeter-tui: try: \(advice)") }
        switch error.pushback {
        case .wait(let pause): lines.append("greeter-tui: the server asks to wait \(pause.text) before another attempt")
        case .stop: lines.append("greeter-tui: the server asks not to be called again")
        case nil: break
        }
        return lines
    }
}
