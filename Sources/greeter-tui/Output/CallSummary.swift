import GreeterCore

/// What people are told at the end of a call.
enum CallSummary {
    /// The lines, not yet made safe for a terminal.
    static func lines(of outcome: CallOutcome) -> [String] {
        let delivery = outcome.delivery
        var counts =
            "sent \(delivery.sent), answered \(delivery.answered), uncertain \(delivery.uncertain), "
            + "received \(delivery.received)"
        if delivery.received == 0 { counts += " (no replies)" }
        if !outcome.rule.isEmpty { counts += "; \(outcome.rule)" }
        guard let error = outcome.error else { return ["greeter-tui: OK: \(counts)"] }
        var lines = ["greeter-tui: \(error)"]
        if let advice = error.advice { lines.append("greeter-tui: try: \(advice)") }
        if let pause = error.retryAfter {
            lines.append("greeter-tui: the server asks to wait \(pause / .seconds(1)) s before another attempt")
        }
        return lines + ["greeter-tui: \(counts)"]
    }
}
