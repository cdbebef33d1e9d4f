import CallLogging
import DemoServer
import GRPCTransport
import GatewayTransport
import Greeter
import History
import Plans
import ProtobufSchema
import RPCCore
import Retry
import TransportSupport

/// A way to a server, and the demo server behind it where that is meant.
struct ServerConnection: Transport {
    /// Asks the server itself for its health, too, where faults of a demo server may strike.
    let calls: InterceptedTransport
    /// Asks a demo server for its health where no fault strikes.
    private let spared: InterceptedTransport?
    private let demo: DemoServer?
    /// The way on which the server is asked what services it has: nothing is recorded, tried again or told, and at the gateway of a
    /// demo server no fault is used up by that.
    let bare: any Transport
    /// What finds out what a server speaks that was not understood.
    private let speech: SpeechInterceptor?

    /// What may be known of the services of the server without asking it: those of a demo server are in this program, and `serve` may run
    /// anywhere. The Greeter of others may have other messages.
    var definitions: [DescriptorFile] {
        let files = (try? DescriptorSet.files(in: ServiceDescriptors.set)) ?? []
        return demo == nil ? files.filter { !$0.services.contains(Greeter.method(.unary).ref.service) } : files
    }

    /// Starts what must be started. Does not connect yet.
    /// - Parameters:
    ///   - address: Another server than that of the settings. It is told neither the token nor the headers, nor who we are.
    ///   - sharesCredentials: Whether that server is told all of it nevertheless.
    ///   - faults: What the demo server is to do instead of the faults of the settings.
    ///   - surroundings: What time it is, and what makes runs alike.
    ///   - history: Where calls are recorded; nowhere where it is `nil`.
    ///   - wire: Where what travels is told of, but for the health of a demo server.
    ///   - reflecting: How the server is asked for types of messages in replies that their method does not know; it is not, unless given.
    ///   - retry: Asked at the start of each call for the policy by which it is made again when it fails.
    static func open(
        _ setup: Setup, to address: ServerAddress? = nil, sharesCredentials: Bool = false, faults: DemoFaults? = nil,
        in surroundings: Surroundings, history: HistoryStore? = nil, wire: WireTap? = nil,
        reflecting: SchemaOptions? = nil,
        retry: @escaping @Sendable () -> RetryPolicy
    ) async throws(Exit) -> ServerConnection {
        var transports = Transports(setup: setup, isOther: address != nil && !sharesCredentials, in: surroundings)
        let name = address.map { $0.scheme.isDemo ? $0.scheme.rawValue : "\($0)" } ?? setup.server.settingText
        var address = address ?? setup.server.address
        let demo = address.scheme.isDemo ? try await start(setup.demo, faults, in: surroundings) : nil
        if let demo {
            address = address.scheme.dialect == .grpc ? demo.grpcAddress : demo.address
            transports.goDirectly()
        }
        let transport = transports.make(to: surroundings.shown(address, isDemo: demo != nil), telling: wire)
        let spared = demo.map { transports.make(to: surroundings.shown($0.healthAddress, isDemo: true)) }
        let (server, headers) = (transport.server, transports.headers)
        let bare = server.scheme.dialect == .gateway ? spared ?? transport : transport
        let types = try reflecting.flatMap { options throws(Exit) in
            try ServerTypes(options, over: bare, clock: surroundings.clock)
        }
        let speech =
            demo == nil && !server.scheme.isSecure
            ? SpeechInterceptor(
                probe: ServerProbe(
                    server: server, tls: setup.gateway.tls, proxies: setup.gateway.proxies, clock: surroundings.clock),
                server: server) : nil
        // From who makes a call down to the wire. Each sees the call as those before it have changed it, and is told what those
        // after it tell.
        let interceptors: [(any CallInterceptor)?] = [
            // Keeps what who makes the call is told: all attempts as one call. What it has to say itself is not for the log.
            history.map { RecordInterceptor(in: $0, server: name) },
            // A call has one number in it, with all its attempts.
            setup.log.map { LogInterceptor(to: $0, server: server, headers: headers, redaction: setup.redaction) },
            // Goes by the numbers of requests in the call, whichever attempt has sent them.
            CorrelationInterceptor(),
            // Looks at a server that has failed, after the last attempt.
            speech,
            // Makes several calls of one: what is below sees every attempt as a call, what is above never more than one.
            RetryInterceptor(
                policy: retry, throttle: RetryThrottle(setup.throttle), clock: surroundings.clock,
                random: surroundings.makeRandom),
            // Next to what tells of messages, so that nobody above is told a secret.
            RedactionInterceptor(setup.redaction),
            // What it makes readable may have a secret in it.
            types.map { TypeLookupInterceptor(types: $0) },
            GatewayPort.Interceptor(server: server),
        ]
        let list = interceptors.compactMap(\.self)
        return ServerConnection(
            calls: InterceptedTransport(transport, list),
            spared: spared.map { InterceptedTransport($0, list) }, demo: demo,
            bare: bare, speech: speech)
    }

    private static func start(
        _ configuration: DemoServerConfiguration, _ faults: DemoFaults?, in surroundings: Surroundings
    ) async throws(Exit) -> DemoServer {
        var configuration = configuration
        configuration.sparesHealth = true
        configuration.latency = surroundings.repetition?.latency
        configuration.seed = configuration.seed ?? surroundings.repetition?.seed
        if let faults { configuration.faults = faults }
        do {
            return try await DemoServer.start(configuration, clock: surroundings.demoClock)
        } catch {
            throw .usage("the demo server does not start: \(error)")
        }
    }

    var server: ServerAddress { calls.server }

    /// Whether the server is the one inside this program.
    var isDemo: Bool { demo != nil }

    @discardableResult
    func perform(_ call: Call, observer: any CallObserver) async -> CallOutcome {
        await calls.perform(call, observer: observer)
    }

    /// An error of the server, with what it speaks where that is found out.
    func explained(_ error: CallError) async -> CallError { await speech?.explained(error) ?? error }

    /// Makes a health check. Of a demo server, no fault is used up by that.
    func checkHealth(deadline: Duration) async throws(CallError) -> HealthReport {
        try await (spared ?? calls).checkHealth(deadline: deadline)
    }

    /// Closes every connection, and stops what was started.
    func shutdown() async {
        await calls.shutdown()
        await spared?.shutdown()
        await demo?.stop()
    }
}

/// Makes transports as the settings say, in the dialect of the address.
private struct Transports {
    private var gateway: GatewayConfiguration
    private var grpc: GRPCConfiguration
    private let clock: any CallClock

    /// - Parameter isOther: Whether they lead to another server than that of the settings.
    init(setup: Setup, isOther: Bool, in surroundings: Surroundings) {
        (gateway, grpc, clock) = (setup.gateway, setup.grpc, surroundings.clock)
        gateway.seed = surroundings.repetition?.seed
        guard isOther else { return }
        (gateway.token, grpc.token) = (nil, nil)
        (gateway.headers, grpc.metadata) = ([], [])
        gateway.subprotocols = []
        let tls = TLSOptions(authorityFile: gateway.tls.authorityFile, isInsecure: gateway.tls.isInsecure)
        (gateway.tls, grpc.tls) = (tls, tls)
    }

    /// Goes through no proxy: the server is inside this program.
    mutating func goDirectly() {
        (gateway.proxies, grpc.proxies) = (ProxySettings(), ProxySettings())
    }

    /// The headers that are sent with every call, credentials and all.
    var headers: [MetadataEntry] {
        let token = gateway.token.map { MetadataEntry("Authorization", "Bearer \($0)") }
        return [token].compactMap { $0 } + gateway.headers
    }

    func make(to address: ServerAddress, telling wire: WireTap? = nil) -> any Transport {
        WatchedTransport(clock: clock) { [gateway, grpc, clock] in
            switch address.scheme.dialect {
            case .gateway: GatewayTransport(server: address, configuration: gateway, clock: clock, wire: wire)
            case .grpc: GRPCTransport(server: address, configuration: grpc, clock: clock, wire: wire)
            }
        }
    }
}
