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
            let demoConfiguration = try options.demoConfiguration()
            do {
                let server = try await DemoServer.start(demoConfiguration)
                demo = server
                address = server.address
            } catch {
                throw .usage("the demo server does not start: \(error)")
            }
        }
        let transport = GatewayTransport(server: address, configuration: configuration, clock: clock)
        return ServerConnection(
            transport: RetryingTransport(transport, policy: retry, clock: clock), demo: demo)
    }

    /// Closes every connection, and stops what was started.
    func close() async {
        await transport.shutdown()
        await demo?.stop()
    }
}
