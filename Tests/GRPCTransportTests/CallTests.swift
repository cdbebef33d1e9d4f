import DemoServer
import GRPCTransport
import Plans
import RPCCore
import TestSupport
import Testing

@Suite("Calls over gRPC", .timeLimit(.minutes(10)))
struct CallTests {
    @Test("initial metadata and trailers are told", arguments: CallKind.allCases)
    func metadata(kind: CallKind) async throws {
        try await withRelay { transport, _ in
            let log = EventLog()
            let outcome = await transport.greet(kind, log: log)
            let opened = log.events.compactMap { event -> ConnectionInfo? in
                if case .opened(let info) = event { info } else { nil }
            }
            #expect(opened.count == 1)
            #expect(opened.first?.transport == "gRPC over HTTP/2")
            #expect(opened.first?.route.hasPrefix("/helloworld.Greeter/SayHello") == true)
            #expect(opened.first?.metadata.contains(MetadataEntry("server", "greeter-tui")) == true)
            #expect(outcome.trailers.contains(MetadataEntry("x-greeted", "1")))
        }
    }

    @Test("calls side by side share one connection")
    func multiplexes() async throws {
        try await withRelay { transport, relay in
            await withTaskGroup { group in
                for kind in CallKind.allCases + CallKind.allCases {
                    group.addTask { #expect(await transport.greet(kind, ["Ana", "Bob"]).code == .ok) }
                }
            }
            #expect(relay.connections == 1)
        }
    }

    @Test("requests are compressed on request only", arguments: [false, true])
    func compresses(isOn: Bool) async throws {
        try await withRelay(patient { $0.usesCompression = isOn }) { transport, relay in
            let name = String(repeating: "Ana ", count: 10_000)
            #expect(await transport.greet(.clientStream, [name]).code == .ok)
            #expect((relay.bytes < 10_000) == isOn, "\(relay.bytes) bytes")
        }
    }

    @Test("a connection on which a keep-alive PING is not answered is lost, and the call on it says so")
    func keepsAlive() async throws {
        try await withRelay(patient { $0.keepAlive = .seconds(1) }) { transport, relay in
            // Not only on the first call of a connection.
            try await transport.greetAtLast(.unary)
            // A machine that is too busy loses the connection before the first reply, too.
            var (error, isAnswered): (CallError?, Bool) = (nil, false)
            while !isAnswered {
                let log = EventLog()
                let plan = SteeredPlan(PlanRun(names: ["Ana"]), for: .bidirectional, holdsOpen: true)
                async let outcome = transport.perform(
                    Call(.bidirectional, plan, options: CallOptions(deadline: .seconds(500))), observer: log)
                await log.wait { $0.isAnswered || $0.contains { if case .ended = $0 { true } else { false } } }
                isAnswered = log.events.isAnswered
                if isAnswered { relay.holdBack() }
                error = await outcome.error
            }
            #expect(error?.code == .unavailable)
            #expect(
                error?.cause
                    == "the connection was lost before the call was complete: no answer to a keep-alive PING within 0.5 s"
            )
        }
    }

    @Test("a connection that nobody uses is given up, and made anew for the next call")
    func idles() async throws {
        try await withRelay(patient { $0.keepAlive = .seconds(1) }) { transport, relay in
            try await transport.greetAtLast(.unary)
            while relay.openConnections > 0 { try await Task.sleep(for: .milliseconds(1)) }
            let connections = relay.connections
            try await transport.greetAtLast(.bidirectional)
            #expect(relay.connections > connections)
        }
    }

    @Test("a method that the server does not have is named, and of the client stream its other name")
    func unknownMethods() async throws {
        try await withRelay(patient { $0.methods[.unary] = "helloworld.Greeter/Nope" }) { transport, _ in
            let error = await transport.greet(.unary).error
            #expect(error?.code == .unimplemented)
            #expect(error?.advice == "check the method helloworld.Greeter/Nope")
            #expect(error?.isRefusal == true)
        }
    }

    @Test(
        "a token goes over plain text to loopback only, unless that is allowed, and nothing is sent before that is known"
    )
    func token() async throws {
        let server = ServerAddress(scheme: .grpc, host: "greeter.example", port: 1)
        let transport = GRPCTransport(server: server, configuration: GRPCConfiguration(token: Secret("s3cret")))
        let outcome = await transport.greet(.unary)
        #expect(outcome.error?.cause == "a token would travel to greeter.example over plain text")
        #expect(outcome.error?.advice == "use grpcs://, or allow tokens over plain text explicitly")
        #expect(outcome.error?.origin == .connect)
        #expect(outcome.delivery == Delivery())
        await transport.shutdown()
        try await withRelay(patient { $0.token = Secret("s3cret") }) { transport, _ in
            #expect(await transport.greet(.unary).code == .ok)
        }
    }

    @Test(
        "metadata that the protocol keeps for itself, or does not allow, is refused by name",
        arguments: [
            ("grpc-timeout", "1S"), ("te", "x"), ("x a", "b"), ("x-a", "b\nc"), ("x-a", "é"),
            ("Content-Type", "application/json"), ("Sec-WebSocket-Key", "x"),
        ])
    func refusesMetadata(name: String, value: String) async throws {
        try await withRelay(patient { $0.metadata = [MetadataEntry(name, value)] }) { transport, relay in
            let error = await transport.greet(.unary).error
            #expect(error?.code == .invalidArgument)
            #expect(error?.cause.contains(name) == true)
            #expect(error?.cause == HeaderRule.problem(with: MetadataEntry(name, value), in: .grpc))
            #expect(relay.connections == 0)
        }
    }

    @Test("health is that of the health service")
    func health() async throws {
        try await withRelay { transport, _ in
            let report = try await transport.checkHealth(deadline: .seconds(60))
            #expect(report.message == "SERVING")
        }
    }

    @Test("round robin calls a name with several addresses")
    func balances() async throws {
        try await withRelay { _, relay in
            let transport = GRPCTransport(
                server: ServerAddress(scheme: .grpc, host: "localhost", port: relay.port),
                configuration: patient { $0.loadBalancing = .roundRobin })
            for kind in CallKind.allCases { #expect(await transport.greet(kind).code == .ok) }
            await transport.shutdown()
        }
    }

    @Test("a connection that is given up while it is made, at whatever moment, holds nothing up")
    func givesUp() async throws {
        let demo = try await DemoServer.start()
        let relay = try await Relay(to: demo.grpcAddress.port, as: .init(certificate: "good"))
        for limit in 0..<40 {
            let transport = GRPCTransport(
                server: ServerAddress(scheme: .grpcs, host: "localhost", port: relay.port),
                configuration: GRPCConfiguration(
                    connectTimeout: .microseconds(limit * 500), tls: TLSOptions(isInsecure: true)))
            let outcome = await transport.greet(.bidirectional, ["Ana", "Bob"])
            #expect([.ok, .unavailable].contains(outcome.code), "\(outcome)")
            await transport.shutdown()
        }
        try await relay.stop()
        await demo.stop()
    }
}

extension [CallEvent] {
    fileprivate var isAnswered: Bool { contains { if case .received = $0 { true } else { false } } }
}
