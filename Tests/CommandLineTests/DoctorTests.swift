import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import RPCCore
import TestSupport
import Testing

@Suite("doctor", .timeLimit(.minutes(10)))
struct DoctorTests {
    /// The steps of a report with their marks, and its lines by step.
    private func report(
        _ arguments: [String]
    ) async throws -> (result: Executable.Result, marks: [String], lines: [String: String]) {
        let result = try await Executable.run(["doctor"] + arguments)
        var lines: [String: String] = [:]
        let marks = result.lines.map { line -> String in
            let words = line.split(separator: " ", omittingEmptySubsequences: true)
            lines[String(words[1])] = line
            return "\(words[0]) \(words[1])"
        }
        return (result, marks, lines)
    }

    private static let calls = ["unary", "server-stream", "client-stream", "bidi"]
    private static let steps = ["resolve", "connect", "TLS", "health", "HTTP/2", "upgrade"] + calls

    @Test("every check of the demo server passes, in both behaviours", arguments: ["guide", "per-message"])
    func well(behaviour: String) async throws {
        let (result, marks, lines) = try await report(["--demo-behaviour", behaviour])
        #expect(result.status == 0)
        #expect(marks == Self.steps.map { ["TLS", "HTTP/2"].contains($0) ? "- \($0)" : "ok \($0)" })
        #expect(lines["resolve"]?.hasSuffix("127.0.0.1") == true)
        #expect(lines["health"]?.hasSuffix("Service is healthy") == true)
        #expect(lines["upgrade"]?.hasSuffix("WebSocket at /v1/helloworld/ws") == true)
        for kind in Self.calls { #expect(lines[kind]?.contains("Hello, doctor!") == true) }
        #expect(result.errors.hasPrefix("greeter-tui: every check of http://127.0.0.1:"))
    }

    @Test("every check of the demo server passes over gRPC")
    func wellOverGRPC() async throws {
        let (result, marks, lines) = try await report(["--server", "demo:grpc"])
        #expect(result.status == 0)
        #expect(marks == Self.steps.map { ["TLS", "upgrade"].contains($0) ? "- \($0)" : "ok \($0)" })
        #expect(lines["health"]?.hasSuffix("SERVING") == true)
        let settings =
            #/MAX_CONCURRENT_STREAMS .+, INITIAL_WINDOW_SIZE \d+, MAX_HEADER_LIST_SIZE \d+; a PING answered after \d/#
        #expect(lines["HTTP/2"]?.contains(settings) == true)
        for kind in Self.calls { #expect(lines[kind]?.contains("Hello, doctor!") == true) }
    }

    @Test("tells a gRPC service from a gateway, and so does a call")
    func serviceForGateway() async throws {
        let server = try ScriptedGRPCServer(.endsEarly)
        let gateway = "http://\(server.address.authority)"
        let (result, marks, lines) = try await report(["--server", gateway])
        #expect(result.status > 64)
        #expect(marks.prefix(4) == ["ok resolve", "ok connect", "- TLS", "FAILED health"])
        let said =
            "speaks HTTP/2 alone, as gRPC services do, and is no gateway; try: a gRPC service is called with grpc://"
        for step in ["health", "unary", "server-stream"] {
            #expect(lines[step]?.contains(said) == true, "\(result.output)")
        }
        let call = try await Executable.run(["call", "unary", "Ana", "--server", gateway, "--retry", "off"])
        #expect(call.errors.contains("speaks HTTP/2 alone, as gRPC services do"), "\(call.errors)")
        #expect(!call.errors.contains("https://"))
    }

    @Test("a gRPC server without the Greeter is well, unless one of its methods was asked for")
    func otherService() async throws {
        let server = try ScriptedGRPCServer(.lacksAll)
        let (result, marks, lines) = try await report(["--server", "\(server.address)"])
        #expect(result.status == 0, "\(result.output)")
        #expect(marks.suffix(4) == Self.calls.map { "- \($0)" })
        #expect(lines["unary"]?.contains("the server answers, and has no helloworld.Greeter/SayHello") == true)
        #expect(result.errors.contains("4 methods that it does not have were not called"))
        let (asked, askedMarks, _) = try await report(["--server", "\(server.address)", "--method", "unary=my.Own/Say"])
        #expect(asked.status == 64 + 12)
        #expect(askedMarks.suffix(4) == ["FAILED unary"] + Self.calls.dropFirst().map { "- \($0)" })
    }

    @Test("a forgotten grpc:// is told by every command, and a list looked for in vain is not asked for then")
    func forgottenScheme() async throws {
        let server = try ScriptedGRPCServer(.endsEarly)
        let result = try await Executable.run(["list", "--server", server.address.authority])
        #expect(result.status > 64)
        #expect(
            result.errors.contains("speaks HTTP/2 alone, as gRPC services do, and is no gateway"), "\(result.errors)")
        #expect(result.errors.contains("is called with grpc://"))
        #expect(!result.errors.contains("TLS") && !result.errors.contains("services.json"))
    }

    @Test("where nobody has named a server, that is what is said of a method that is not there")
    func noServer() async throws {
        let folder = try Folder()
        let plan = try folder.write("method: my.own.v1.Service/Call\nrequests:\n- {a: 1}\n", to: "plan.yaml")
        let advice =
            "try: no server is named, so the demo server inside this program was asked; name yours with --server"
        for arguments in [["call", "--plan", plan], ["call", "my.own.v1.Service/Call", "-d", "{}"]] {
            let result = try await Executable.run(arguments)
            #expect(result.status == 2 && result.errors.contains(advice), "\(result.errors)")
            let named = try await Executable.run(arguments + ["--server", "demo:"])
            #expect(named.status == 2 && !named.errors.contains(advice), "\(named.errors)")
        }
    }

    @Test("of a server that speaks HTTP and drops a request, TLS is not suspected")
    func dropped() async throws {
        // Answers what has no body, and closes on everything else.
        let answer = Array("HTTP/1.1 426 Upgrade Required\r\nContent-Length: 0\r\n\r\n".utf8)
        let output = try await withRequests({ $0.hasPrefix("POST") ? [] : answer }) { server in
            let result = try await Executable.run(["call", "unary", "Ana", "--server", server, "--retry", "off"])
            return result.errors
        }
        #expect(output.contains("the server closed the connection without an answer"), "\(output)")
        #expect(output.contains("try: it speaks HTTP/1.1, and may not have this route"), "\(output)")
        #expect(!output.contains("https://"))
    }

    @Test("tells a gateway from the gRPC service behind it")
    func gatewayForService() async throws {
        let server = try Executable.start(["serve"])
        let address = try ServerAddress(parsing: await server.nextLine())
        let (result, marks, lines) = try await report(["--server", "grpc://\(address.authority)"])
        #expect(result.status > 64)
        #expect(marks.prefix(4) == ["ok resolve", "ok connect", "- TLS", "FAILED health"])
        #expect(
            lines["unary"]?.contains("speaks HTTP/1.1, and no gRPC; try: a gateway is spoken to with http://") == true)
        server.send(SIGTERM)
        #expect(await server.result().status == 0)
    }

    @Test("prints a JSON object for each step")
    func printsJSON() async throws {
        let port = try ClosedPort()
        for (arguments, failed) in [([], nil), (["--server", "\(port.address)"], "connect")] as [([String], String?)] {
            let result = try await Executable.run(["doctor", "--output", "json"] + arguments)
            let objects = try result.lines.map { line in
                try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            }
            #expect(objects.map { $0["step"] as? String } == Self.steps)
            for object in objects {
                #expect(object["detail"] is String)
                let isFailed = object["step"] as? String == failed
                #expect((object["result"] as? String == "failed") == isFailed)
                #expect((object["status"] as? String) == (isFailed ? "UNAVAILABLE" : nil))
                #expect((object["code"] as? Int) == (isFailed ? 14 : nil))
                #expect((object["advice"] != nil) == isFailed)
            }
        }
        withExtendedLifetime(port) {}
    }

    @Test("says of a port where nobody listens what to check, and tries nothing more")
    func deadPort() async throws {
        let port = try ClosedPort()
        let (result, marks, lines) = try await report(["--server", "\(port.address)"])
        #expect(result.status == 64 + 14)
        #expect(marks == ["ok resolve", "FAILED connect"] + Self.steps.dropFirst(2).map { "- \($0)" })
        #expect(lines["connect"]?.contains("connection refused; try: check that the server runs there") == true)
        #expect(lines["bidi"]?.hasSuffix("not tried: connect failed") == true)
        #expect(result.errors == "greeter-tui: 1 step failed\n")
        withExtendedLifetime(port) {}
    }

    @Test("says of a name that has no address to check its spelling")
    func noName() async throws {
        let (result, marks, lines) = try await report(["--server", "http://nosuch.invalid"])
        #expect(result.status == 64 + 14)
        #expect(marks == ["FAILED resolve"] + Self.steps.dropFirst().map { "- \($0)" })
        #expect(lines["resolve"]?.contains("try: check the spelling of the host name and the network") == true)
    }

    @Test("tells a plain-text server from one that speaks TLS, and a server without the routes from none")
    func wrongServers() async throws {
        let server = try Executable.start(["serve"])
        let address = try ServerAddress(parsing: await server.nextLine())
        let (plain, marks, lines) = try await report(["--server", "https://\(address.authority)"])
        #expect(plain.status == 64 + 9)
        #expect(marks.prefix(3) == ["ok resolve", "ok connect", "FAILED TLS"])
        #expect(lines["TLS"]?.contains("does not speak TLS; try: if the server speaks plain text, use http://") == true)

        let folder = try Folder()
        let routes = (Self.calls + ["health"]).map { "\($0): /nowhere" }.joined(separator: ", ")
        let file = try folder.write("routes: {\(routes)}", to: "config.yaml")
        let (missing, missingMarks, missingLines) = try await report(["--server", "\(address)", "--config", file])
        #expect(missing.status == 64 + 7)
        #expect(
            missingMarks == ["ok resolve", "ok connect", "- TLS", "ok health", "- HTTP/2", "FAILED upgrade"]
                + Self.calls.map { "FAILED \($0)" })
        #expect(missingLines["health"]?.hasSuffix("no health route (HTTP 404)") == true)
        #expect(missingLines["unary"]?.contains("try: check the route /nowhere") == true)
        #expect(missing.errors == "greeter-tui: 5 steps failed\n")
        server.send(SIGTERM)
        #expect(await server.result().status == 0)
    }

    @Test("shows a certificate that is not trusted, and goes on where it need not be")
    func certificate() async throws {
        let server = try await HandshakeServer(certificate: "self-signed")
        let (refused, marks, lines) = try await report(["--server", server.url])
        #expect(refused.status == 64 + 9)
        #expect(marks.prefix(4) == ["ok resolve", "ok connect", "FAILED TLS", "- health"])
        let line = try #require(lines["TLS"])
        #expect(line.contains("is signed by nobody but itself (TLS 1.3, "))
        #expect(
            line.contains(
                #/CN=localhost, signed by itself, valid until \d{4}-\d\d-\d\d \(in \d+ days\)\); try: trust it with --ca FILE/#
            ))
        let (insecure, insecureMarks, insecureLines) = try await report(["--server", server.url, "--insecure"])
        #expect(insecureMarks.prefix(4) == ["ok resolve", "ok connect", "ok TLS", "FAILED health"])
        #expect(insecureLines["TLS"]?.hasSuffix(", not checked") == true)
        #expect(insecure.status > 64)
        try await server.stop()
    }

    @Test("waits for no step longer than it may")
    func limits() async throws {
        let silent = try ClosedPort(takesConnections: true)
        let (result, marks, lines) = try await report(["--server", "\(silent.address)", "--deadline", "100ms"])
        #expect(result.status == 64 + 4)
        #expect(
            marks == ["ok resolve", "ok connect", "- TLS", "FAILED health", "- HTTP/2"]
                + (["upgrade"] + Self.calls).map { "FAILED \($0)" })
        #expect(lines["health"]?.contains("DEADLINE_EXCEEDED") == true)
        withExtendedLifetime(silent) {}
    }

    @Test("shows no token")
    func hidesToken() async throws {
        let result = try await Executable.run(["doctor"], environment: ["GREETER_TUI_TOKEN": "doctor"])
        #expect(result.status == 0)
        #expect(result.output.contains("Hello, [redacted]!"))
    }
}

/// A server that makes TLS handshakes and closes what comes after them.
private final class HandshakeServer: Sendable {
    let url: String
    private let channel: any Channel

    init(certificate: String) async throws {
        let context = try NIOSSLContext(
            configuration: .makeServerConfiguration(
                certificateChain: NIOSSLCertificate.fromPEMFile(Certificates.path(certificate)).map {
                    .certificate($0)
                },
                privateKey: .privateKey(NIOSSLPrivateKey(file: Certificates.path(certificate + ".key"), format: .pem))))
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
                    try channel.pipeline.syncOperations.addHandler(CloseOnData())
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        url = "https://localhost:\(channel.localAddress?.port ?? 0)"
    }

    func stop() async throws {
        try await channel.close()
    }
}

private final class CloseOnData: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        context.close(promise: nil)
    }
}
