import NIOPosix
public import RPCCore
package import TransportSupport

/// Calls methods over the dialect of a FastAPI gateway: JSON over HTTP/1.1 for unary calls, server-sent
/// events for server streams, WebSocket for the two kinds that stream requests. Which path a method has is in its routes.
///
/// Memory of a call: 256 requests being written, the socket's buffers, two reads' worth of replies waiting for the
/// observer, and one message of at most ``GatewayConfiguration/maximumMessageSize``.
public final class GatewayTransport: Transport {
    /// The service whose routes are those of the configuration, unless it has its own.
    public static let usualService = "helloworld.Greeter"

    public let server: ServerAddress
    private let configuration: GatewayConfiguration
    private let clock: any CallClock
    private let http: HTTPConnections
    private let tls: Result<TLSSetup, CallError>
    private let dialer: Result<Dialer, CallError>
    private let wire: WireTap?

    /// - Parameters:
    ///   - server: An address with the scheme `http` or `https`; calls to another fail.
    ///   - wire: Where what travels is told of.
    public convenience init(
        server: ServerAddress, configuration: GatewayConfiguration, clock: any CallClock = SystemClock(),
        wire: WireTap? = nil
    ) {
        self.init(server: server, configuration: configuration, clock: clock, makeResolver: nil, wire: wire)
    }

    /// - Parameter makeResolver: What resolves names; the system where it is `nil`.
    package init(
        server: ServerAddress, configuration: GatewayConfiguration, clock: any CallClock,
        makeResolver: Dialer.MakeResolver?, wire: WireTap? = nil
    ) {
        self.server = server
        self.wire = wire
        self.configuration = configuration
        self.clock = clock
        let tls = Result { () throws(CallError) in
            try TLSSetup(
                for: server, options: configuration.tls, protocols: ["http/1.1"],
                closeTimeout: configuration.closeTimeout)
        }
        self.tls = tls
        let dialer = Result { () throws(CallError) in
            try Dialer(
                to: server, through: configuration.proxies, tls: configuration.tls,
                limit: configuration.connectTimeout, makeResolver: makeResolver)
        }
        self.dialer = dialer
        self.http = HTTPConnections(
            server: server, configuration: configuration, tls: try? tls.get(), dialer: try? dialer.get(),
            wire: wire)
    }

    @discardableResult
    public func perform(_ call: Call, observer: any CallObserver) async -> CallOutcome {
        var call = call
        call.method.input = call.method.input.writing(for: call.method.routeStyle)
        return await perform(call, telling: observer)
    }

    private func perform(_ call: Call, telling observer: any CallObserver) async -> CallOutcome {
        await CallRecorder.record(for: observer, clock: clock) { recorder throws(CallError) in
            let tls = try prepare()
            let headers = try RequestHeaders(
                server: server, configuration: configuration, metadata: call.options.metadata)
            let own = call.options.method.flatMap { $0.hasPrefix("/") ? $0 : nil }
            let path = try CallRoute(of: call, own: own, configuration.routes)
            let context = CallContext(
                server: server, configuration: configuration, call: call, headers: headers,
                dialer: try dialer.get(), recorder: recorder, path: path,
                reader: ReplyReader(call.method.output, part: call.kind == .unary ? path.responseBody : nil), wire: wire
            )
            if call.kind.streamsRequests {
                return await WebSocketCall(context: context, tls: tls).run()
            }
            return await HTTPCall(context: context, http: http, tls: tls).run()
        }
    }

    public func checkHealth(deadline: Duration) async throws(CallError) -> HealthReport {
        let tls = try prepare()
        let headers = try RequestHeaders(server: server, configuration: configuration, metadata: [])
        let asking = Asking(
            server: server, configuration: configuration, headers: headers, http: http, tls: tls,
            dialer: try dialer.get(), clock: clock)
        return try await HealthCheck(asking).run(deadline: deadline)
    }

    public func document(at path: String, limit: Int, deadline: Duration) async throws(CallError) -> [UInt8]? {
        let tls = try prepare()
        let headers = try RequestHeaders(server: server, configuration: configuration, metadata: [])
        let asking = Asking(
            server: server, configuration: configuration, headers: headers, http: http, tls: tls,
            dialer: try dialer.get(), clock: clock)
        return try await asking.document(at: path, limit: limit, deadline: deadline)
    }

    public func shutdown() async {
        await http.shutdown()
    }

    /// Checks what must be right before anything is sent.
    private func prepare() throws(CallError) -> TLSSetup {
        guard server.scheme == .http || server.scheme == .https else {
            throw CallError(
                .failedPrecondition, "'\(server)' is no address of a gateway", at: .connect,
                advice: "a gateway's address begins with http:// or https://")
        }
        try Self.check(CallKind.allCases.map { configuration.routes[$0] } + [configuration.routes.health])
        try checkSubprotocols()
        return try tls.get()
    }

    private static func check(_ routes: [String]) throws(CallError) {
        for route in routes {
            guard route.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
                throw CallError(
                    .invalidArgument, "the route \(Quote.beginning(of: route)) is no path of a URL", at: .connect)
            }
        }
    }

    /// The names stand in one header, so each must be a token, and none may come twice (RFC 6455, 4.1).
    private func checkSubprotocols() throws(CallError) {
        let names = configuration.subprotocols
        guard
            let wrong = names.first(where: { !HeaderRule.isToken($0) })
                ?? names.indices.first(where: { names[..<$0].contains(names[$0]) }).map({ names[$0] })
        else { return }
        throw CallError(
            .invalidArgument, "\(Quote.beginning(of: wrong)) is no name of a subprotocol, or there twice", at: .upgrade,
            advice: "name each subprotocol once, in letters, digits and !#$%&'*+-.^_`|~")
    }
}
