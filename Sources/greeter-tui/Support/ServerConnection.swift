import GatewayTransport
import GreeterCore
import GreeterDemoServer
import GreeterLogging
import GreeterRetry

/// A transport to a server, and the demo server behind it where that is meant.
struct ServerConnection {
    let transport: any GreeterTransport
    /// Asks a demo server for its health where no fault strikes.
    private let health: any GreeterTransport
    private let demo: DemoServer?

    /// Starts what must be started. Does not connect yet.
    /// - Parameters:
    ///   - address: Another server than that of the settings. It is told neither the token nor the headers.
    ///   - faults: What the demo server is to do instead of the faults of the settings.
    ///   - route: What to call instead of the usual route of this kind.
    ///   - retry: Asked at the start of each call for the policy by which it is made again when it fails.
    static func open(
        _ setup: Setup, to address: ServerAddress? = nil, faults: DemoFaults? = nil, calling kind: CallKind? = nil,
        at route: String? = nil, retry: @escaping @Sendable () -> RetryPolicy, clock: any CallClock
    ) async throws(Exit) -> ServerConnection {
        var configuration = setup.gateway
        if address != nil {
            configuration.token = nil
            configuration.headers = []
        }
        if let kind, let route { configuration.routes[kind] = route }
        var address = address ?? setup.server.address
        var demo: DemoServer?
        if address.scheme == .demo {
            var demoConfiguration = setup.demo
            demoConfiguration.sparesHealth = true
            if let faults { demoConfiguration.faults = faults }
            do {
                let server = try await DemoServer.start(demoConfiguration)
                demo = server
                address = server.address
            } catch {
                throw .usage("the demo server does not start: \(error)")
            }
        }
        let transport = GatewayTransport(server: address, configuration: configuration, clock: clock)
        let retrying = RetryingTransport(
            transport, policy: retry, throttle: RetryThrottle(setup.throttle), clock: clock)
        let token = configuration.token.map { MetadataEntry("Authorization", "Bearer \($0)") }
        let logged = setup.log.map {
            LoggedTransport(retrying, to: $0, headers: [token].compactMap { $0 } + configuration.headers)
        }
        let health = demo.map { demo in
            GatewayTransport(server: demo.healthAddress, configuration: configuration, clock: clock)
        }
        return ServerConnection(transport: logged ?? retrying, health: health ?? transport, demo: demo)
    }

    /// Asks the server whether it is well. Of a demo server, no fault is used up by that.
    func checkHealth(deadline: Duration) async throws(CallError) -> HealthReport {
        try await health.checkHealth(deadline: deadline)
    }

    /// Closes every connection, and stops what was started.
    func close() async {
        await transport.shutdown()
        await health.shutdown()
        await demo?.stop()
    }
}
