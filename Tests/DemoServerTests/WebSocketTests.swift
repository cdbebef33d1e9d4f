import DemoServer
import Testing

@Suite("Streams over WebSocket of the demo server", .timeLimit(.minutes(10)))
struct WebSocketTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var behaviour = DemoServerConfiguration.Behaviour.guide
        var path = Route.bidirectional
        var sent: [[UInt8]]
        var received: [[UInt8]]
        /// Whether the server closes the connection afterwards.
        var ends = false

        var testDescription: String { name }
    }

    static func response(_ message: String, _ language: String = "en") -> [UInt8] {
        Frame.server(#"{"type":"response","data":{"message":"\#(message)","language":"\#(language)"}}"#)
    }

    static func error(_ reason: String) -> [UInt8] {
        Frame.server(#"{"type":"error","error":"\#(reason)"}"#)
    }

    static let complete = Frame.server(#"{"type":"complete"}"#)
    static let close1000 = Frame.server(Frame.close, [0x03, 0xE8])
    static let ana = Frame.client(#"{"name":"Ana"}"#)
    static let marker = Frame.client(Route.marker)

    static let calls = [
        Case(
            name: "guide, client stream: one reply for all, in the first one's language, and the end",
            path: Route.clientStream,
            sent: [
                Frame.client(#"{"name":"Alice","language":"fr"}"#), Frame.client(#"{"name":"Bob"}"#),
                Frame.client(#"{"name":"Charlie","language":"en"}"#), marker,
            ],
            received: [response("Bonjour, Alice, Bob and Charlie! (3 requests)", "fr"), complete, close1000],
            ends: true),
        Case(
            name: "guide, client stream of none", path: Route.clientStream, sent: [marker],
            received: [response("Hello, nobody! (0 requests)"), complete, close1000], ends: true),
        Case(
            name: "guide, client stream: a refused request is not counted", path: Route.clientStream,
            sent: [ana, Frame.client(#"{"name":7}"#), marker],
            received: [
                error("Invalid request: name: Input should be a valid string"),
                response("Hello, Ana! (1 request)"), complete, close1000,
            ], ends: true),
        Case(
            name: "guide, client stream: nothing is taken after the marker", path: Route.clientStream,
            sent: [ana, marker + ana + marker],
            received: [response("Hello, Ana! (1 request)"), complete, close1000], ends: true),
        Case(
            name: "guide, bidirectional: one reply a request, and the end",
            sent: [ana, Frame.client(#"{"name":"Bob","language":"de"}"#), Frame.client(#"{"__end_stream__":true}"#)],
            received: [response("Hello, Ana!"), response("Hallo, Bob!", "de"), complete, close1000], ends: true),
        Case(name: "guide, bidirectional of none", sent: [marker], received: [complete, close1000], ends: true),
        Case(
            name: "per message, client stream: a reply and an end for every message, the marker too",
            behaviour: .perMessage, path: Route.clientStream, sent: [ana, marker, ana],
            received: [
                response("Hello, Ana!"), complete, response("Hello, John Doe!"), complete,
                response("Hello, Ana!"), complete,
            ]),
        Case(
            name: "per message, bidirectional: two replies for every message, the marker too",
            behaviour: .perMessage, sent: [ana, marker],
            received: [
                response("Hello, Ana!"), response("Processed greeting for Ana"), response("Hello, John Doe!"),
                response("Processed greeting for John Doe"),
            ]),
        Case(
            name: "a bad request is refused and the stream goes on",
            sent: [Frame.client(#"{"name":[]}"#), Frame.client(#"{"name":""}"#), Frame.client("5"), ana],
            received: [
                error("Invalid request: name: Input should be a valid string"),
                error("Invalid request: Name cannot be empty"),
                error("Invalid request: Input should be a valid dictionary or object to extract fields from"),
                response("Hello, Ana!"),
            ]),
        Case(
            name: "an unknown language is greeted in English", sent: [Frame.client(#"{"language":"xx","name":"Ana"}"#)],
            received: [response("Hello, Ana!", "xx")]),
        Case(
            name: "a false marker is a request without a name", sent: [Frame.client(#"{"__end_stream__":false}"#)],
            received: [response("Hello, John Doe!")]),
        Case(
            name: "a message may come in fragments, with a ping in between",
            sent: [
                Frame.client(0x01, Array(#"{"name""#.utf8)), Frame.client(Frame.ping, [1, 2]),
                Frame.client(0x00, Array(#":"#.utf8)), Frame.client(0x80, Array(#""Ana"}"#.utf8)),
            ],
            received: [Frame.server(Frame.pong, [1, 2]), response("Hello, Ana!")]),
        Case(
            name: "a long name takes the longer forms of the frame's length",
            sent: [Frame.client(#"{"name":"\#(String(repeating: "x", count: 70_000))"}"#)],
            received: [response("Hello, \(String(repeating: "x", count: 70_000))!")]),
        Case(
            name: "an unasked pong is ignored", sent: [Frame.client(Frame.pong, [1]), ana],
            received: [response("Hello, Ana!")]),
    ]

    static let ends = [
        Case(
            name: "CLOSE is echoed with code and reason", sent: [Frame.client(Frame.close, [0x0F, 0xA1] + "bye".utf8)],
            received: [Frame.server(Frame.close, [0x0F, 0xA1] + "bye".utf8)], ends: true),
        Case(
            name: "CLOSE without a code is echoed", sent: [Frame.client(Frame.close, [])],
            received: [Frame.server(Frame.close, [])], ends: true),
        Case(
            name: "CLOSE after requests comes after their replies",
            sent: [ana + Frame.client(Frame.close, [0x03, 0xE8])],
            received: [response("Hello, Ana!"), close1000], ends: true),
        Case(
            name: "a binary message is fatal", sent: [Frame.client(0x82, [1])],
            received: [error("Only text messages are accepted"), close1000], ends: true),
        Case(
            name: "a fragmented message over 16 MiB is answered by CLOSE 1009",
            sent: [
                Frame.client(0x01, [UInt8](repeating: 0x20, count: 16 << 20)), Frame.client(0x80, [0x20]),
            ],
            received: [Frame.server(Frame.close, [0x03, 0xF1])], ends: true),
        Case(
            name: "a frame over 16 MiB is answered by CLOSE 1009 before it has come",
            sent: [[0x81, 0xFF, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0]],
            received: [Frame.server(Frame.close, [0x03, 0xF1])], ends: true),
    ]

    static let violations: [(String, [UInt8])] = [
        ("text that is not UTF-8", Frame.client(Frame.text, [0xFF])),
        ("UTF-8 cut short", Frame.client(Frame.text, Array(#"{"name":""#.utf8) + [0xE4, 0xBD])),
        ("an unmasked frame", Frame.client(Frame.text, Array("{}".utf8), isMasked: false)),
        ("reserved bits", Frame.client(0xC1, Array("{}".utf8))),
        ("an unknown opcode", Frame.client(0x83, [])),
        ("a continuation of nothing", Frame.client(0x80, [])),
        ("a message inside another", Frame.client(0x01, []) + Frame.client("{}")),
        ("a fragmented control frame", Frame.client(0x09, [])),
        ("a long control frame", Frame.client(Frame.ping, [UInt8](repeating: 0, count: 126))),
        ("CLOSE with half a code", Frame.client(Frame.close, [3])),
        ("CLOSE with a code that is never sent", Frame.client(Frame.close, [0x03, 0xED])),
        ("CLOSE with a reason that is not UTF-8", Frame.client(Frame.close, [0x03, 0xE8, 0xFF])),
    ]

    @Test("each message is answered byte for byte", arguments: calls + ends)
    func answers(_ test: Case) async throws {
        try await withServer(DemoServerConfiguration(behaviour: test.behaviour)) { server in
            let connection = try await openStream(test.path, to: server)
            for bytes in test.sent { try await connection.send(bytes) }
            var expected = Array(test.received.joined())
            if !test.ends {
                // An answered ping shows that there is nothing else, and that the stream is still open.
                try await connection.send(Frame.client(Frame.ping, [0x65]))
                expected += Frame.server(Frame.pong, [0x65])
            }
            let received = try await test.ends ? connection.receiveAll() : connection.receive(expected.count)
            #expect(received == expected, "\(String(decoding: received.prefix(2000), as: UTF8.self))")
        }
    }

    @Test("a violation of the protocol ends the connection without a CLOSE", arguments: violations)
    func endsOnViolation(_ name: String, _ bytes: [UInt8]) async throws {
        try await withServer { server in
            let connection = try await openStream(Route.bidirectional, to: server)
            try await connection.send(Self.ana + bytes)
            #expect(try await connection.receiveAll() == Self.response("Hello, Ana!"))
        }
    }

    @Test("it does not matter how the bytes are cut")
    func takesSingleBytes() async throws {
        try await withServer { server in
            let connection = try RawConnection(to: server.address)
            let frames = Self.ana + Frame.client(0x01, Array("{}".utf8)) + Frame.client(0x80, []) + Self.marker
            for byte in Array(handshake(Route.bidirectional).utf8) + frames { try await connection.send([byte]) }
            let received = try await connection.receiveAll()
            let expected = Self.response("Hello, Ana!") + Self.response("Hello, John Doe!") + Self.complete
            #expect(received.suffix(expected.count + 4) == expected + Self.close1000)
        }
    }

    @Test("the handshake is that of RFC 6455, and the frames sent with it are not lost")
    func upgrades() async throws {
        try await withServer { server in
            let connection = try RawConnection(to: server.address)
            try await connection.send(Array(handshake(Route.bidirectional).utf8) + Self.ana)
            let head = String(decoding: try await connection.receive(through: "\r\n\r\n"), as: UTF8.self)
            #expect(head.hasPrefix("HTTP/1.1 101 "))
            #expect(head.contains("\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"))
            #expect(head.contains("\r\nupgrade: WebSocket\r\n"))
            #expect(!head.lowercased().contains("sec-websocket-extensions"))
            let reply = Self.response("Hello, Ana!")
            #expect(try await connection.receive(reply.count) == reply)
        }
    }

    @Test(
        "what cannot be upgraded is refused",
        arguments: [(handshake("/v1/unknown"), 403), (handshake(Route.bidirectional).replacing("13", with: "8"), 400)])
    func refusesUpgrade(_ request: String, _ status: Int) async throws {
        try await withServer { server in
            let connection = try RawConnection(to: server.address)
            try await connection.send(request)
            let head = String(decoding: try await connection.receive(through: "\r\n\r\n"), as: UTF8.self)
            #expect(head == "HTTP/1.1 \(status) \r\ncontent-length: 0\r\n\r\n")
        }
    }

    @Test("a client that sends without reading is not read from without bound, and gets every reply in the end")
    func holdsBack() async throws {
        try await withServer { server in
            let connection = try await openStream(Route.bidirectional, to: server)
            let name = String(repeating: "n", count: 1000)
            let request = Frame.client(#"{"name":"\#(name)"}"#)
            let reply = Self.response("Hello, \(name)!")
            let limit = 256 << 20
            let sent = try await connection.sendUntilHeldBack(request, limit: limit)
            #expect(sent < limit)
            async let rest: Void = connection.send(Array(request[(sent % request.count)...]) + Self.marker)
            for number in 1...sent / request.count + 1 {
                try #require(try await connection.receive(reply.count) == reply, "reply \(number)")
            }
            try await rest
            #expect(try await connection.receiveAll() == Self.complete + Self.close1000)
        }
    }
}
