import GRPCTransport
import Plans
import RPCCore
import TestSupport
import Testing

@Suite("A server that stops listening", .timeLimit(.minutes(10)))
struct EarlyEndTests {
    /// Three requests at once, and more of which none is due.
    private static func plan(_ rest: Int?) -> PlanRun {
        let names = ["Ana", "Bob", "Chloe"].map { PlanStep.request(HelloRequest(name: $0)) }
        return PlanRun(PlanDocument(steps: names + [.pause(.seconds(6000)), .repeating("User {i}", rest)]))
    }

    @Test(
        "ends the call well, and what it has not answered is uncertain, what was not sent is counted",
        arguments: [CallKind.clientStream, .bidirectional], [197, nil])
    func endsEarly(kind: CallKind, rest: Int?) async throws {
        let server = try ScriptedGRPCServer(.endsEarly)
        let transport = GRPCTransport(server: server.address, configuration: patient())
        let log = EventLog()
        let outcome = await transport.perform(
            Call(kind, Self.plan(rest), options: CallOptions(deadline: nil)), observer: log)
        await transport.shutdown()
        #expect(outcome.error == nil)
        #expect(outcome.delivery.sent == 3)
        #expect(outcome.delivery.received == 1)
        #expect(outcome.delivery.isCutShort)
        #expect(outcome.delivery.unsent == rest)
        // The answer of a client stream is for all of it, and proves of none that it was read.
        #expect(outcome.delivery.answered <= (kind == .clientStream ? 0 : 1))
        #expect(outcome.delivery.uncertain >= 2)
        #expect(!log.events.contains { if case .acknowledged(upTo: 2...) = $0 { true } else { false } })
    }

    @Test(
        "is not one that ends the call after the end of the requests",
        arguments: [CallKind.clientStream, .bidirectional])
    func endsInTime(kind: CallKind) async throws {
        try await withRelay { transport, _ in
            let outcome = await transport.greet(kind, ["Ana", "Bob"])
            #expect(outcome.error == nil)
            #expect(!outcome.delivery.isCutShort && outcome.delivery.unsent == nil)
            #expect(outcome.delivery.uncertain == 0)
        }
    }
}
