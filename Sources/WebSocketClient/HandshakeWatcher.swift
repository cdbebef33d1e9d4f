package import NIOCore
import NIOTLS
package import RPCCore

/// Sees how far the handshake of a WebSocket comes, and to its end when the server stops sending in the middle of it.
///
/// A server may accept, send its last words and close, all at once. Were the connection closed on the end of what it sends,
/// that would happen before the pipeline has been changed over, and the words would be lost. So it is closed from
/// here: at once where there is no WebSocket, and otherwise by whoever reads it.
package final class HandshakeWatcher: ChannelInboundHandler {
    package typealias InboundIn = Any

    private let isSecure: Bool
    private let reached: (CallError.Origin) -> Void

    /// - Parameter reached: Told of the stage that begins.
    package init(isSecure: Bool, reached: @escaping (CallError.Origin) -> Void) {
        self.isSecure = isSecure
        self.reached = reached
    }

    /// The connection is there already.
    package func handlerAdded(context: ChannelHandlerContext) {
        reached(isSecure ? .tls : .upgrade)
    }

    package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted = event { reached(.upgrade) }
        if case ChannelEvent.inputClosed = event, !hasWebSocket(context) {
            endHandshake(context)
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    /// Passes the end on after the next turn of the event loop, the one in which the pipeline is changed over.
    private func endHandshake(_ context: ChannelHandlerContext) {
        context.eventLoop.assumeIsolated().execute {
            context.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
            if !self.hasWebSocket(context) { context.close(promise: nil) }
        }
    }

    private func hasWebSocket(_ context: ChannelHandlerContext) -> Bool {
        (try? context.pipeline.syncOperations.context(handlerType: WebSocketHandler.self)) != nil
    }
}
