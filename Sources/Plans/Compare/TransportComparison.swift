public import RPCCore

/// Runs one plan over two transports, one after the other, so that neither slows the other.
public struct TransportComparison: Sendable {
    private let method: MethodSchema
    private let plan: PlanRun
    private let options: CallOptions

    /// - Parameter plan: Makes the same requests in both runs, those of chance included.
    public init(_ method: MethodSchema, _ plan: PlanRun, options: CallOptions) {
        (self.method, self.plan, self.options) = (method, plan, options)
    }

    /// Why a plan cannot be run twice, and to its end; `nil` where it can.
    public static func problem(with plan: PlanDocument) -> String? {
        if plan.readsStandardInput { return "a plan that reads standard input cannot be run twice" }
        return plan.stop.isManual ? "a plan that is ended manually has no end of its own to compare" : nil
    }

    /// Makes the two calls. When the task is cancelled, both end as such.
    public func run(_ first: any Transport, _ second: any Transport) async -> RunComparison {
        let one = await run(on: first)
        return RunComparison(one, await run(on: second))
    }

    private func run(on transport: any Transport) async -> RunReport {
        // One line says all there is of a message that the program knows by itself.
        let meter = RunMeter(comparesJSON: method.output.definition != nil)
        let steered = SteeredPlan(plan, for: method.ref.kind, holdsOpen: false)
        let outcome = await transport.perform(
            Call(method, steered, options: options), observer: steered.watching(meter))
        // Whatever the plan had still to make is not wanted any more.
        steered.halfClose()
        return meter.report(of: outcome, from: transport.server)
    }
}
