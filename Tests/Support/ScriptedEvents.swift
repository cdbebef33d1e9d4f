public import RPCCore

/// A transport without a network whose calls all tell the same.
public struct ScriptedEvents: Transport {
    public let server = ServerAddress(scheme: .http, host: "127.0.0.1", port: 8010)
    private let events: [CallEvent]

    /// - Parameter events: What is told of a call. The outcome is that of the last one, or says nothing.
    public init(_ events: [CallEvent]) {
        self.events = events
    }

    @discardableResult
    public func perform(_ call: Call, observer: any CallObserver) async -> CallOutcome {
        for event in events { await observer.observe(event) }
        guard case .ended(let outcome)? = events.last else {
            return CallOutcome(delivery: Delivery(), time: .zero, rule: "as written")
        }
        return outcome
    }

    public func checkHealth(deadline: Duration) async throws(CallError) -> HealthReport {
        HealthReport(message: "", roundTrip: .zero)
    }

    public func shutdown() async {}
}
