import RPCCore
import Testing

@testable import DemoServer

@Suite("Faults of the demo server on the wire", .timeLimit(.minutes(10)))
struct FaultTests {
    struct Stream: Sendable, CustomTestStringConvertible {
        var orders: [String]
        var path = Route.bidirectional
        var behaviour = DemoServerConfiguration.Behaviour.guide
        var sent: [[UInt8]]
        var received: [[UInt8]]

        var testDescription: String { "\(orders.joined(separator: " ")), \(behaviour.rawValue), \(path)" }
    }

    static let ana = WebSocketTests.ana
    static let hello = WebSocketTests.response("Hello, Ana!")
    static let failure = WebSocketTests.error(FaultRun.failure)
    static let brokenHello = Frame.server(
        #"{"type":"response","data":{"message":"Hello, Ana!","language":"en"}"#)

    /// Each of them ends with the end of the connection, and nothing more is received before it.
    static let streams = [
        Stream(orders: ["drop-after=2"], sent: [ana, ana], received: [hello, hello]),
        Stream(orders: ["drop-after=2"], path: Route.clientStream, sent: [ana, ana], received: []),
        Stream(
            orders: ["drop-after=1"], path: Route.clientStream, behaviour: .perMessage, sent: [ana],
            received: [hello, WebSocketTests.complete]),
        Stream(
            orders: ["close=1012"], sent: [ana],
            received: [hello, Frame.server(Frame.close, [0x03, 0xF4])]),
        Stream(
            orders: ["close=4000"], path: Route.clientStream, sent: [ana + ana],
            received: [Frame.server(Frame.close, [0x0F, 0xA0])]),
        Stream(orders: ["error=2"], sent: [ana + ana], received: [hello, hello, failure, WebSocketTests.close1000]),
        Stream(
            orders: ["error=1"], path: Route.clientStream, sent: [ana, ana],
            received: [failure, WebSocketTests.close1000]),
        Stream(
            orders: ["malformed=2"], sent: [ana + ana + ana, WebSocketTests.marker],
            received: [hello, brokenHello, hello, WebSocketTests.complete, WebSocketTests.close1000]),
        Stream(
            orders: ["delay=20ms~20ms"], sent: [ana, ana, ana, WebSocketTests.marker],
            received: [hello, hello, hello, WebSocketTests.complete, WebSocketTests.close1000]),
        Stream(
            orders: ["delay=1100ms"], path: Route.clientStream, sent: [ana, WebSocketTests.marker],
            received: [
                WebSocketTests.response("Hello, Ana! (1 request)"), WebSocketTests.complete, WebSocketTests.close1000,
            ]),
        Stream(
            orders: ["drop-after=2", "delay=5ms"], sent: [ana + ana], received: [hello, hello]),
        Stream(
            orders: ["drop-after=2", "error=2"], sent: [ana + ana], received: [hello, hello]),
    ]

    @Test("a stream fails as ordered, after what came before it", arguments: streams)
    func failsStreams(_ test: Stream) async throws {
        try await withFaults(test.orders, behaviour: test.behaviour) { server in
            let stream = try await openStream(test.path, to: server)
            for bytes in test.sent { try await stream.send(bytes) }
            #expect(try await stream.receiveAll() == test.received.flatMap(\.self))
        }
    }

    @Test("the first connections are reset, and no others")
    func refuses() async throws {
        try await withFaults(["refuse=2"]) { server in
            for _ in 1...2 {
                await #expect(throws: RawConnection.Failure.self) {
                    // The reset comes before the request is sent, or after.
                    _ = try await exchange("GET", "/health", "", with: server)
                }
            }
            let answer = try await exchange("GET", "/health", "", with: server)
            #expect(answer.hasPrefix("HTTP/1.1 200 \r\n"))
        }
    }

    @Test("health that is asked at its own address uses up no refusal")
    func sparesHealth() async throws {
        var configuration = try configuration(["refuse=1"])
        configuration.sparesHealth = true
        try await withServer(configuration) { server in
            #expect(server.healthAddress != server.address)
            for _ in 1...2 {
                let connection = try RawConnection(to: server.healthAddress)
                try await connection.send("GET /health HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
                let answer = String(decoding: try await connection.receiveAll(), as: UTF8.self)
                #expect(answer.hasPrefix("HTTP/1.1 200 \r\n"))
            }
            await #expect(throws: RawConnection.Failure.self) {
                _ = try await exchange("GET", "/health", "", with: server)
            }
            #expect(try await exchange("GET", "/health", "", with: server).hasPrefix("HTTP/1.1 200 \r\n"))
        }
    }

    @Test("one stream is dropped in the life of a server, on whichever route")
    func dropsOnce() async throws {
        try await withFaults(["drop-after=1"]) { server in
            let first = try await openStream(Route.bidirectional, to: server)
            try await first.send(Self.ana)
            #expect(try await first.receiveAll() == Self.hello)
            let second = try await openStream(Route.bidirectional, to: server)
            try await second.send(Self.ana + WebSocketTests.marker)
            #expect(
                try await second.receiveAll() == Self.hello + WebSocketTests.complete + WebSocketTests.close1000)
            let events = try await exchange("POST", "/v1/helloworld/stream", "{}", with: server)
            #expect(events.hasSuffix("\r\n0\r\n\r\n"))
        }
    }

    @Test("a server stream is cut in the middle of its body")
    func dropsEvents() async throws {
        try await withFaults(["drop-after=2"]) { server in
            let answer = try await exchange("POST", "/v1/helloworld/stream", #"{"name":"Ana"}"#, with: server)
            let events = ["Hello, Ana!", "Hello, Ana! (2 of 3)"].map { Self.event($0) }
            #expect(answer == EventStreamTests.head + events.joined())
        }
    }

    @Test("a server stream that fails says so, and ends its body", arguments: [1, 3])
    func failsEvents(_ count: Int) async throws {
        try await withFaults(["error=\(count)"]) { server in
            let answer = try await exchange("POST", "/v1/helloworld/stream", #"{"name":"Ana"}"#, with: server)
            let events = ["Hello, Ana!", "Hello, Ana! (2 of 3)", "Hello, Ana! (3 of 3)"].map { Self.event($0) }
            let error = EventStreamTests.chunk(
                "data: event: error\r\ndata: data: {\"error\": \"\(FaultRun.failure)\"}\r\ndata: \r\ndata: \r\n\r\n")
            #expect(answer == EventStreamTests.head + events.prefix(count).joined() + error + "0\r\n\r\n")
        }
    }

    @Test("every second event is broken")
    func breaksEvents() async throws {
        try await withFaults(["malformed=2"]) { server in
            let answer = try await exchange("POST", "/v1/helloworld/stream", #"{"name":"Ana"}"#, with: server)
            let broken = EventStreamTests.chunk(
                #"data: {"message": "Hello, Ana! (2 of 3)", "language": "en""# + "\r\n\r\n")
            #expect(
                answer == EventStreamTests.head + Self.event("Hello, Ana!") + broken
                    + Self.event("Hello, Ana! (3 of 3)") + "0\r\n\r\n")
        }
    }

    @Test("a unary call fails as the observed gateway's does")
    func failsUnaryCalls() async throws {
        try await withFaults(["error=5"]) { server in
            let answer = try await exchange("POST", "/v1/helloworld", "{}", with: server)
            #expect(
                answer == """
                    HTTP/1.1 500 \r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: 21\r\n\
                    connection: close\r\n\r\nInternal Server Error
                    """)
        }
    }

    @Test("every second unary reply is broken, and so are those of other calls that are next")
    func breaksUnaryReplies() async throws {
        try await withFaults(["malformed=2"]) { server in
            for isBroken in [false, true, false, true] {
                let answer = try await exchange("POST", "/v1/helloworld", "{}", with: server)
                #expect(answer.hasSuffix(isBroken ? #""language":"en"}"# : #""language":"en"}}"#))
                #expect(answer.hasSuffix("}}") == !isBroken)
                _ = try await exchange("GET", "/health", "", with: server)
            }
        }
    }

    @Test(
        "every request and handshake has the ordered status, but for /health",
        arguments: ["POST /v1/helloworld", "POST /v1/helloworld/stream", "GET /v1/helloworld", "GET /nowhere"])
    func answersStatus(_ request: String) async throws {
        try await withFaults(["status=503,retry-after=2"]) { server in
            let detail = #"{"detail":"Service Unavailable"}"#
            let expected = """
                HTTP/1.1 503 \r\nretry-after: 2\r\ncontent-type: application/json\r\n\
                content-length: \(detail.utf8.count)\r\n
                """
            let parts = request.split(separator: " ").map(String.init)
            let answer = try await exchange(parts[0], parts[1], "{}", with: server)
            #expect(answer == expected + "connection: close\r\n\r\n" + detail)
            for path in [Route.clientStream, Route.bidirectional] {
                let connection = try RawConnection(to: server.address)
                try await connection.send(handshake(path))
                let answer = expected + "\r\n" + detail
                #expect(try await connection.receive(answer.utf8.count) == Array(answer.utf8))
            }
            #expect(try await exchange("GET", "/health", "", with: server).hasPrefix("HTTP/1.1 200 \r\n"))
        }
    }

    @Test("without a time to come again there is no header for it")
    func answersStatusAlone() async throws {
        try await withFaults(["status=429"]) { server in
            let answer = try await exchange("POST", "/v1/helloworld", "{}", with: server)
            #expect(answer.hasPrefix("HTTP/1.1 429 \r\ncontent-type: application/json\r\n"))
            #expect(answer.hasSuffix(#"{"detail":"Too Many Requests"}"#))
        }
    }

    @Test("a stalled server takes calls, says nothing, and is healthy")
    func stalls() async throws {
        let server = try await DemoServer.start(configuration(["stall"]))
        let request = "HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}"
        let unary = try RawConnection(to: server.address)
        try await unary.send("POST /v1/helloworld \(request)")
        let events = try RawConnection(to: server.address)
        try await events.send("POST /v1/helloworld/stream \(request)")
        let stream = try await openStream(Route.bidirectional, to: server)
        // The pong shows that the messages before it have been taken.
        try await stream.send(Self.ana + WebSocketTests.marker + Frame.client(Frame.ping, []))
        #expect(try await stream.receive(2) == Frame.server(Frame.pong, []))
        #expect(try await exchange("GET", "/health", "", with: server).hasPrefix("HTTP/1.1 200 \r\n"))
        await server.stop()
        for connection in [unary, events, stream] { #expect(try await connection.receiveAll().isEmpty) }
    }

    @Test("a close handshake that is never finished leaves the connection open", arguments: [true, false])
    func neverCloses(_ isServersCloseFirst: Bool) async throws {
        let server = try await DemoServer.start(configuration(["no-close"]))
        let stream = try await openStream(Route.bidirectional, to: server)
        let close = Frame.client(Frame.close, [0x03, 0xE8])
        // The ping after the CLOSE is not answered: the pong is that of the one before.
        try await stream.send(
            (isServersCloseFirst ? WebSocketTests.marker : Frame.client(Frame.ping, []))
                + close + Frame.client(Frame.ping, []))
        let expected =
            isServersCloseFirst
            ? WebSocketTests.complete + WebSocketTests.close1000 : Frame.server(Frame.pong, [])
        #expect(try await stream.receive(expected.count) == expected)
        // Another connection's answer, after the time that the server gives to clients that do not close.
        let other = try await openStream(Route.bidirectional, to: server)
        let silence = Duration.milliseconds(1200)
        #expect(try await stream.isOpenAndSilent(for: silence))
        try await other.send(Self.ana)
        #expect(try await other.receive(Self.hello.count) == Self.hello)
        await server.stop()
        #expect(try await stream.receiveAll().isEmpty)
    }

    @Test("a delay is kept by every kind", arguments: ["/v1/helloworld", "/v1/helloworld/stream"])
    func delays(_ path: String) async throws {
        try await withFaults(["delay=30ms"]) { server in
            let start = ContinuousClock.now
            let answer = try await exchange("POST", path, "{}", with: server)
            #expect(answer.hasPrefix("HTTP/1.1 200 \r\n"))
            let replies = path.hasSuffix("stream") ? 3 : 1
            #expect(ContinuousClock.now - start >= .milliseconds(30) * replies)
        }
    }

    @Test("a client that does not read a delayed stream is held back")
    func holdsBackDelayedStreams() async throws {
        try await withFaults(["delay=1h"]) { server in
            let stream = try await openStream(Route.bidirectional, to: server)
            let limit = 64 << 20
            let message = Frame.client(#"{"name":"\#(String(repeating: "x", count: 4096))"}"#)
            #expect(try await stream.sendUntilHeldBack(message, limit: limit) < limit)
        }
    }

    @Test("delays stay within their jitter, and the seed makes them again", arguments: 0..<100 as Range<UInt64>)
    func choosesDelays(_ seed: UInt64) throws {
        let faults = try DemoFaults(parsing: ["delay=100ms~50ms"])
        func delays(_ seed: UInt64) -> [Duration] {
            let run = FaultRun(faults, seed: seed)
            return (0..<100).map { _ in run.nextDelay() }
        }
        let chosen = delays(seed)
        #expect(chosen.allSatisfy { .milliseconds(50)...(.milliseconds(150)) ~= $0 })
        #expect(chosen == delays(seed))
        #expect(chosen != delays(seed + 1))
        #expect(Set(chosen).count > 90)
    }

    @Test("random numbers are those of the published generator")
    func generatesPublishedNumbers() {
        var generator = SeededGenerator(seed: 1_234_567)
        let numbers = (0..<3).map { _ in generator.next() }
        #expect(numbers == [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423])
    }

    private static func event(_ message: String) -> String {
        EventStreamTests.chunk(#"data: {"message": "\#(message)", "language": "en"}"# + "\r\n\r\n")
    }

    private func configuration(
        _ orders: [String], behaviour: DemoServerConfiguration.Behaviour = .guide
    ) throws -> DemoServerConfiguration {
        DemoServerConfiguration(behaviour: behaviour, faults: try DemoFaults(parsing: orders), seed: 1)
    }

    private func withFaults(
        _ orders: [String], behaviour: DemoServerConfiguration.Behaviour = .guide,
        _ body: (DemoServer) async throws -> Void
    ) async throws {
        try await withServer(try configuration(orders, behaviour: behaviour), body)
    }
}
