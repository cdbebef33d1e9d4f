import Foundation
import GatewayTransport
import GreeterCore
import GreeterDemoServer
import GreeterRetry

/// A transport to the server of the options, and the demo server behind it where that is meant.
struct ServerConnection {
    let transport: any GreeterTransport
    private let demo: DemoServer?

    /// Starts what must be started. Does not connect yet.
    /// - Parameters:
    ///   - route: What to call instead of the usual route of this kind.
    ///   - surroundings: Where the token may be, and what time it is.
    ///   - retry: Asked at the start of each call for the policy by which it is made again when it fails.
    static func open(
        _ options: ServerOptions, calling kind: CallKind? = nil, at route: String? = nil,
        in surroundings: Surroundings, retry: @escaping @Sendable () -> RetryPolicy
    ) async throws(Exit) -> ServerConnection {
        var address = try options.address()
        var configuration = try options.gatewayConfiguration(environment: surroundings.environment)
        configuration.seed = surroundings.repetition?.seed
        if let kind, let route { configuration.routes[kind] = route }
        var demo: DemoServer?
        if address.scheme == .demo {
            var demoConfiguration = try options.demoConfiguration()
            demoConfiguration.latency = surroundings.repetition?.latency
            demoConfiguration.seed = demoConfiguration.seed ?? surroundings.repetition?.seed
            do {
                let server = try await DemoServer.start(demoConfiguration, clock: surroundings.demoClock)
                demo = server
                address = server.address
                if let repetition = surroundings.repetition {
                    address.actualPort = address.port
                    address.port = repetition.demoPort
                }
            } catch {
                throw .usage("the demo server does not start: \(error)")
            }
        }
        let transport = GatewayTransport(server: address, configuration: configuration, clock: surroundings.clock)
        return ServerConnection(
            transport: RetryingTransport(
                transport, policy: retry, clock: surroundings.clock, random: surroundings.makeRandom), demo: demo)
    }

    /// Closes every connection, and stops what was started.
    func close() async {
        await transport.shutdown()
        await demo?.stop()
    }
}
