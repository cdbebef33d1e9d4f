import GatewayTransport
import NIOCore
import Plans
import RPCCore
import Synchronization
import TestSupport
import Testing

@Suite("Unary call", .timeLimit(.minutes(10)))
struct UnaryCallTests {
    static let ana = #"{"code":0,"message":"success","data":{"message":"Hello, Ana!","language":"en"}}"#

    @Test("Each request is an exchange of its own, one after another on one connection")
    func manyExchanges() async throws {
        let connections = Atomic(0)
        try await withServer { peer, _ in
            connections.add(1, ordering: .relaxed)
            for name in ["Ana", "Bo", "Cy"] {
                let request = try await peer.readRequest()
                #expect(request.line == "POST /v1/helloworld HTTP/1.1")
                #expect(request.header("content-type") == "application/json")
                #expect(request.header("accept") == "application/json")
                #expect(request.header("content-length") == "\(request.body.utf8.count)")
                #expect(request.body == #"{"name":"\#(name)","language":"en"}"#)
                try await peer.respond("200 ", #"{"data":{"message":"Hello, \#(name)!","language":"en"}}"#)
            }
            try await peer.drain()
        } _: { server in
            let call = await perform(.unary, ["Ana", "Bo", "Cy"], at: server)
            #expect(call.error == nil)
            #expect(call.received == ["Hello, Ana!", "Hello, Bo!", "Hello, Cy!"])
            #expect(call.log.received.map(\.answers) == [1, 2, 3])
            #expect(call.outcome.delivery == Delivery(sent: 3, answered: 3, received: 3))
            #expect(call.outcome.rule == "all 3 exchanges are complete")
            #expect(call.outcome.result == 3)
            let opened = call.log.events.compactMap { event -> ConnectionInfo? in
                if case .opened(let info) = event { info } else { nil }
            }
            #expect(opened.map(\.transport) == ["HTTP/1.1"])
            #expect(opened.first?.metadata.contains(MetadataEntry("content-type", "application/json")) == true)
        }
        #expect(connections.load(ordering: .relaxed) == 1)
    }

    @Test("A reply that comes before the connection has asked for the body answers a request that counts as sent")
    func earlyReply() async throws {
        let names = (1...200).map { "User \($0)" }
        try await withServer { peer, _ in
            // The answer to the head ends the exchange as often as not before the body is asked for.
            try await peer.readHead()
            try await peer.write(
                "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: \(Self.ana.utf8.count)\r\n\r\n\(Self.ana)")
            try await peer.drain()
        } _: { server in
            let call = await perform(.unary, names, at: server)
            #expect(call.error == nil)
            #expect(call.outcome.delivery == Delivery(sent: 200, answered: 200, received: 200))
            let order = call.log.events.flatMap { event in
                switch event {
                case .sent(let messages): messages.map { "sent \($0.number)" }
                case .received(let messages): messages.map { "received \($0.number)" }
                default: [String]()
                }
            }
            #expect(order == (1...200).flatMap { ["sent \($0)", "received \($0)"] })
        }
    }

    @Test(
        "The bare object is a reply as well, and so is one without a language",
        arguments: [
            #"{"message":"Hello, Ana!","language":"en"}"#, #"{"message":"Hello, Ana!"}"#, ana,
            #"{"code":0,"data":{"message":"Hello, Ana!","language":null,"more":1}}"#,
        ])
    func shapes(body: String) async throws {
        try await withServer { peer, _ in
            _ = try await peer.readRequest()
            try await peer.respond(body)
        } _: { server in
            let call = await perform(.unary, at: server)
            #expect(call.received == ["Hello, Ana!"])
            #expect(call.log.received.map(\.wire) == [body])
            #expect(call.log.received.map(\.size) == [body.utf8.count])
        }
    }

    @Test(
        "No request at all is an error of the plan, for both kinds of exchange",
        arguments: [CallKind.unary, .serverStream])
    func noRequest(kind: CallKind) async throws {
        try await withServer { _, _ in
        } _: { server in
            let call = await perform(kind, [], at: server)
            #expect(call.error?.code == .invalidArgument)
            #expect(call.error?.origin == .plan)
            #expect(call.error?.cause == "a \(kind.title) call needs a request")
        }
    }

    struct Failure: Sendable {
        var status: String
        var headers: [String] = []
        var body = ""
        var code: StatusCode
        var cause: String
        var origin = CallError.Origin.server
        var pushback: Pushback?
        /// Whether the second request is known to have been turned down.
        var isRefusal = true
    }

    @Test(
        "The first failure ends the call and says what the server said",
        arguments: [
            Failure(
                status: "400 Bad Request", headers: ["grpc-message: Name cannot be empty"],
                body: #"{"code":0,"message":"success"}"#,
                code: .invalidArgument, cause: "the server answered HTTP 400: Name cannot be empty"),
            Failure(
                status: "422 Unprocessable Entity",
                body: #"{"detail":[{"loc":["body","name"],"msg":"Input should be a valid string"}]}"#,
                code: .invalidArgument, cause: "the server answered HTTP 422: body.name: Input should be a valid string"
            ),
            Failure(
                status: "404 Not Found", body: #"{"detail":"Not Found"}"#, code: .unimplemented,
                cause: "the server answered HTTP 404: Not Found"),
            Failure(
                status: "500 Internal Server Error", headers: ["content-type: text/plain"],
                body: "Internal Server Error",
                code: .unknown, cause: "the server answered HTTP 500: \"Internal Server Error\"", isRefusal: false),
            Failure(
                status: "503 Service Unavailable", headers: ["retry-after: 7"], code: .unavailable,
                cause: "the server answered HTTP 503", pushback: .wait(.seconds(7)), isRefusal: false),
            Failure(
                status: "503 Service Unavailable", headers: ["retry-after: 7", "grpc-retry-pushback-ms: 250"],
                code: .unavailable, cause: "the server answered HTTP 503", pushback: .wait(.milliseconds(250)),
                isRefusal: false),
            Failure(
                status: "429 Too Many Requests", headers: ["retry-after: 7", "grpc-retry-pushback-ms: -1"],
                code: .unavailable, cause: "the server answered HTTP 429", pushback: .stop),
            Failure(
                status: "408 Request Timeout", code: .deadlineExceeded, cause: "the server answered HTTP 408",
                isRefusal: false),
            Failure(
                status: "307 Temporary Redirect", headers: ["location: http://127.0.0.1:1/v1/helloworld/"],
                code: .failedPrecondition,
                cause: "the server redirects to \"http://127.0.0.1:1/v1/helloworld/\" (HTTP 307), which is not followed"
            ),
            Failure(
                status: "200 OK", body: #"{"code":5,"message":"no such person"}"#, code: .notFound,
                cause: "the server answered with the code 5: no such person"),
            Failure(
                status: "200 OK", body: #"{"code":99}"#, code: .unknown, cause: "the server answered with the code 99"),
            Failure(
                status: "200 OK", body: "<html>hi", code: .internal,
                cause:
                    "the body is no reply: malformed JSON (no value where one must be at byte 0) in \"<html>hi\"",
                origin: .decode, isRefusal: false),
            Failure(
                status: "200 OK", body: #"{"code":0,"message":"success"}"#, code: .internal,
                cause: "the body is no reply: neither a reply nor an envelope of one in "
                    + #""{"code":0,"message":"success"}""#, origin: .decode, isRefusal: false),
        ])
    func failures(_ given: Failure) async throws {
        try await withServer { peer, _ in
            _ = try await peer.readRequest()
            try await peer.respond(Self.ana)
            _ = try await peer.readRequest()
            try await peer.respond(given.status, given.body, headers: given.headers)
            try await peer.drain()
        } _: { server in
            let call = await perform(.unary, ["Ana", "Bo", "Cy"], at: server)
            #expect(call.error?.code == given.code)
            #expect(call.error?.cause == given.cause)
            #expect(call.error?.origin == given.origin)
            #expect(call.error?.pushback == given.pushback)
            #expect(
                call.outcome.delivery
                    == Delivery(sent: 2, answered: 1, refused: given.isRefusal ? 1 : 0, received: 1))
        }
    }

    @Test(
        "A kept connection that the server closes under the second request is replaced, and the request sent once more")
    func keepAliveRace() async throws {
        try await withServer { peer, index in
            let request = try await peer.readRequest()
            #expect(request.body.contains(index == 0 ? "Ana" : "Bo"))
            try await peer.respond(Self.ana)
            if index == 0 {
                _ = try await peer.readRequest()
                try await peer.reset()
            }
            try await peer.drain()
        } _: { server in
            let call = await perform(.unary, ["Ana", "Bo"], at: server)
            #expect(call.error == nil)
            #expect(call.outcome.delivery == Delivery(sent: 2, answered: 2, received: 2))
            #expect(
                call.log.notices == [
                    "the server closed the kept connection under request 2, which was sent once more"
                ])
        }
    }

    @Test("A new connection that is reset early is a failure of the call, also after others that were kept")
    func earlyReset() async throws {
        let connections = Atomic(0)
        try await withServer { peer, index in
            connections.add(1, ordering: .relaxed)
            guard index % 2 == 0 else { return try await peer.reset() }
            _ = try await peer.readRequest()
            try await peer.respond("200 OK", Self.ana, headers: ["connection: close"])
        } _: { server in
            let transport = GatewayTransport(server: server, configuration: configuration())
            // A reset comes while the connection is being made, or when it has been: many rounds see both.
            for round in 1...20 {
                for isReset in [false, true] {
                    let log = EventLog()
                    let outcome = await transport.perform(Call(.unary, PlanRun(names: ["Ana"])), observer: log)
                    #expect(outcome.code == (isReset ? .unavailable : .ok))
                    #expect(log.notices.isEmpty)
                }
                #expect(connections.load(ordering: .relaxed) == 2 * round)
            }
            await transport.shutdown()
        }
    }

    @Test("A request on a new connection is not sent again", arguments: [false, true])
    func noSecondTry(resets: Bool) async throws {
        let connections = Atomic(0)
        try await withServer { peer, _ in
            connections.add(1, ordering: .relaxed)
            _ = try await peer.readRequest()
            if resets { try await peer.reset() }
        } _: { server in
            let call = await perform(.unary, at: server)
            #expect(call.error?.code == .unavailable)
            #expect(call.error?.origin == .receive)
            #expect(call.error?.cause.hasPrefix("the server closed the connection without an answer") == true)
        }
        #expect(connections.load(ordering: .relaxed) == 1)
    }

    @Test(
        "A body that is cut short is an error, not a short body",
        arguments: [
            "content-length: 500\r\n\r\n{\"message\":\"Hi\"}",
            "transfer-encoding: chunked\r\n\r\n10\r\n{\"message\":\"Hi\"}\r\n",
        ])
    func cutShort(rest: String) async throws {
        try await withServer { peer, _ in
            _ = try await peer.readRequest()
            try await peer.write("HTTP/1.1 200 OK\r\n" + rest)
        } _: { server in
            let call = await perform(.unary, at: server)
            #expect(call.error?.code == .unavailable)
            #expect(call.error?.cause.hasPrefix("the response was cut short") == true)
        }
    }

    @Test("A body over the limit is refused with both sizes")
    func oversize() async throws {
        try await withServer { peer, _ in
            _ = try await peer.readRequest()
            try await peer.respond(String(repeating: "x", count: 3000))
            try await peer.drain()
        } _: { server in
            let call = await perform(.unary, at: server, configuration: configuration { $0.maximumMessageSize = 1000 })
            #expect(call.error?.code == .resourceExhausted)
            #expect(call.error?.cause.hasSuffix("the limit is 1000") == true)
        }
    }

    @Test("An answer that is no HTTP is told as such")
    func notHTTP() async throws {
        try await withServer { peer, _ in
            _ = try await peer.readRequest()
            try await peer.write("SSH-2.0-OpenSSH_9.2\r\n")
            try await peer.drain()
        } _: { server in
            let call = await perform(.unary, at: server)
            #expect(call.error?.cause == "the server's answer is not HTTP/1.1")
        }
    }

    @Test("Token, headers of the configuration and metadata of the call travel; the token is not told")
    func headers() async throws {
        try await withServer { peer, _ in
            let request = try await peer.readRequest()
            #expect(request.header("authorization") == "Bearer s3cret")
            #expect(request.header("x-tenant") == "a")
            #expect(request.header("x-trace") == "b")
            #expect(request.headers.count { $0.name.lowercased() == "user-agent" } == 1)
            try await peer.respond("401 Unauthorized", #"{"detail":"no"}"#)
        } _: { server in
            let call = await perform(
                .unary, at: server,
                configuration: configuration {
                    $0.token = Secret("s3cret")
                    $0.headers = [MetadataEntry("X-Tenant", "a"), MetadataEntry("User-Agent", "mine")]
                }, options: CallOptions(metadata: [MetadataEntry("X-Trace", "b")]))
            #expect(call.error?.code == .unauthenticated)
            #expect(!"\(call.log.events)".contains("s3cret"))
        }
    }

    @Test("Base path and routes make the path")
    func paths() async throws {
        try await withServer { peer, _ in
            #expect(try await peer.readRequest().line == "POST /base/other HTTP/1.1")
            try await peer.respond(Self.ana)
        } _: { server in
            var server = server
            server.basePath = "/base"
            let call = await perform(.unary, at: server, configuration: configuration { $0.routes.unary = "other" })
            #expect(call.error == nil)
        }
    }

    @Test("A transport that is dropped without being shut down closes its connections all the same")
    func dropped() async throws {
        let (closed, isClosed) = AsyncStream.makeStream(of: Void.self)
        try await withServer { peer, _ in
            _ = try await peer.readRequest()
            try await peer.respond(Self.ana)
            try await peer.drain()
            isClosed.finish()
        } _: { server in
            let call = Call(.unary, PlanRun(names: ["Ana"]))
            await GatewayTransport(server: server, configuration: configuration()).perform(call, observer: EventLog())
            for await _ in closed {}
        }
    }

    @Test("After the shutdown a call fails, and a second shutdown does nothing")
    func shutDown() async throws {
        try await withServer { _, _ in
        } _: { server in
            let transport = GatewayTransport(server: server, configuration: configuration())
            await transport.shutdown()
            await transport.shutdown()
            let outcome = await transport.perform(Call(.unary, PlanRun(names: ["Ana"])), observer: EventLog())
            #expect(outcome.error?.code == .failedPrecondition)
            #expect(outcome.error?.cause == "the transport is shut down")
        }
    }

    @Test("A plan that fails half-way ends the call with its words, after what came before")
    func planFails() async throws {
        try await withServer { peer, _ in
            _ = try await peer.readRequest()
            try await peer.respond(Self.ana)
            try await peer.drain()
        } _: { server in
            let call = await perform(Call(.unary, FailingPlan(names: ["Ana"])), at: server)
            #expect(call.error?.code == .invalidArgument)
            #expect(call.error?.origin == .plan)
            #expect(call.error?.cause == "names.jsonl:2: expected an object")
            #expect(call.outcome.delivery == Delivery(sent: 1, answered: 1, received: 1))
        }
    }
}
