import Foundation
import NIOCore
import NIOPosix
public import RPCCore

/// A Greeter service inside this process: behind the gateway's dialect, which is HTTP/1.1 and WebSocket, on one port, and
/// over native gRPC on another. The faults are those of one server: what they count, they count on both.
///
/// The network runs on one thread of the server's own. Memory is bounded for each connection, see ``StreamSession`` and
/// ``HTTPSession``; the number of connections is not. Stop it before letting go of it: the thread lives until then.
public final class DemoServer: Sendable {
    /// Where it speaks the gateway's dialect, with the port that it really has.
    public let address: ServerAddress
    /// Where it speaks gRPC, with the port that it really has.
    public let grpcAddress: ServerAddress
    /// Where it can be asked for its health without using up a fault: another port of the same host where
    /// ``DemoServerConfiguration/sparesHealth`` asks for one, else ``address``.
    public let healthAddress: ServerAddress
    private let grpc: GRPCListener
    private let group: MultiThreadedEventLoopGroup

    private init(
        address: ServerAddress, healthAddress: ServerAddress, grpc: GRPCListener, group: MultiThreadedEventLoopGroup
    ) {
        self.address = address
        self.healthAddress = healthAddress
        self.grpc = grpc
        grpcAddress = ServerAddress(scheme: .grpc, host: address.host, port: grpc.port)
        self.group = group
    }

    /// Listens, and serves until ``stop()``.
    /// - Parameter clock: What delays and time-outs are measured by; `nil` for the time of the machine.
    /// - Throws: ``DemoServerError`` when it cannot listen there.
    public static func start(
        _ configuration: DemoServerConfiguration = DemoServerConfiguration(), clock: (any CallClock)? = nil
    ) async throws(DemoServerError) -> DemoServer {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let faults = FaultRun(configuration.faults, latency: configuration.latency, seed: configuration.seed)
        let time = ServerTime(clock)
        var port = configuration.port
        do {
            let address = try await listen(configuration, faults, time, on: group)
            var healthAddress = address
            if configuration.sparesHealth {
                var elsewhere = configuration
                elsewhere.port = 0
                let faultless = FaultRun(DemoFaults(), latency: configuration.latency, seed: configuration.seed)
                healthAddress = try await listen(elsewhere, faultless, time, on: group)
            }
            port = configuration.grpcPort
            let grpc = try await GRPCListener(
                configuration, faults: faults, clock: clock ?? SystemClock(), group: group)
            return DemoServer(address: address, healthAddress: healthAddress, grpc: grpc, group: group)
        } catch {
            try? await group.shutdownGracefully()
            throw DemoServerError("cannot listen on \(configuration.host):\(port): \(reason(of: error))")
        }
    }

    /// - Returns: where it listens, with the port that it really has.
    private static func listen(
        _ configuration: DemoServerConfiguration, _ faults: FaultRun, _ time: ServerTime,
        on group: MultiThreadedEventLoopGroup
    ) async throws -> ServerAddress {
        let pipeline = ServerPipeline(configuration: configuration, faults: faults, time: time)
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
        await grpc.stop()
        // The only error is that it has been stopped before.
        try? await group.shutdownGracefully()
    }

    private static func reason(of error: any Error) -> String {
        switch error {
        case let error as IOError: String(cString: strerror(error.errnoCode))
        case is SocketAddressError, is SocketAddressError.UnknownHost: "there is no such address"
        case let error: String(describing: error)
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
