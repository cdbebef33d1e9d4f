import DemoServer
import Foundation
import GRPCTransport
import GatewayTransport
import Plans
import RPCCore
import TestSupport
import Testing

@Suite("Calls through a proxy", .timeLimit(.minutes(10)))
struct ProxyTests {
    static let cells: [ProxyCell] = [false, true].flatMap { isNative in
        [
            ProxyCell(scheme: "http://", manner: .http(), isNative: isNative),
            ProxyCell(
                scheme: "http://ana:p%40ss@",
                manner: .http(authorization: "Basic " + Data("ana:p@ss".utf8).base64EncodedString()), isNative: isNative
            ),
            ProxyCell(scheme: "socks5://", manner: .socks(), isNative: isNative),
            ProxyCell(
                scheme: "socks5h://ana:p%40ss@", manner: .socks(user: "ana", password: "p@ss"), isNative: isNative),
        ]
    }

    private static func transport(_ proxies: ProxySettings, to server: ServerAddress) -> any Transport {
        server.scheme.dialect == .grpc
            ? GRPCTransport(server: server, configuration: patient { $0.proxies = proxies })
            : GatewayTransport(
                server: server, configuration: GatewayConfiguration(connectTimeout: .seconds(100), proxies: proxies))
    }

    private static func through(_ text: String) throws -> ProxySettings {
        ProxySettings(.proxy(try ProxyAddress(parsing: text, origin: "--proxy")), environment: [:])
    }

    @Test("every kind of call goes through, and nothing goes around", arguments: cells)
    func calls(cell: ProxyCell) async throws {
        let demo = try await DemoServer.start()
        try await TestProxy.run(cell.manner) { proxy, port in
            let server = cell.isNative ? demo.grpcAddress : demo.address
            let transport = Self.transport(try Self.through("\(cell.scheme)127.0.0.1:\(port)"), to: server)
            for kind in CallKind.allCases {
                let log = EventLog()
                let outcome = await transport.perform(
                    Call(kind, PlanRun(names: ["Ana"]), options: CallOptions(deadline: .seconds(50))), observer: log)
                #expect(outcome.error == nil, "\(kind)")
                #expect(log.received.contains { $0.summary.contains("Ana") }, "\(kind)")
            }
            _ = try await transport.checkHealth(deadline: .seconds(50))
            await transport.shutdown()
            #expect(!proxy.asked.isEmpty)
            #expect(proxy.asked.allSatisfy { $0.contains("127.0.0.1:\(server.port)") }, "\(proxy.asked)")
        }
        await demo.stop()
    }

    @Test("a proxy that resolves names is told the name", arguments: [false, true])
    func names(isNative: Bool) async throws {
        let demo = try await DemoServer.start()
        try await TestProxy.run(.socks()) { proxy, port in
            var server = isNative ? demo.grpcAddress : demo.address
            server.host = "greeter.invalid"
            let transport = Self.transport(try Self.through("socks5h://127.0.0.1:\(port)"), to: server)
            let outcome = await transport.perform(
                Call(.bidirectional, PlanRun(names: ["Ana"]), options: CallOptions(deadline: .seconds(50))),
                observer: EventLog())
            #expect(outcome.error == nil)
            #expect(proxy.asked == ["SOCKS greeter.invalid:\(server.port)"])
            await transport.shutdown()
        }
        await demo.stop()
    }

    static let faults = [
        ProxyFault("HTTP/1.1 407 Who\r\n\r\n", .unauthenticated, "answered HTTP 407 Who"),
        ProxyFault("HTTP/1.1 403 Not there\r\n\r\n", .permissionDenied, "answered HTTP 403 Not there"),
        ProxyFault("HTTP/1.1 502 Bad Gateway\r\n\r\n", .unavailable, "answered HTTP 502 Bad Gateway"),
        ProxyFault("HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n", .failedPrecondition, "answered HTTP 302 Found"),
        ProxyFault("SSH-2.0-x\r\n", .failedPrecondition, "does not answer CONNECT as an HTTP proxy does"),
        ProxyFault("HTTP/1.1 2x0 OK\r\n\r\n", .failedPrecondition, "does not answer CONNECT as an HTTP proxy does"),
        ProxyFault("HTTP/1.1 200 OK\r\n", .unavailable, "closed the connection without an answer"),
        ProxyFault("", .unavailable, "closed the connection without an answer"),
        ProxyFault(
            "HTTP/1.1 200 OK\r\nX: " + String(repeating: "x", count: 20_000), .failedPrecondition,
            "answered CONNECT with a head of more than 16 KiB"),
        ProxyFault(
            .socks(user: "ana", password: "x"), "socks5", .unauthenticated, "takes none of the ways to say who asks"),
        ProxyFault(
            .socks(user: "ana", password: "x"), "socks5://ana:y@", .unauthenticated, "refuses the user and the password"
        ),
        ProxyFault(.saying([5, 0, 5, 2]), "socks5", .permissionDenied, "does not allow the connection"),
        ProxyFault(.saying([5, 0, 5, 4]), "socks5", .unavailable, "cannot reach the host"),
        ProxyFault(.saying([5, 0, 5, 5]), "socks5", .unavailable, "says that the server refuses the connection"),
        ProxyFault(.saying([4, 0]), "socks5", .failedPrecondition, "does not speak SOCKS 5"),
        ProxyFault(.saying([5]), "socks5", .unavailable, "closed the connection without an answer"),
    ]

    @Test("what is the proxy's fault is told as the proxy's, with its address and who named it", arguments: faults)
    func blamed(fault: ProxyFault) async throws {
        try await TestProxy.run(fault.manner) { proxy, port in
            let beginning = fault.scheme.contains("://") ? fault.scheme : fault.scheme + "://"
            let proxies = try Self.through("\(beginning)127.0.0.1:\(port)")
            for text in ["http://127.0.0.1:1", "grpc://127.0.0.1:1"] {
                let transport = Self.transport(proxies, to: try ServerAddress(parsing: text))
                let error = await transport.perform(
                    Call(.bidirectional, PlanRun(names: ["Ana"]), options: CallOptions(deadline: .seconds(50))),
                    observer: EventLog()
                ).error
                #expect(error?.code == fault.code)
                #expect(error?.origin == .proxy)
                #expect(
                    error?.cause.contains("the proxy 127.0.0.1:\(port) (--proxy) \(fault.cause)") == true,
                    "\(error?.cause ?? "")")
                #expect(error?.advice != nil)
                await transport.shutdown()
            }
        }
    }

    @Test("a proxy that says nothing is given up within the connect limit", arguments: ["http", "socks5"])
    func silence(scheme: String) async throws {
        try await TestProxy.run(.silent) { _, port in
            let proxies = try Self.through("\(scheme)://127.0.0.1:\(port)")
            let grpc = GRPCTransport(
                server: ServerAddress(scheme: .grpc, host: "127.0.0.1", port: 1),
                configuration: GRPCConfiguration(connectTimeout: .seconds(3), proxies: proxies))
            let gateway = GatewayTransport(
                server: ServerAddress(scheme: .https, host: "127.0.0.1", port: 1),
                configuration: GatewayConfiguration(connectTimeout: .seconds(3), proxies: proxies))
            for (transport, kind) in [
                (grpc as any Transport, CallKind.unary), (gateway, .unary), (gateway, .bidirectional),
            ] {
                let error = await transport.perform(
                    Call(kind, PlanRun(names: ["Ana"]), options: CallOptions(deadline: .seconds(50))),
                    observer: EventLog()
                ).error
                #expect(error?.code == .unavailable)
                #expect(error?.origin == .proxy)
                #expect(
                    error?.cause.hasPrefix("no answer of the proxy 127.0.0.1:\(port) (--proxy) to") == true,
                    "\(error?.cause ?? "")")
            }
            await grpc.shutdown()
            await gateway.shutdown()
        }
    }

    @Test("a proxy that is not there is named")
    func absent() async throws {
        let port = try ClosedPort()
        let proxies = try Self.through("http://127.0.0.1:\(port.address.port)")
        for text in ["http://greeter.example", "https://greeter.example", "grpc://greeter.example"] {
            let transport = Self.transport(proxies, to: try ServerAddress(parsing: text))
            for kind in CallKind.allCases {
                let error = await transport.perform(
                    Call(kind, PlanRun(names: ["Ana"]), options: CallOptions(deadline: .seconds(50))),
                    observer: EventLog()
                ).error
                #expect(
                    error?.cause
                        == "no connection to the proxy 127.0.0.1:\(port.address.port) (--proxy): connection refused")
                #expect(error?.origin == .proxy)
            }
            await transport.shutdown()
        }
    }
}

/// A way through a proxy.
struct ProxyCell: Sendable, CustomTestStringConvertible {
    var scheme: String
    var manner: TestProxy.Manner
    var isNative: Bool

    var testDescription: String { "\(scheme) \(isNative ? "gRPC" : "gateway")" }
}

/// What a proxy may do instead of connecting.
struct ProxyFault: Sendable, CustomTestStringConvertible {
    var manner: TestProxy.Manner
    var scheme = "http"
    var code: StatusCode
    var cause: String

    var testDescription: String { cause }

    init(_ manner: TestProxy.Manner, _ scheme: String = "http", _ code: StatusCode, _ cause: String) {
        (self.manner, self.scheme, self.code, self.cause) = (manner, scheme, code, cause)
    }

    init(_ text: String, _ code: StatusCode, _ cause: String) {
        self.init(.saying(Array(text.utf8)), "http", code, cause)
    }
}
