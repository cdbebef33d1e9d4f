package import NIOCore
package import RPCCore

/// The end of a WebSocket's pipeline on the network's side: bytes in, batches of what they mean out.
///
/// Everything that one read brought is handed over as one array, so that crossing to the reading task costs once a read.
/// Pings are answered here, each (RFC 6455, 5.5.2), but none while nothing can be written. Outgoing bytes are whole frames
/// already. Whoever sends ``PeerActivity`` through the channel is told of the server from then on.
package final class WebSocketHandler: ChannelDuplexHandler {
    package typealias InboundIn = ByteBuffer
    package typealias InboundOut = [WebSocketInbound]
    package typealias OutboundIn = ByteBuffer
    package typealias OutboundOut = ByteBuffer

    private var parser: WebSocketParser
    private var unread = ByteBuffer()
    private var batch: [WebSocketInbound] = []
    private var isFinished = false
    private var activity: PeerActivity?
    /// Whether reading has been asked for since the last read was over.
    private var isListening = true

    private let wire: TappedConnection?

    /// - Parameter wire: Where the frames are told of.
    package init(maximumMessageSize: Int, telling wire: TappedConnection? = nil) {
        parser = WebSocketParser(limit: maximumMessageSize, telling: wire)
        self.wire = wire
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        activity?.heard()
        guard !isFinished else { return }
        unread.writeOrTake(Self.unwrapInboundIn(data))
        do {
            while !isFinished, let parsed = try parser.next(from: &unread) {
                guard let inbound = parsed else { continue }
                batch.append(inbound)
                switch inbound {
                case .close: isFinished = true
                case .pong(let payload): activity?.ponged(payload)
                default: break
                }
            }
        } catch {
            batch.append(.violation(error))
            isFinished = true
        }
    }

    package func channelReadComplete(context: ChannelHandlerContext) {
        listens(false)
        parser.endRead()
        deliver(context)
        context.fireChannelReadComplete()
    }

    package func read(context: ChannelHandlerContext) {
        listens(true)
        context.read()
    }

    /// The socket has taken what had to wait: somebody reads it.
    package func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { activity?.heard() }
        context.fireChannelWritabilityChanged()
    }

    package func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?)
    {
        guard let activity = event as? PeerActivity else {
            context.triggerUserOutboundEvent(event, promise: promise)
            return
        }
        self.activity = activity
        activity.listens(isListening)
        promise?.succeed()
    }

    private func listens(_ isListening: Bool) {
        self.isListening = isListening
        activity?.listens(isListening)
    }

    /// The server will send no more, though it could still be written to.
    package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event { finish(context) }
        context.fireUserInboundEventTriggered(event)
    }

    package func channelInactive(context: ChannelHandlerContext) {
        finish(context)
        context.fireChannelInactive()
    }

    private func finish(_ context: ChannelHandlerContext) {
        if !isFinished {
            isFinished = true
            batch.append(.endOfFile(isInsideMessage: unread.readableBytes > 0 || parser.isInsideMessage))
        }
        deliver(context)
    }

    private func deliver(_ context: ChannelHandlerContext) {
        guard !batch.isEmpty else { return }
        answerPings(context)
        context.fireChannelRead(Self.wrapInboundOut(batch))
        batch.removeAll()
    }

    private func answerPings(_ context: ChannelHandlerContext) {
        guard context.channel.isActive, context.channel.isWritable else { return }
        var frames: WebSocketFrames?
        for case .ping(let payload) in batch {
            frames = frames ?? WebSocketFrames(telling: wire)
            frames?.append(pong: payload)
        }
        if let bytes = frames?.finish() { context.writeAndFlush(Self.wrapOutboundOut(bytes), promise: nil) }
    }
}

extension ByteBuffer {
    /// Appends bytes, without copying them when there are none to append to.
    ///
    /// What has been read is left behind: messages that still point into it would let it be copied with every read otherwise,
    /// and grow as long as no read ends where a frame does.
    package mutating func writeOrTake(_ bytes: ByteBuffer) {
        guard readableBytes > 0 else {
            self = bytes
            return
        }
        // Nothing points into what nothing was read of: a long message grows in place.
        guard readerIndex > 0 else {
            writeImmutableBuffer(bytes)
            return
        }
        var joined = ByteBufferAllocator().buffer(capacity: readableBytes + bytes.readableBytes)
        joined.writeImmutableBuffer(self)
        joined.writeImmutableBuffer(bytes)
        self = joined
    }
}
