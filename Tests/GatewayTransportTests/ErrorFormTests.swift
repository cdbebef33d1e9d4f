import GatewayTransport
import RPCCore
import TestSupport
import Testing

/// Errors in every form that servers give them are failures, over whatever they come, and replies stay replies.
@Suite("Forms of errors", .timeLimit(.minutes(10)))
struct ErrorFormTests {
    struct Form: CustomTestStringConvertible, Sendable {
        var body: String
        var code: StatusCode
        var cause: String

        init(_ body: String, _ code: StatusCode, _ cause: String) {
            (self.body, self.code, self.cause) = (body, code, cause)
        }

        var testDescription: String { body }
    }

    private static let gone = "the server answered with the code 5: gone"

    static let forms = [
        // google.rpc.Status, as it stands and as grpc-gateway streams it, in its versions.
        Form(#"{"error":{"code":5,"message":"gone"}}"#, .notFound, gone),
        Form(
            #"{"code":5,"message":"gone","details":[{"@type":"x","y":[1]}]}"#, .notFound,
            gone),
        Form(
            #"{"error":{"grpc_code":5,"http_code":404,"message":"gone","http_status":"Not Found"}}"#, .notFound,
            gone),
        Form(
            #"{"error":{"code":404,"message":"gone","status":"NOT_FOUND"}}"#, .notFound,
            gone),
        Form(#"{"code":"5","message":"gone"}"#, .notFound, gone),
        Form(#"{"code":"NOT_FOUND","message":"gone"}"#, .notFound, gone),
        Form(#"{"code":7,"message":"gone","data":[]}"#, .permissionDenied, "the server answered with the code 7: gone"),
        Form(#"{"code":16}"#, .unauthenticated, "the server answered with the code 16"),
        // Web frameworks.
        Form(
            #"{"error":"Not Found","message":"gone","statusCode":404}"#, .unimplemented,
            "the server answered with the status 404: Not Found: gone"),
        Form(
            #"{"statusCode":404,"code":"FST_ERR_NOT_FOUND","error":"Not Found","message":"gone"}"#, .unimplemented,
            "the server answered with the status 404: Not Found: gone"),
        Form(
            #"{"statusCode":400,"message":["a is bad","b is bad"],"error":"Bad Request"}"#, .invalidArgument,
            "the server answered with the status 400: Bad Request: a is bad; b is bad"),
        Form(
            #"{"timestamp":1,"status":503,"error":"Service Unavailable","path":"/x"}"#, .unavailable,
            "the server answered with the status 503: Service Unavailable"),
        Form(
            #"{"type":"about:blank","title":"Not Found","status":404,"detail":"gone"}"#, .unimplemented,
            "the server answered with the status 404: Not Found: gone"),
        Form(
            #"{"code":400,"message":"Error","detail":[{"loc":["body",0],"msg":"bad"}]}"#, .invalidArgument,
            "the server answered with the status 400: Error: body.0: bad"),
        Form(#"{"status":"error","message":"gone"}"#, .unknown, "the server reported an error: \"gone\""),
        Form(#"{"success":false,"message":"gone"}"#, .unknown, "the server reported an error: \"gone\""),
        // Whatever else stands under error.
        Form(#"{"error":"gone"}"#, .unknown, "the server reported an error: \"gone\""),
        Form(#"{"error":true,"message":"gone"}"#, .unknown, "the server reported an error: \"gone\""),
        Form(#"{"error":{},"message":"gone"}"#, .unknown, "the server reported an error: \"gone\""),
        Form(#"{"error":["a","b"]}"#, .unknown, "the server reported an error: \"a; b\""),
        Form(#"{"error":5,"message":"gone"}"#, .notFound, gone),
        Form(
            #"{"error":{"error":{"code":5,"message":"gone"}}}"#, .notFound, gone),
        Form(#"{"error":"gone","message":"gone"}"#, .unknown, "the server reported an error: \"gone\""),
        Form(#"{"error":{}}"#, .unknown, "the server reported an error and gives no reason"),
        // Beside what would be a reply, and inside of it.
        Form(#"{"error":"gone","data":{"message":"Hi"}}"#, .unknown, "the server reported an error: \"gone\""),
        Form(
            #"{"type":"response","error":{"code":5,"message":"gone"}}"#, .notFound,
            gone),
        Form(
            #"{"type":"response","data":{"error":{"code":5,"message":"gone"}}}"#, .notFound,
            gone),
        Form(#"{"data":{"code":5,"message":"gone"}}"#, .notFound, gone),
        Form(
            #"{"type":"error","error":{"code":5,"message":"gone"}}"#, .notFound,
            gone),
        Form(#"{"type":"complete","error":"gone"}"#, .unknown, "the server reported an error: \"gone\""),
        // Codes that are none.
        Form(#"{"code":99,"message":"gone"}"#, .unknown, "the server answered with the code 99: gone"),
        Form(#"{"code":-1,"message":"gone"}"#, .unknown, "the server answered with the code -1: gone"),
        Form(#"{"code":1e308,"message":"gone"}"#, .unknown, "the server answered with the code 1e+308: gone"),
        Form(
            #"{"code":9223372036854775808,"message":"gone"}"#, .unknown,
            "the server answered with the code 9.223372036854776e+18: gone"),
        Form(#"{"code":5.5,"message":"gone"}"#, .unknown, "the server answered with the code 5.5: gone"),
        Form(#"{"code":"E_GONE","message":"gone"}"#, .unknown, "the server answered with the code E_GONE: gone"),
        Form(
            #"{"code":{"a":1},"message":"gone"}"#, .unknown,
            "the server answered with the code that is neither a number nor a name: gone"),
    ]

    @Test("Over WebSocket, as events and as the answer to a unary call they end the call alike", arguments: forms)
    func everywhere(_ form: Form) async throws {
        for kind in CallKind.allCases {
            try await withServer { peer, _ in
                switch kind {
                case .unary:
                    _ = try await peer.readRequest()
                    try await peer.respond(form.body)
                case .serverStream:
                    _ = try await peer.readRequest()
                    try await peer.beginEvents()
                    try await peer.writeChunk("data: \(form.body)\n\n")
                    try await peer.endChunks()
                case .clientStream, .bidirectional:
                    try await peer.acceptWebSocket()
                    _ = try await peer.readFrame()
                    try await peer.send(form.body)
                }
                try await peer.drain()
            } _: { server in
                let call = await perform(kind, at: server)
                #expect(call.error?.code == form.code, "\(kind)")
                #expect(call.error?.cause == form.cause, "\(kind)")
                #expect(call.error?.origin == .server)
                var delivery = call.outcome.delivery
                // The end may come before it is known that the plan has no more.
                if delivery.unsent == 0 { delivery.unsent = nil }
                #expect(delivery == Delivery(sent: 1, refused: 1))
            }
        }
    }

    @Test(
        "A whole stream may be answered with one, in JSON, or with an event of the type error",
        arguments: [
            ("content-type: application/json", #"{"error":{"code":5,"message":"gone"}}"#),
            ("content-type: text/event-stream", "event: error\ndata: {\"code\":5,\"message\":\"gone\"}\n\n"),
            (
                "content-type: text/event-stream",
                "event: error\ndata: {\"error\":{\"code\":5,\"message\":\"gone\"}}\n\n"
            ),
        ])
    func insteadOfAStream(type: String, body: String) async throws {
        try await withServer { peer, _ in
            _ = try await peer.readRequest()
            try await peer.respond("200 OK", body, headers: [type])
        } _: { server in
            let call = await perform(.serverStream, at: server)
            #expect(call.error?.code == .notFound)
            #expect(call.error?.cause == Self.gone)
        }
    }

    @Test("A reply that is no UTF-8 ends the call, with its bytes and where they are wrong")
    func noText() async throws {
        let reply = Array(#"{"message":"Hello, "#.utf8) + [0xE9] + Array(#"!","language":"en"}"#.utf8)
        for kind in CallKind.allCases {
            try await withServer { peer, _ in
                switch kind {
                case .unary:
                    _ = try await peer.readRequest()
                    try await peer.write("HTTP/1.1 200 OK\r\ncontent-length: \(reply.count)\r\n\r\n")
                    try await peer.write(reply)
                case .serverStream:
                    _ = try await peer.readRequest()
                    try await peer.write("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n")
                    try await peer.write(Array("data: ".utf8) + reply + Array("\n\n".utf8))
                case .clientStream, .bidirectional:
                    try await peer.acceptWebSocket()
                    _ = try await peer.readFrame()
                    try await peer.write(serverFrame(reply))
                }
                try await peer.drain()
            } _: { server in
                let call = await perform(kind, at: server)
                #expect(call.error?.code == .internal)
                #expect(call.error?.origin == .decode)
                #expect(
                    call.error?.cause.hasSuffix(
                        " not UTF-8\(kind.streamsRequests ? " (RFC 6455, 8.1)" : ""), at offset 19 of 39 bytes: … 22 48 65 6c 6c 6f 2c 20 [e9] 21 22 2c 22 6c 61 6e …"
                    ) == true, "\(call.error?.cause ?? "")")
                #expect(call.error?.undecoded?.bytes == reply)
                #expect(call.received.isEmpty)
            }
        }
    }

    /// What is answered with a status of HTTP that is none of success.
    struct Refused: Sendable {
        var status: String
        var body: String
        var code: StatusCode
        var cause: String
    }

    @Test(
        "With an error status the body's status code of gRPC counts, and its word of success does not",
        arguments: [
            Refused(
                status: "404 Not Found", body: #"{"code":5,"message":"gone","details":[]}"#, code: .notFound,
                cause: "the server answered HTTP 404: gone"),
            Refused(
                status: "500 Internal Server Error", body: #"{"error":{"code":15,"message":"lost"}}"#, code: .dataLoss,
                cause: "the server answered HTTP 500: lost"),
            Refused(
                status: "404 Not Found", body: #"{"error":"Not Found","message":"gone","statusCode":404}"#,
                code: .unimplemented, cause: "the server answered HTTP 404: Not Found: gone"),
            Refused(
                status: "404 Not Found", body: #"{"code":99,"message":"gone"}"#, code: .unimplemented,
                cause: "the server answered HTTP 404: gone"),
            Refused(
                status: "400 Bad Request", body: #"{"code":0,"message":"success"}"#, code: .invalidArgument,
                cause: #"the server answered HTTP 400: "{"code":0,"message":"success"}""#),
            Refused(
                status: "503 Service Unavailable",
                body: #"{"error":{"code":503,"message":"busy","status":"UNAVAILABLE"}}"#,
                code: .unavailable, cause: "the server answered HTTP 503: busy"),
        ])
    func statuses(_ given: Refused) async throws {
        for kind in CallKind.allCases {
            try await withServer { peer, _ in
                _ = try await peer.readRequest()
                try await peer.respond(given.status, given.body)
            } _: { server in
                let call = await perform(kind, at: server)
                #expect(call.error?.code == given.code, "\(kind)")
                #expect(call.error?.cause == given.cause, "\(kind)")
            }
        }
    }
}
