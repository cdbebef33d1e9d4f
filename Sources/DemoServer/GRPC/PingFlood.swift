import NIOCore

/// Pings a client without end, as soon as it has spoken: a thousand PINGs every tenth of a second, as far as the client
/// reads them. Stands between the socket and HTTP/2, and writes between the frames of others.
final class PingFlood: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private static let count = 1000
    private static let pause = TimeAmount.milliseconds(100)

    private var hasBegun = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        context.fireChannelRead(data)
        guard !hasBegun else { return }
        hasBegun = true
        flood(context)
    }

    private func flood(_ context: ChannelHandlerContext) {
        guard context.channel.isActive else { return }
        var frames = context.channel.allocator.buffer(capacity: 17 * Self.count)
        for number in 0..<Self.count {
            // RFC 9113, 6.7: eight bytes of the sender's choice, on the connection. HTTP/2 here counts its own from 1.
            frames.writeInteger(8 << 8 | 0x6 as UInt32)
            frames.writeInteger(0 as UInt8)
            frames.writeInteger(0 as UInt32)
            frames.writeInteger(UInt64.max - UInt64(number))
        }
        context.writeAndFlush(wrapOutboundOut(frames)).assumeIsolated().whenSuccess {
            _ = context.eventLoop.assumeIsolated().scheduleTask(in: Self.pause) { self.flood(context) }
        }
    }
}
