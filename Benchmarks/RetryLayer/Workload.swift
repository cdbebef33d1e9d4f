import BenchmarkSupport
import Greeter
import Plans
import RPCCore

/// Calls that are made alike with the retry layer and without it.
struct Workload: Sendable {
    var name: String
    var kind: CallKind
    /// Calls, one after the other.
    var calls: Int
    /// Requests of each call.
    var requests: Int
    /// Whether the requests can be read only once, as standard input can.
    var isReadOnce = false

    /// - Parameter scale: By how much there is more to do than by default.
    static func all(scale: Int) -> [Workload] {
        [
            Workload(name: "unary", kind: .unary, calls: 200 * scale, requests: 1),
            Workload(name: "server stream, 20,000 replies", kind: .serverStream, calls: scale, requests: 1),
            Workload(name: "client stream", kind: .clientStream, calls: 1, requests: 50_000 * scale),
            Workload(name: "bidirectional", kind: .bidirectional, calls: 1, requests: 20_000 * scale),
            Workload(
                name: "client stream, read once", kind: .clientStream, calls: 1, requests: 50_000 * scale,
                isReadOnce: true),
        ]
    }

    /// How many replies the server gives to one server-streaming request.
    static let greetings = 20_000

    /// Makes the calls.
    /// - Throws: the failure of one of them: only calls that succeed are compared.
    func run(on transport: any Transport) async throws {
        let template = RequestTemplate(name: try Template("User {i}"), language: Template(literal: "en"))
        let document = PlanDocument(steps: [.repetition(RepeatStep(requests, template))])
        for _ in 0..<calls {
            let plan: any RequestPlan = isReadOnce ? OncePlan(PlanRun(document)) : PlanRun(document)
            let outcome = await transport.perform(
                Call(Greeter.method(kind), plan, options: CallOptions(deadline: .seconds(300))), observer: Sink())
            if let error = outcome.error { throw error }
        }
    }
}

/// A plan that must be kept to be sent again.
private struct OncePlan: RequestPlan {
    private let plan: PlanRun

    init(_ plan: PlanRun) {
        self.plan = plan
    }

    var isRepeatable: Bool { false }

    func makeSource(_ encoder: MessageEncoder, clock: any CallClock, skipping count: Int) -> any RequestSource {
        plan.makeSource(encoder, clock: clock, skipping: count)
    }
}
