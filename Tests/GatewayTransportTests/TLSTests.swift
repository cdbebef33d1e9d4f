import GatewayTransport
import NIOSSL
import RPCCore
import TestSupport
import Testing

extension Certificates {
    static func serverContext(_ name: String) throws -> NIOSSLContext {
        try NIOSSLContext(
            configuration: .makeServerConfiguration(
                certificateChain: NIOSSLCertificate.fromPEMFile(path(name)).map { .certificate($0) },
                privateKey: .privateKey(NIOSSLPrivateKey(file: path(name + ".key"), format: .pem))))
    }
}

@Suite("TLS", .timeLimit(.minutes(10)))
struct TLSTests {
    static let kinds: [CallKind] = [.unary, .clientStream]

    static let answer: Script = { peer, _ in
        let request = try await peer.readRequest()
        guard request.header("upgrade") != nil else {
            try await peer.respond(UnaryCallTests.ana)
            return try await peer.drain()
        }
        let key = try #require(request.header("sec-websocket-key"))
        try await peer.write(
            "HTTP/1.1 101 \r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: \(acceptKey(for: key))\r\n\r\n"
        )
        _ = try await peer.readRequests()
        try await peer.send(Wire.response("Hello, Ana!"), Wire.complete)
        try await peer.sendClose(1000)
        try await peer.drain()
    }

    static let trusting = configuration { $0.tls.authorityFile = Certificates.path("authority") }

    @Test(
        "A certificate of the given authority for the host is good, by name and by address", arguments: kinds,
        ["localhost", "127.0.0.1"])
    func good(kind: CallKind, host: String) async throws {
        try await withServer(tls: try Certificates.serverContext("good"), host: host, script: Self.answer) { server in
            let call = await perform(kind, at: server, configuration: Self.trusting)
            #expect(call.error == nil)
            #expect(call.received == ["Hello, Ana!"])
        }
    }

    struct Bad: Sendable {
        var certificate: String
        var trusts = true
        var cause: String
    }

    static let bad = [
        Bad(
            certificate: "good", trusts: false,
            cause: "the certificate of localhost is not trusted: its authority is unknown here"),
        Bad(
            certificate: "self-signed", cause: "the certificate of localhost is signed by nobody but itself"),
        Bad(certificate: "expired", cause: "the certificate of localhost has expired"),
        Bad(certificate: "wrong-host", cause: "the certificate is not for localhost but for other.example"),
    ]

    @Test(
        "A bad certificate is refused before anything is sent, and what is wrong with it is said", arguments: kinds, bad
    )
    func refused(kind: CallKind, given: Bad) async throws {
        try await withServer(
            tls: try Certificates.serverContext(given.certificate), host: "localhost", script: Self.answer
        ) { server in
            let call = await perform(kind, at: server, configuration: given.trusts ? Self.trusting : configuration())
            #expect(call.error?.cause == given.cause)
            #expect(call.error?.origin == .tls)
            #expect(call.error?.code == .failedPrecondition)
            #expect(call.error?.advice != nil)
            #expect(call.outcome.delivery == Delivery())
        }
    }

    @Test("Without the check every certificate is good", arguments: kinds, ["self-signed", "expired", "wrong-host"])
    func insecure(kind: CallKind, certificate: String) async throws {
        try await withServer(tls: try Certificates.serverContext(certificate), script: Self.answer) { server in
            let call = await perform(kind, at: server, configuration: configuration { $0.tls.isInsecure = true })
            #expect(call.error == nil)
        }
    }

    @Test("A server that speaks plain text on the port is told as such", arguments: kinds)
    func plainServer(kind: CallKind) async throws {
        try await withServer { peer, _ in
            try await peer.write("HTTP/1.1 400 Bad Request\r\n\r\n")
            try await peer.drain()
        } _: { server in
            var server = server
            server.scheme = .https
            let call = await perform(kind, at: server)
            #expect(call.error?.cause == "\(server.authority) does not speak TLS")
            #expect(call.error?.advice == "if the server speaks plain text, use http://")
        }
    }

    @Test("A server that speaks TLS is suggested when plain text is not answered", arguments: kinds)
    func secureServer(kind: CallKind) async throws {
        try await withServer(tls: try Certificates.serverContext("good"), script: Self.answer) { server in
            var server = server
            server.scheme = .http
            let call = await perform(kind, at: server)
            #expect(call.error?.advice == "if the server speaks TLS, use https://")
        }
    }

    @Test("A connection that ends during the TLS handshake is told as such", arguments: kinds)
    func dropped(kind: CallKind) async throws {
        try await withServer { _, _ in
        } _: { server in
            var server = server
            server.scheme = .https
            let call = await perform(kind, at: server)
            #expect(call.error?.code == .unavailable)
            #expect(call.error?.origin == .tls)
        }
    }

    @Test(
        "An authority file that cannot be read is named, and nothing is sent", arguments: kinds,
        ["/nowhere.pem", #filePath])
    func noAuthority(kind: CallKind, file: String) async throws {
        try await withServer { _, _ in
        } _: { server in
            let call = await perform(kind, at: server, configuration: configuration { $0.tls.authorityFile = file })
            #expect(call.error?.cause == "no certificate authorities can be read from '\(file)'")
            #expect(call.error?.origin == .tls)
        }
    }
}
