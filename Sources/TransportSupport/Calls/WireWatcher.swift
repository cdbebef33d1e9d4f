package import NIOCore
import NIOSSL
import NIOTLS
package import RPCCore

/// Tells a tap that a connection is there, what TLS has agreed on it, and that it is gone. Stands behind the encryption.
package final class WireWatcher: ChannelInboundHandler {
    package typealias InboundIn = Any

    private let tap: WireTap
    private let number: Int
    private let server: ServerAddress
    /// Whether the end is told of here.
    private let tellsEnd: Bool
    private var hasTold = false

    /// - Parameters:
    ///   - number: That of the connection, from ``WireTap/nextConnection()``.
    ///   - tellsEnd: Not for a protocol that tells of it itself.
    package init(_ tap: WireTap, number: Int, server: ServerAddress, tellsEnd: Bool = true) {
        self.tap = tap
        self.number = number
        self.server = server
        self.tellsEnd = tellsEnd
    }

    package func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { connected(context) }
    }

    package func channelActive(context: ChannelHandlerContext) {
        connected(context)
        context.fireChannelActive()
    }

    package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted(let alpn) = event {
            let version = (try? context.pipeline.syncOperations.nioSSL_tlsVersion()) ?? nil
            tell(context, tls: version.map(TLSName.of) ?? "TLS", alpn: alpn)
        }
        context.fireUserInboundEventTriggered(event)
    }

    package func channelInactive(context: ChannelHandlerContext) {
        tap.disconnected(number, reason: tellsEnd ? "the connection is closed" : nil)
        context.fireChannelInactive()
    }

    /// Where there is TLS, it is told of when its handshake is over.
    private func connected(_ context: ChannelHandlerContext) {
        guard !hasTold else { return }
        guard server.scheme.isSecure else { return tell(context, tls: nil, alpn: nil) }
        if let version = (try? context.pipeline.syncOperations.nioSSL_tlsVersion()) ?? nil {
            tell(context, tls: TLSName.of(version), alpn: nil)
        }
    }

    private func tell(_ context: ChannelHandlerContext, tls: String?, alpn: String?) {
        hasTold = true
        tap.connected(number, WireConnection(address: server.authority, tls: tls, alpn: alpn))
    }
}

/// The names of TLS's versions.
enum TLSName {
    static func of(_ version: TLSVersion) -> String {
        switch version {
        case .tlsv1: "TLS 1.0"
        case .tlsv11: "TLS 1.1"
        case .tlsv12: "TLS 1.2"
        case .tlsv13: "TLS 1.3"
        }
    }
}
