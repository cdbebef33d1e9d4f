import RPCCore

/// Says more of the error of a call, once: its outcome is told as an event, and returned as well.
actor OutcomeExplanation {
    private let explain: @Sendable (CallError) async -> CallError
    private var known: CallOutcome?

    init(_ explain: @escaping @Sendable (CallError) async -> CallError) {
        self.explain = explain
    }

    /// The outcome with its error explained, the same whenever it is asked for.
    func explained(_ outcome: CallOutcome) async -> CallOutcome {
        if let known { return known }
        var outcome = outcome
        if let error = outcome.error { outcome.error = await explain(error) }
        known = outcome
        return outcome
    }
}
