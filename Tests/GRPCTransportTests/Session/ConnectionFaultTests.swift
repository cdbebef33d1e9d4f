import Plans
import RPCCore
import RawFrames
import TestSupport
import Testing

@testable import GRPCTransport

/// What servers do to connections, and what becomes of the calls on them.
@Suite("Connections that servers end or bend", .timeLimit(.minutes(10)))
struct ConnectionFaultTests {
    @Test("a server that finds PINGs too many is sent half as many, and the error says what to do")
    func tooManyPings() async throws {
        let server = try await ScriptedServer { number, stream in
            [.head(stream), .goAway(last: stream, code: 11, "too_many_pings"), .reset(2, stream: stream)]
        }
        try await withScript(server, patient { $0.keepAlive = .seconds(60) }) { transport in
            _ = await transport.greet(.unary)
            #expect(transport.connections.keepAlive == .seconds(120))
            _ = await transport.greet(.unary)
            #expect(transport.connections.keepAlive == .seconds(240))
        }
        #expect(server.connections == 2)

        let ending = try await ScriptedServer(closes: true) { number, stream in
            [.head(stream), .goAway(last: stream, code: 11, "too_many_pings")]
        }
        let error = try await error(at: ending, patient { $0.keepAlive = .seconds(60) })
        #expect(error.code == .unavailable)
        #expect(
            error.cause == "the server ended the connection (11 ENHANCE_YOUR_CALM: too_many_pings) before the call was "
                + "complete")
        #expect(
            error.advice
                == "send keep-alive PINGs less often: --keep-alive was 60s, and the next connection waits twice "
                + "as long")
    }

    @Test("another GOAWAY leaves keep-alive as it is")
    func otherGoAway() async throws {
        let server = try await ScriptedServer { _, stream in
            RawFrame.greeting(stream) + [.goAway(last: stream, code: 11, "calm down")]
        }
        try await withScript(server, patient { $0.keepAlive = .seconds(60) }) { transport in
            for _ in 1...3 { #expect(await transport.greet(.unary).code == .ok) }
            #expect(transport.connections.keepAlive == .seconds(60))
        }
    }

    @Test("a GOAWAY in mid-stream lets the stream end, and the next call gets another connection")
    func goAwayInMidStream() async throws {
        let server = try await ScriptedServer { _, stream in
            [
                .head(stream), .goAway(last: stream, code: 0, "maintenance"),
                .message(RawFrame.hello, stream: stream), .status("0", stream: stream),
            ]
        }
        try await withScript(server) { transport in
            for _ in 1...3 { #expect(await transport.greet(.serverStream).code == .ok) }
        }
        #expect(server.connections == 3)
    }

    @Test("what lies beyond the last stream of a GOAWAY was not processed: nothing of it is in doubt")
    func beyondLastStream() async throws {
        let server = try await ScriptedServer { frame, seen in
            guard frame.endsStream else { return [] }
            // The second stream is there, and not taken; the first goes on.
            guard frame.stream > 1 else { return [] }
            return [.goAway(last: 1, code: 0, "full")] + RawFrame.greeting(1)
        }
        try await withScript(server) { transport in
            async let first = transport.greet(.unary)
            while !server.frames.contains(where: \.endsStream) { try await Task.sleep(for: .milliseconds(1)) }
            let second = await transport.greet(.clientStream, ["Ana", "Bob"])
            #expect(await first.code == .ok)
            #expect(second.code == .unavailable)
            #expect(
                second.error?.cause == "the server ended the connection (0 NO_ERROR: full) before it took the call")
            #expect(second.error?.isSafeToRetry == true)
            #expect(second.delivery == Delivery(sent: 2, unprocessed: 2))
        }
    }

    @Test("an early OK with RST_STREAM(NO_ERROR) ends the call well")
    func earlyOK() async throws {
        let server = try await ScriptedServer { frame, _ in
            frame.type == 0x0 ? RawFrame.greeting(frame.stream) + [.reset(0, stream: frame.stream)] : []
        }
        try await withScript(server) { transport in
            let plan = SteeredPlan(PlanRun(names: ["Ana"]), for: .bidirectional, holdsOpen: true)
            let outcome = await transport.perform(
                Call(.bidirectional, plan, options: CallOptions(deadline: .seconds(50))), observer: EventLog())
            #expect(outcome.error == nil)
            #expect(outcome.delivery.isCutShort)
        }
    }

    @Test("where a server allows one stream at a time, calls wait for each other")
    func oneStream() async throws {
        let server = try await ScriptedServer(settings: [.settings((3, 1))]) { frame, seen in
            let opened = seen.count { $0.type == 0x1 }
            let ended = seen.dropLast().count { $0.endsStream }
            if frame.type == 0x1, opened > ended + 1 { return [.goAway(last: 1, code: 1, "two streams")] }
            return frame.endsStream ? RawFrame.greeting(frame.stream) : []
        }
        try await withScript(server) { transport in
            await withTaskGroup { group in
                for kind in CallKind.allCases + CallKind.allCases {
                    group.addTask { #expect(await transport.greet(kind).code == .ok, "\(kind)") }
                }
            }
        }
        #expect(server.connections == 1)
        #expect(server.frames.count { $0.type == 0x1 } == 8)
    }

    @Test("a header block without end is given up, and named")
    func endlessContinuation() async throws {
        let server = try await ScriptedServer { _, stream in
            let part = RawFrame.block(["x": "y"])
            let more = RawFrame(
                type: 0x9, stream: stream, payload: (0..<2000).flatMap { _ in part })
            return [.headers(part, flags: 0, stream: stream)] + Array(repeating: more, count: 200)
        }
        let error = try await error(at: server)
        #expect([.resourceExhausted, .internal].contains(error.code))
        #expect(error.cause.hasPrefix("the server breaks the rules of HTTP/2: "), "\(error)")
    }

    @Test("a header value that the library cannot take is named, and the next call is made on another connection")
    func hugeValue() async throws {
        let server = try await ScriptedServer { _, stream in
            let value = String(repeating: "v", count: 70_000)
            return RawFrame.blocks(
                RawFrame.block([":status": "200", "content-type": "application/grpc", "x": value]), stream: stream)
        }
        try await withScript(server, patient { $0.maximumMetadataSize = 1 << 20 }) { transport in
            for _ in 1...2 {
                let error = await transport.greet(.unary).error
                #expect(error?.code == .internal)
                #expect(error?.cause.contains("of more than 65,536 bytes") == true, "\(String(describing: error))")
            }
        }
        #expect(server.connections == 2)
    }

    @Test("a server that speaks of frames that make no sense is named", arguments: [0x0, 0x1, 0x3, 0x8] as [UInt8])
    func framesOfNoStream(type: UInt8) async throws {
        let server = try await ScriptedServer { _, _ in [RawFrame(type: type, payload: [0, 0, 0, 0])] }
        let error = try await error(at: server)
        #expect(error.code == .internal)
        #expect(error.cause.hasPrefix("the server breaks the rules of HTTP/2: "), "\(error)")
    }

    @Test("SETTINGS that come without end and whose acknowledgements are not read end the connection by name")
    func settingsFlood() async throws {
        let server = try await PingingServer(.floods(.settings()))
        let transport = GRPCTransport(
            server: ServerAddress(scheme: .grpc, host: "127.0.0.1", port: server.port), configuration: patient())
        let error = await transport.greet(.unary).error
        await transport.shutdown()
        try await server.stop()
        #expect(error?.code == .resourceExhausted)
        #expect(
            error?.cause.contains("more than 1000 PING and SETTINGS frames came") == true,
            "\(String(describing: error))")
    }
}
