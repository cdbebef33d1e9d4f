import Foundation
import GRPCCore
import GRPCNIOTransportHTTP2Posix
import GreeterCore
import NIOCore
import NIOPosix
import TransportSupport

/// The demo server's side that speaks gRPC: greetings, health and reflection on a port of its own.
///
/// Memory of a connection: what the library holds, which is 1 MiB that a client may send ahead on each stream, and at most
/// one message of ``messageLimit`` a stream; and the answers to PINGs that a client does not read, see ``PingAnswerer``.
final class GRPCListener: Sendable {
    /// The longest message that is taken, in bytes.
    private static let messageLimit = 16 * 1024 * 1024

    /// The port that it really has.
    let port: Int
    private let streams: StreamRegistry
    private let task: Task<Void, any Error>

    /// - Throws: when it cannot listen there.
    init(
        _ configuration: DemoServerConfiguration, faults: FaultRun, clock: any CallClock,
        group: MultiThreadedEventLoopGroup
    ) async throws {
        let streams = StreamRegistry()
        let transport = HTTP2ServerTransport.Posix(
            address: try Self.address(of: configuration), transportSecurity: .plaintext,
            config: Self.settings(streams, faults), eventLoopGroup: group)
        let server = GRPCServer(
            transport: transport,
            services: [
                GreeterService(configuration: configuration, faults: faults, clock: clock, streams: streams),
                HealthService(), try ReflectionService(),
            ])
        let task = Task { try await server.serve() }
        do {
            port = try await transport.listeningAddress.port ?? configuration.grpcPort
        } catch {
            // The address only says that there is none; the server knows why.
            try await task.value
            throw error
        }
        (self.streams, self.task) = (streams, task)
    }

    /// How long calls may take to notice that their connections are gone.
    private static let patience = Duration.seconds(2)

    /// Stops listening, and closes every connection at once.
    func stop() async {
        await streams.close()
        // Cancelling at once would let the library drop a connection that it has just accepted, and trap.
        await withTaskGroup { group in
            group.addTask { _ = await self.task.result }
            group.addTask { try? await ContinuousClock().sleep(for: Self.patience) }
            await group.next()
            self.task.cancel()
            group.cancelAll()
        }
    }

    private static func settings(_ streams: StreamRegistry, _ faults: FaultRun) -> HTTP2ServerTransport.Posix.Config {
        var settings = HTTP2ServerTransport.Posix.Config.defaults
        settings.http2.targetWindowSize = 1 << 20
        settings.rpc.maxRequestPayloadSize = messageLimit
        settings.compression.enabledAlgorithms = [.gzip, .deflate]
        // Replies are few and far between more often than not, and then wait for nobody.
        settings.connection.flushCoalescing = nil
        settings.channelDebuggingCallbacks.onBindTCPListener = { channel in
            streams.listen(channel)
            return channel.eventLoop.makeSucceededVoidFuture()
        }
        settings.channelDebuggingCallbacks.onAcceptTCPConnection = { channel in
            if faults.refusesConnection() {
                streams.reset(channel)
            } else {
                streams.add(connection: channel)
            }
            return channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(PingAnswerer(.server), position: .first)
            }
        }
        settings.channelDebuggingCallbacks.onAcceptHTTP2Stream = { channel in
            channel.eventLoop.makeCompletedFuture { try streams.add(stream: channel) }
        }
        return settings
    }

    private static func address(
        of configuration: DemoServerConfiguration
    ) throws -> GRPCNIOTransportHTTP2Posix.SocketAddress {
        let address = try NIOCore.SocketAddress.makeAddressResolvingHost(
            configuration.host, port: configuration.grpcPort)
        guard let host = address.ipAddress else { throw SocketAddressError.unsupported }
        return address.protocol == .inet6
            ? .ipv6(host: host, port: configuration.grpcPort) : .ipv4(host: host, port: configuration.grpcPort)
    }
}

extension GRPCNIOTransportHTTP2Posix.SocketAddress {
    fileprivate var port: Int? { ipv4?.port ?? ipv6?.port }
}
