import HTTP2Session
import NIOCore
import RPCCore
import TransportSupport

/// A connection to a server: asked for at once, and usable when the server has spoken HTTP/2.
final class GRPCConnection: Sendable {
    let progress = ConnectionProgress()
    let connection: HTTP2Connection
    /// When it was asked for, as ``CallClock/now``.
    let start: Duration
    /// After how long a silence a keep-alive PING is sent; `nil` for never.
    let keepAlive: Duration?

    private let dial = Dial()

    /// How much a server may send ahead on a stream before it must wait until it is read, in bytes.
    static let window = 1 << 20

    /// - Parameters:
    ///   - address: Which address of the server's name is meant; `nil` for the one that answers first.
    ///   - keepAlive: After how long a silence a keep-alive PING is sent; `nil` for never.
    init(_ context: CallContext, to address: SocketAddress?, keepAlive: Duration?) {
        start = context.clock.now
        self.keepAlive = keepAlive
        let (wire, server) = (context.wire, context.server)
        let number = wire?.nextConnection() ?? 0
        let loop = context.executor.loop
        let handler = HTTP2SessionHandler(
            role: .client, configuration: Self.settings(context.configuration, keepAlive: keepAlive),
            tap: wire?.http2, number: number)
        connection = handler.connection
        // The handler is made here and used on its loop only.
        let bound = NIOLoopBoundBox.makeBoxSendingValue(handler, eventLoop: loop)
        let (tls, progress, connection, dial) = (context.tls, progress, connection, dial)
        let isSecure = context.server.scheme.isSecure
        progress.follow(dial)
        context.dialer.connect(dial, on: loop, to: address) { channel in
            try tls.encrypt(channel, position: .last)
            try progress.watch(channel, isSecure: isSecure, position: .last)
            if let wire {
                try channel.pipeline.syncOperations.addHandler(
                    WireWatcher(wire, number: number, server: server, tellsEnd: false))
            }
            try channel.pipeline.syncOperations.addHandler(bound.value)
            dial.release()
        }
        .whenFailure { connection.fail($0) }
    }

    /// Ends the connection, or the attempt to make it.
    func close() {
        dial.abandon()
        connection.close()
    }

    /// Waits until the server has spoken HTTP/2.
    /// - Throws: the error of the socket or of TLS, ``NotReady``, or `CancellationError`.
    func ready() async throws {
        guard let end = try await connection.ready() else { return }
        if case .broken(let error) = end.reason { throw error }
        throw NotReady(end: end)
    }

    /// The connection ended before the server had spoken HTTP/2.
    struct NotReady: Error {
        var end: HTTP2ConnectionEnd
    }

    private static func settings(_ configuration: GRPCConfiguration, keepAlive: Duration?) -> HTTP2Configuration {
        var settings = HTTP2Configuration(
            streamWindow: window, maximumHeaderListSize: configuration.maximumMetadataSize)
        if let keepAlive {
            settings.keepAlive = HTTP2KeepAlive(
                interval: keepAlive, timeout: min(configuration.keepAliveTimeout, keepAlive / 2))
            settings.idleLimit = keepAlive * 2
        }
        return settings
    }
}
