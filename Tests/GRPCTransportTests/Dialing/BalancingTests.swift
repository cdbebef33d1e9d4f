import NIOCore
import NIOPosix
import RPCCore
import Synchronization
import TestSupport
import Testing

@testable import GRPCTransport

@Suite("Calls take turns over the addresses of a name", .timeLimit(.minutes(10)))
struct BalancingTests {
    /// A transport to a name that has these ports of this machine as its addresses.
    private func transport(_ ports: [Int], _ clock: any CallClock = SystemClock()) throws -> GRPCTransport {
        let addresses = try ports.map { try SocketAddress(ipAddress: "127.0.0.1", port: $0) }
        return GRPCTransport(
            server: ServerAddress(scheme: .grpc, host: "fleet.example", port: 1),
            configuration: patient { $0.loadBalancing = .roundRobin }, clock: clock,
            makeResolver: { FixedResolver(eventLoop: $0, four: addresses) })
    }

    private func withTwo(
        _ body: (GRPCTransport, NamedService, NamedService) async throws -> Void
    ) async throws {
        let (first, second) = (NamedService(method: "SayHello"), NamedService(method: "SayHello"))
        try await first.serve { one in
            try await second.serve { other in
                let transport = try transport([one.port, other.port])
                // From when both connections are there the turns are strict.
                while first.calls.isEmpty || second.calls.isEmpty {
                    #expect(await transport.greet(.unary).code == .ok)
                }
                try await body(transport, first, second)
                await transport.shutdown()
            }
        }
    }

    @Test("each is called as often as the other")
    func turns() async throws {
        try await withTwo { transport, first, second in
            let before = (first.calls.count, second.calls.count)
            for _ in 1...20 { #expect(await transport.greet(.unary).code == .ok) }
            #expect(first.calls.count == before.0 + 10)
            #expect(second.calls.count == before.1 + 10)
        }
    }

    @Test("one that nobody answers at is left out, and called once somebody does")
    func dead() async throws {
        let clock = ManualClock()
        let (first, second) = (NamedService(method: "SayHello"), NamedService(method: "SayHello"))
        try await first.serve { one in
            let dead = try { try ClosedPort().address.port }()
            let transport = try transport([dead, one.port], clock)
            for _ in 1...20 { #expect(await transport.greet(.unary).code == .ok) }
            #expect(first.calls.count == 20)
            try await second.serve(port: dead) { _ in
                while second.calls.isEmpty {
                    clock.advance(by: Seat.pause(after: 100))
                    #expect(await transport.greet(.unary).code == .ok)
                }
            }
            await transport.shutdown()
        }
    }

    @Test("where one goes away, calls go on with the other")
    func goesAway() async throws {
        let (first, second) = (NamedService(method: "SayHello"), NamedService(method: "SayHello"))
        try await first.serve { one in
            let transport = Mutex<GRPCTransport?>(nil)
            try await second.serve { other in
                let made = try self.transport([one.port, other.port])
                transport.withLock { $0 = made }
                while second.calls.isEmpty { #expect(await made.greet(.unary).code == .ok) }
            }
            let left = try #require(transport.withLock { $0 })
            // What is on its way to the one that has gone may fail; what follows does not. Each has had its turn after two calls.
            var successes = 0
            while successes < 2 { successes = await left.greet(.unary).code == .ok ? successes + 1 : 0 }
            for _ in 1...20 { #expect(await left.greet(.unary).code == .ok) }
            await left.shutdown()
        }
    }

    @Test("where nobody answers at any address the last error is told, and each call tries anew")
    func nobody() async throws {
        let ports = [try ClosedPort(), try ClosedPort()]
        let transport = try transport(ports.map(\.address.port))
        for _ in 1...3 {
            let error = await transport.greet(.unary).error
            #expect(error?.cause == "no connection to fleet.example:1: connection refused")
            #expect(error?.origin == .connect)
            #expect(error?.isSafeToRetry == true)
        }
        await transport.shutdown()
    }

    @Test("a name without an address is named")
    func nothing() async throws {
        let transport = try transport([])
        let error = await transport.greet(.unary).error
        #expect(error?.cause == "no address for fleet.example")
        #expect(error?.origin == .resolve)
        await transport.shutdown()
    }

    @Test("an address that does not answer is tried again at growing intervals")
    func pauses() {
        #expect(Seat.pause(after: 1) == .seconds(1))
        #expect(Seat.pause(after: 2) == .seconds(1.6))
        #expect(Seat.pause(after: 1000) == .seconds(120))
    }
}
