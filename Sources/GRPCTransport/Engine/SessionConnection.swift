import GreeterCore
import HTTP2Session
import NIOCore
import NIOPosix
import TransportSupport

/// A connection to a server: asked for at once, and usable when the server has spoken HTTP/2.
final class SessionConnection: Sendable {
    let progress = ConnectionProgress()
    let connection: HTTP2Connection

    private let dial = Dial()

    init(_ context: CallContext) {
        let loop = MultiThreadedEventLoopGroup.singleton.any()
        let handler = HTTP2SessionHandler(role: .client, configuration: Self.settings(context.configuration))
        connection = handler.connection
        // The handler is made here and used on its loop only.
        let bound = NIOLoopBoundBox.makeBoxSendingValue(handler, eventLoop: loop)
        let (tls, progress, connection, dial) = (context.tls, progress, connection, dial)
        let isSecure = context.server.scheme.isSecure
        progress.follow(dial)
        context.dialer.connect(dial, on: loop) { channel in
            try tls.encrypt(channel, position: .last)
            try progress.watch(channel, isSecure: isSecure, answersPings: false, position: .last)
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
        throw NotReady()
    }

    /// The connection ended before the server had spoken HTTP/2.
    struct NotReady: Error {}

    private static func settings(_ configuration: GRPCConfiguration) -> HTTP2Configuration {
        var settings = HTTP2Configuration(streamWindow: GRPCConnection.window)
        if let time = configuration.keepAlive {
            settings.keepAlive = HTTP2KeepAlive(interval: time, timeout: configuration.keepAliveTimeout)
            settings.idleLimit = time * 2
        }
        return settings
    }
}
