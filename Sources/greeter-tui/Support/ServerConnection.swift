import Foundation
import GatewayTransport
import GreeterCore
import GreeterDemoServer
import GreeterRetry

/// A transport to the server of the options, and the demo server behind it where that is meant.
struct ServerConnection {
    let transport: any GreeterTransport
    /// Asks a demo server for its health where no fault strikes.
    private let health: any GreeterTransport
    private let demo: DemoServer?

    /// Starts what must be started. Does not connect yet.
    /// - Parameters:
    ///   - route: What to call instead of the usual route of this kind.
    ///   - environment: Where the token may be.
    ///   - retry: Asked at the start of each call for the policy by which it is made again when it fails.
    static func open(
        _ options: ServerOptions, calling kind: CallKind? = nil, at route: String? = nil,
        environment: [String: String] = ProcessInfo.processInfo.environment,
        retry: @escaping @Sendable () -> RetryPolicy, clock: any CallClock
    ) async throws(Exit) -> ServerConnection {
        var address = try options.address()
        var configuration = try options.gatewayConfiguration(environment: environment)
        if let kind, let route { configuration.routes[kind] = route }
        var demo: DemoServer?
        if address.scheme == .demo {
            var demoConfiguration = try options.demoConfiguration()
            demoConfiguration.sparesHealth = true
            do {
                let server = try await DemoServer.start(demoConfiguration)
                demo = server
                address = server.address
            } catch {
                throw .usage("the demo server does not start: \(error)")
            }
        }
        let transport = GatewayTransport(server: address, configuration: configuration, clock: clock)
        let health = demo.map { demo in
            GatewayTransport(server: demo.healthAddress, configuration: configuration, clock: clock)
        }
        return ServerConnection(
            transport: RetryingTransport(transport, policy: retry, clock: clock), health: health ?? transport,
            demo: demo)
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
