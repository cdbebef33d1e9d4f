import HTTP2Session
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

/// Connections over loopback for tests.
enum Sockets {
    static var group: MultiThreadedEventLoopGroup { .singleton }

    /// Listens, and sets up every connection that comes.
    static func listen(_ setUp: @escaping @Sendable (any Channel) throws -> Void) async throws -> any Channel {
        try await ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in channel.eventLoop.makeCompletedFuture { try setUp(channel) } }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    /// Connects a client to a listening channel.
    static func connect(
        to listener: any Channel, _ configuration: HTTP2Configuration = HTTP2Configuration(), tap: HTTP2Tap? = nil
    ) async throws -> (HTTP2Connection, any Channel) {
        guard let address = listener.localAddress else { throw ChannelError.unknownLocalAddress }
        let result = Box<HTTP2Connection>()
        let channel = try await ClientBootstrap(group: group)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let handler = HTTP2SessionHandler(role: .client, configuration: configuration, tap: tap)
                    result.set(handler.connection)
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
            .connect(to: address).get()
        guard let connection = result.value else { throw ChannelError.inappropriateOperationForState }
        return (connection, channel)
    }

    /// A client and a server of this module, connected; closed when `body` returns.
    static func withPair(
        client: HTTP2Configuration = HTTP2Configuration(), server: HTTP2Configuration = HTTP2Configuration(),
        clientTap: HTTP2Tap? = nil, serve: @escaping @Sendable (HTTP2Stream) async throws -> Void,
        _ body: (HTTP2Connection, Box<HTTP2Connection>) async throws -> Void
    ) async throws {
        let served = Box<HTTP2Connection>()
        let listener = try await listen { channel in
            let handler = HTTP2SessionHandler(
                role: .server { stream in Task { try await serve(stream) } }, configuration: server)
            served.set(handler.connection)
            try channel.pipeline.syncOperations.addHandler(handler)
        }
        let (connection, channel) = try await connect(to: listener, client, tap: clientTap)
        do {
            try await body(connection, served)
        } catch {
            try? await listener.close()
            channel.close(promise: nil)
            throw error
        }
        try await listener.close()
        connection.close()
        _ = try await connection.ended()
    }
}

/// A value that is set once by one task and looked at by others.
final class Box<Value: Sendable>: Sendable {
    private let state = NIOLockedValueBox<Value?>(nil)
    var value: Value? { state.withLockedValue { $0 } }
    func set(_ value: Value) { state.withLockedValue { $0 = value } }
}
