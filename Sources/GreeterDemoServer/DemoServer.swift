import Foundation
public import GreeterCore
import NIOCore
import NIOPosix

/// A Greeter service behind the gateway's dialect, inside this process: HTTP/1.1 and WebSocket on one port.
///
/// Everything runs on one thread of the server's own. Memory is bounded for each connection, see ``StreamSession`` and
/// ``HTTPSession``; the number of connections is not. Stop it before letting go of it: the thread lives until then.
public final class DemoServer: Sendable {
    /// Where it listens, with the port that it really has.
    public let address: ServerAddress
    /// Where it can be asked for its health without using up a fault: another port of the same host where
    /// ``DemoServerConfiguration/sparesHealth`` asks for one, else ``address``.
    public let healthAddress: ServerAddress
    private let group: MultiThreadedEventLoopGroup

    private init(address: ServerAddress, healthAddress: ServerAddress, group: MultiThreadedEventLoopGroup) {
        self.address = address
        self.healthAddress = healthAddress
        self.group = group
    }

    /// Listens, and serves until ``stop()``.
    /// - Throws: ``DemoServerError`` when it cannot listen there.
    public static func start(
        _ configuration: DemoServerConfiguration = DemoServerConfiguration()
    ) async throws(DemoServerError) -> DemoServer {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        do {
            let address = try await listen(configuration, on: group)
            var healthAddress = address
            if configuration.sparesHealth {
                var faultless = configuration
                faultless.faults = DemoFaults()
                faultless.port = 0
                healthAddress = try await listen(faultless, on: group)
            }
            return DemoServer(address: address, healthAddress: healthAddress, group: group)
        } catch {
            try? await group.shutdownGracefully()
            throw DemoServerError("cannot listen on \(configuration.host):\(configuration.port): \(reason(of: error))")
        }
    }

    /// - Returns: where it listens, with the port that it really has.
    private static func listen(
        _ configuration: DemoServerConfiguration, on group: MultiThreadedEventLoopGroup
    ) async throws -> ServerAddress {
        let pipeline = ServerPipeline(configuration: configuration)
        let channel = try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 256)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try pipeline.configure(channel) }
            }
            .bind(host: configuration.host, port: configuration.port)
            .get()
        return ServerAddress(
            scheme: .http, host: configuration.host, port: channel.localAddress?.port ?? configuration.port)
    }

    /// Closes every connection at once, whatever it is doing, and stops listening. May be called again.
    public func stop() async {
        // The only error is that it has been stopped before.
        try? await group.shutdownGracefully()
    }

    private static func reason(of error: any Error) -> String {
        switch error {
        case let error as IOError: String(cString: strerror(error.errnoCode))
        case is SocketAddressError, is SocketAddressError.UnknownHost: "there is no such address"
        default: String(describing: error)
        }
    }
}

/// Why the demo server could not start.
public struct DemoServerError: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
