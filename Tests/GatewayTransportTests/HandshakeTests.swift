import GatewayTransport
import Plans
import RPCCore
import TestSupport
import Testing

@Suite("Connecting and the WebSocket handshake", .timeLimit(.minutes(10)))
struct HandshakeTests {
    @Test("The handshake has what it must have, and what the user adds")
    func headers() async throws {
        try await withServer { peer, _ in
            let request = try await peer.acceptWebSocket()
            let port = try #require(peer.channel.localAddress?.port)
            #expect(request.line == "GET /base/v1/helloworld/ws HTTP/1.1")
            #expect(request.header("host") == "127.0.0.1:\(port)")
            #expect(request.header("upgrade") == "websocket")
            #expect(request.header("connection")?.lowercased() == "upgrade")
            #expect(request.header("sec-websocket-version") == "13")
            #expect(request.header("sec-websocket-key")?.count == 24)
            #expect(request.header("authorization") == "Bearer s3cret")
            #expect(request.header("x-tenant") == "a")
            #expect(request.header("x-trace") == "b")
            #expect(request.header("sec-websocket-extensions") == nil)
            // Some servers refuse a GET that says how long its body is, though it has none (RFC 9110, 8.6).
            #expect(request.header("content-length") == nil)
            #expect(request.header("transfer-encoding") == nil)
            #expect(request.headers.filter { $0.name.lowercased() == "host" }.count == 1)
            try await peer.send(Wire.complete)
            try await peer.sendClose(1000)
        } _: { server in
            var server = server
            server.basePath = "/base"
            let call = await perform(
                .bidirectional, at: server,
                configuration: configuration {
                    $0.token = Secret("s3cret")
                    $0.headers = [MetadataEntry("X-Tenant", "a")]
                }, options: CallOptions(metadata: [MetadataEntry("X-Trace", "b")]))
            #expect(call.error == nil)
            let opened = call.log.events.compactMap { event -> ConnectionInfo? in
                if case .opened(let info) = event { info } else { nil }
            }
            #expect(opened.map(\.transport) == ["WebSocket"])
            #expect(opened.first?.route == "/base/v1/helloworld/ws")
            #expect(opened.first?.metadata.contains(MetadataEntry("server", "scripted")) == true)
        }
    }

    struct Refusal: Sendable {
        var response: String
        var code: StatusCode
        var cause: String
    }

    @Test(
        "A refused handshake is told with status, reason and advice",
        arguments: [
            Refusal(
                response: "403 Forbidden\r\ncontent-length: 0\r\n\r\n", code: .permissionDenied,
                cause: "the server answered HTTP 403"),
            Refusal(
                response: "401 Unauthorized\r\ncontent-length: 15\r\n\r\n{\"detail\":\"no\"}", code: .unauthenticated,
                cause: "the server answered HTTP 401: no"),
            Refusal(
                response: "404 Not Found\r\ncontent-length: 4\r\n\r\ngone", code: .unimplemented,
                cause: "the server answered HTTP 404: \"gone\""),
            Refusal(
                response: "500 Oops\r\ntransfer-encoding: chunked\r\n\r\n4\r\noops\r\n0\r\n\r\n", code: .unknown,
                cause: "the server answered HTTP 500: \"oops\""),
            Refusal(
                response: "503 Busy\r\nconnection: close\r\n\r\nbusy", code: .unavailable,
                cause: "the server answered HTTP 503: \"busy\""),
            Refusal(
                response: "302 Found\r\nlocation: https://evil.example/\r\ncontent-length: 0\r\n\r\n",
                code: .failedPrecondition,
                cause: "the server redirects to \"https://evil.example/\" (HTTP 302), which is not followed"),
            Refusal(
                response: "200 OK\r\ncontent-length: 2\r\n\r\nhi", code: .unimplemented,
                cause: "the server answered HTTP 200 instead of opening a WebSocket"),
            Refusal(
                response: "101 x\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: wrong\r\n\r\n",
                code: .internal,
                cause: "the server's Sec-WebSocket-Accept does not answer our key (RFC 6455, 4.1)"),
        ])
    func refused(given: Refusal) async throws {
        try await withServer { peer, _ in
            _ = try await peer.readRequest()
            try await peer.write("HTTP/1.1 " + given.response)
            if !given.response.contains("connection: close") { try await peer.drain() }
        } _: { server in
            let call = await perform(.bidirectional, at: server)
            #expect(call.error?.code == given.code)
            #expect(call.error?.cause == given.cause)
            #expect(call.error?.origin == .upgrade)
            #expect(call.error?.isSafeToRetry == true)
            if given.response.hasPrefix("403") { #expect(call.error?.advice?.contains("unknown route") == true) }
        }
    }

    enum Drop: CaseIterable, Sendable { case atOnce, afterRequest, reset, insideHead, garbage }

    @Test("A connection that breaks in the handshake is an error of the handshake", arguments: Drop.allCases)
    func dropped(drop: Drop) async throws {
        try await withServer { peer, _ in
            if drop == .atOnce { return }
            _ = try await peer.readRequest()
            switch drop {
            case .reset: try await peer.reset()
            case .insideHead: try await peer.write("HTTP/1.1 101 Swi")
            case .garbage: try await peer.write("SSH-2.0-OpenSSH_9.2\r\n")
            default: break
            }
        } _: { server in
            let call = await perform(.clientStream, at: server)
            #expect(call.error?.origin == .upgrade)
            #expect(call.error?.code == (drop == .garbage ? .internal : .unavailable), "\(call.error?.cause ?? "")")
            #expect(call.outcome.delivery == Delivery())
            #expect(call.error?.isSafeToRetry == true)
        }
    }

    @Test(
        "What a server says together with its acceptance is heard, though it closes at once", arguments: [false, true],
        [false, true])
    func lastWordsAtOnce(isSecure: Bool, inOneWrite: Bool) async throws {
        let tls = isSecure ? try Certificates.serverContext("good") : nil
        try await withServer(tls: tls) { peer, _ in
            let key = try #require(try await peer.readRequest().header("sec-websocket-key"))
            let head = Array(
                "HTTP/1.1 101 x\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: \(acceptKey(for: key))\r\n\r\n"
                    .utf8)
            if inOneWrite {
                try await peer.write(head + closeFrame(1008, "no"))
            } else {
                try await peer.write(head)
                try await peer.write(closeFrame(1008, "no"))
            }
        } _: { server in
            for _ in 0..<25 {
                let call = await perform(
                    .bidirectional, at: server,
                    configuration: configuration { $0.tls.authorityFile = Certificates.path("authority") })
                #expect(call.error?.code == .permissionDenied, "\(call.error?.cause ?? "")")
            }
        }
    }

    @Test("Nobody on the port", arguments: CallKind.allCases)
    func connectionRefused(kind: CallKind) async throws {
        try await withClosedPort { server in
            let call = await perform(kind, at: server)
            #expect(call.error?.code == .unavailable)
            #expect(call.error?.origin == .connect)
            #expect(call.error?.cause == "no connection to \(server.authority): connection refused")
            #expect(call.error?.isSafeToRetry == true)
            #expect(call.outcome.delivery == Delivery())
        }
    }

    @Test("A host without an address", arguments: CallKind.allCases)
    func unknownHost(kind: CallKind) async throws {
        let server = ServerAddress(scheme: .http, host: "nowhere.invalid", port: 80)
        let call = await perform(kind, at: server)
        #expect(call.error?.code == .unavailable)
        #expect(call.error?.origin == .resolve)
        // A machine without a name server may take longer to say so than the limit.
        #expect(call.error?.cause.hasPrefix("no address for nowhere.invalid") == true)
    }

    @Test("A server that accepts and says nothing is left after the connect time-out")
    func silentHandshake() async throws {
        let clock = ManualClock()
        try await withServer { peer, _ in
            _ = try await peer.readRequest()
            clock.advance(by: .seconds(10))
            try await peer.idle()
        } _: { server in
            let call = await perform(
                Call(.bidirectional, PlanRun(names: ["Ana"])), at: server,
                configuration: configuration { $0.connectTimeout = .seconds(10) }, clock: clock)
            #expect(call.error?.code == .unavailable)
            #expect(call.error?.origin == .upgrade)
            #expect(call.error?.cause == "no answer to the WebSocket handshake within 10 s")
        }
    }

    @Test(
        "A server that accepts and says nothing is left in the TLS handshake, too",
        arguments: [CallKind.unary, .bidirectional])
    func silentTLS(kind: CallKind) async throws {
        let clock = ManualClock()
        try await withServer { peer, _ in
            if kind == .bidirectional { clock.advance(by: .seconds(1)) }
            try await peer.idle()
        } _: { server in
            var server = server
            server.scheme = .https
            let call = await perform(
                Call(kind, PlanRun(names: ["Ana"])), at: server,
                configuration: configuration { $0.connectTimeout = .seconds(1) }, clock: clock)
            #expect(call.error?.code == .unavailable)
            #expect([CallError.Origin.tls, .connect].contains(call.error?.origin))
        }
    }

    @Test("An address of another dialect is refused", arguments: [ServerAddress.Scheme.grpc, .grpcs, .demo])
    func otherScheme(scheme: ServerAddress.Scheme) async {
        let call = await perform(.unary, at: ServerAddress(scheme: scheme, host: "127.0.0.1", port: 1))
        #expect(call.error?.code == .failedPrecondition)
    }

    @Test("A route that is no path is refused before anything is sent", arguments: ["/a b", "/a\r\nHost: x", "/é"])
    func badRoute(route: String) async {
        let call = await perform(
            .bidirectional, at: ServerAddress(scheme: .http, host: "127.0.0.1", port: 1),
            configuration: configuration { $0.routes.bidirectional = route })
        #expect(call.error?.code == .invalidArgument)
    }
}
