import NIOCore
import NIOHPACK
import NIOHTTP2

/// Sees that a server takes no more calls on a connection (GOAWAY; RFC 9113, 6.8). Lies next to HTTP/2.
final class DrainWatcher: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame
    typealias InboundOut = HTTP2Frame

    private let drained: () -> Void

    init(_ drained: @escaping () -> Void) {
        self.drained = drained
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .goAway = unwrapInboundIn(data).payload { drained() }
        context.fireChannelRead(data)
    }
}

/// Says in the head of a request that the connection is encrypted, which the library does not know of a channel that it was
/// handed (RFC 9113, 8.3.1).
final class SchemeWriter: ChannelOutboundHandler {
    typealias OutboundIn = HTTP2Frame.FramePayload
    typealias OutboundOut = HTTP2Frame.FramePayload

    /// Adds one to a stream.
    @Sendable static func add(to channel: any Channel) -> EventLoopFuture<Void> {
        channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(SchemeWriter(), position: .first)
        }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .headers(var head) = unwrapOutboundIn(data), head.headers.contains(name: ":scheme") else {
            return context.write(data, promise: promise)
        }
        // Fields of HTTP/2 itself stand before all others, in any order.
        var headers = HPACKHeaders([(":scheme", "https")])
        for (name, value, indexing) in head.headers where name != ":scheme" {
            headers.add(name: name, value: value, indexing: indexing)
        }
        head.headers = headers
        context.write(wrapOutboundOut(.headers(head)), promise: promise)
    }
}
