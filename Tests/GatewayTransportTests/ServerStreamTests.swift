import GatewayTransport
import RPCCore
import TestSupport
import Testing

@Suite("Server stream", .timeLimit(.minutes(10)))
struct ServerStreamTests {
    static func event(_ message: String) -> String {
        #"data: {"message": "\#(message)", "language": "en"}"# + "\r\n\r\n"
    }

    @Test("Every event is a reply, and the end of the body the end")
    func events() async throws {
        try await withServer { peer, _ in
            let request = try await peer.readRequest()
            #expect(request.line == "POST /v1/helloworld/stream HTTP/1.1")
            #expect(request.header("accept") == "text/event-stream")
            try await peer.beginEvents()
            try await peer.writeChunk(Self.event("a") + ": ping\r\n\r\n" + Self.event("b").dropLast(3))
            try await peer.writeChunk(String(Self.event("b").suffix(3)))
            try await peer.endChunks()
            try await peer.drain()
        } _: { server in
            let call = await perform(.serverStream, at: server)
            #expect(call.error == nil)
            #expect(call.received == ["a", "b"])
            #expect(call.log.received.map(\.answers) == [1, 1])
            #expect(call.log.received.first?.wire == #"{"message": "a", "language": "en"}"#)
            #expect(call.outcome.delivery == Delivery(sent: 1, answered: 1, received: 2))
            #expect(call.outcome.rule == "the exchange is complete")
            #expect(call.outcome.result == nil)
        }
    }

    @Test("Several requests are several streams in order, numbered on")
    func manyRequests() async throws {
        try await withServer { peer, _ in
            for name in ["a", "b"] {
                _ = try await peer.readRequest()
                try await peer.beginEvents()
                try await peer.writeChunk(Self.event(name) + Self.event(name))
                try await peer.endChunks()
            }
            try await peer.drain()
        } _: { server in
            let call = await perform(.serverStream, ["Ana", "Bo"], at: server)
            #expect(call.received == ["a", "a", "b", "b"])
            #expect(call.log.received.map(\.answers) == [1, 1, 2, 2])
        }
    }

    @Test("A stream without an event is a success that says so")
    func noEvents() async throws {
        try await withServer { peer, _ in
            _ = try await peer.readRequest()
            try await peer.beginEvents()
            try await peer.endChunks()
        } _: { server in
            let call = await perform(.serverStream, at: server)
            #expect(call.error == nil)
            #expect(call.log.notices == ["no replies to request 1"])
        }
    }

    struct Broken: Sendable {
        var name: String
        var text: String
        var ends = true
        var code: StatusCode
        var cause: String
        var origin = CallError.Origin.server
        var pushback: Pushback?

        /// Only what the server says is no matter of doubt.
        var refused: Int { origin == .server ? 1 : 0 }
    }

    @Test(
        "An error inside the stream ends the call after the replies before it",
        arguments: [
            Broken(
                name: "doubled prefix",
                text: "data: event: error\r\ndata: data: {\"error\": \"boom\"}\r\ndata: \r\ndata: \r\n\r\n",
                code: .unknown, cause: "the server reported an error: \"boom\""),
            Broken(
                name: "proper error", text: "event: error\ndata: {\"error\": \"boom\"}\n\n", code: .unknown,
                cause: "the server reported an error: \"boom\""),
            Broken(
                name: "error in words", text: "event: error\ndata: boom\n\n", code: .unknown,
                cause: "the server reported an error: \"boom\""),
            Broken(
                name: "error without type", text: "data: {\"error\": \"boom\"}\n\n", code: .unknown,
                cause: "the server reported an error: \"boom\""),
            Broken(
                name: "refusal", text: "event: error\ndata: {\"error\": \"Invalid request: name\"}\n\n",
                code: .invalidArgument, cause: "Invalid request: name"),
            Broken(
                name: "malformed", text: "data: {\"message\n\n", code: .internal,
                cause: "an event is no reply: malformed JSON (the end in a text at byte 9) in \"{\"message\"",
                origin: .decode),
            Broken(
                name: "cut in half", text: "data: {\"mess", ends: false, code: .unavailable,
                cause: "the response was cut short", origin: .receive),
            Broken(
                name: "cut between events", text: "retry: 2500\n\n", ends: false, code: .unavailable,
                cause: "the response was cut short",
                origin: .receive, pushback: .wait(.milliseconds(2500))),
            Broken(
                name: "oversize", text: "data: " + String(repeating: "x", count: 1100) + "\n\n",
                code: .resourceExhausted,
                cause: "the server sent a message of 1106 bytes or more; the limit is 1000", origin: .decode),
        ])
    func broken(_ given: Broken) async throws {
        try await withServer { peer, _ in
            _ = try await peer.readRequest()
            try await peer.beginEvents()
            // The HTTP client may drop what comes in a second piece just before a connection breaks.
            let pieces = given.ends ? [Self.event("a"), given.text] : [Self.event("a") + given.text]
            for piece in pieces { try await peer.writeChunk(piece) }
            if given.ends { try await peer.drain() }
        } _: { server in
            let call = await perform(
                .serverStream, ["Ana", "Bo"], at: server, configuration: configuration { $0.maximumMessageSize = 1000 })
            #expect(call.received == ["a"])
            #expect(call.error?.code == given.code)
            #expect(call.error?.cause.hasPrefix(given.cause) == true, "\(call.error?.cause ?? "")")
            #expect(call.error?.origin == given.origin)
            #expect(call.error?.pushback == given.pushback)
            #expect(call.outcome.delivery == Delivery(sent: 1, refused: given.refused, received: 1))
        }
    }

    @Test("A stream that breaks off says after which event it can go on, and the next request asks for that")
    func lastEventID() async throws {
        try await withServer { peer, index in
            let request = try await peer.readRequest()
            #expect(request.header("last-event-id") == (index == 0 ? nil : "é 7"))
            try await peer.beginEvents()
            try await peer.writeChunk("id: é 7\n\(Self.event("a"))")
        } _: { server in
            let first = await perform(.serverStream, at: server)
            #expect(first.error?.lastEventID == "é 7")
            let options = CallOptions(lastEventID: first.error?.lastEventID)
            let second = await perform(.serverStream, at: server, options: options)
            #expect(second.error?.lastEventID == "é 7")
        }
    }

    @Test(
        "An identifier that no header can carry is none",
        arguments: ["a\u{1}b", "a\u{7F}", String(repeating: "x", count: 1025)])
    func noIdentifier(id: String) async throws {
        try await withServer { peer, _ in
            _ = try await peer.readRequest()
            try await peer.beginEvents()
            try await peer.writeChunk("id: \(id)\n\(Self.event("a"))")
        } _: { server in
            let call = await perform(.serverStream, at: server)
            #expect(call.error?.code == .unavailable)
            #expect(call.error?.lastEventID == nil)
        }
    }

    @Test("A body that is no event stream is quoted, in part", arguments: ["text/html", "application/json"])
    func notAStream(type: String) async throws {
        try await withServer { peer, _ in
            _ = try await peer.readRequest()
            try await peer.respond(
                "200 OK", "<html>" + String(repeating: "x", count: 500), headers: ["content-type: \(type)"])
        } _: { server in
            let call = await perform(.serverStream, at: server)
            let quoted = "<html>" + String(repeating: "x", count: 194) + "…"
            #expect(
                call.error?.cause
                    == "the response is no event stream but of the content type \"\(type)\": \"\(quoted)\"")
            #expect(call.error?.origin == .decode)
        }
    }

    @Test("A refusal before the stream is told like that of a unary call")
    func refused() async throws {
        try await withServer { peer, _ in
            _ = try await peer.readRequest()
            try await peer.respond("422 Unprocessable Entity", #"{"detail":[{"loc":["body","name"],"msg":"bad"}]}"#)
        } _: { server in
            let call = await perform(.serverStream, at: server)
            #expect(call.error?.cause == "the server answered HTTP 422: body.name: bad")
        }
    }

    @Test("Events of an unknown type are told once and passed over")
    func unknownType() async throws {
        try await withServer { peer, _ in
            _ = try await peer.readRequest()
            try await peer.beginEvents()
            for _ in 0..<2 { try await peer.writeChunk("data: {\"type\":\"progress\"}\n\n" + Self.event("a")) }
            try await peer.endChunks()
        } _: { server in
            let call = await perform(.serverStream, at: server)
            #expect(call.received == ["a", "a"])
            #expect(call.log.notices == ["events of the unknown type \"progress\" are ignored"])
        }
    }
}
