import NIOCore

/// Has a proxy make a connection, on a channel to it whose reading is not automatic; reads no more than it must, and leaves
/// the pipeline when the connection is made.
final class TunnelHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var tunnel: any Tunnel
    private let promise: EventLoopPromise<ByteBuffer>
    private let reached: (String) -> Void
    private var buffer = ByteBuffer()
    private var isDone = false

    /// - Parameters:
    ///   - promise: Gets what was read behind the proxy's last answer: the first that the server has sent.
    ///   - reached: Told what is waited for.
    init(_ tunnel: any Tunnel, promise: EventLoopPromise<ByteBuffer>, reached: @escaping (String) -> Void) {
        self.tunnel = tunnel
        self.promise = promise
        self.reached = reached
    }

    func handlerAdded(context: ChannelHandlerContext) {
        reached(tunnel.stage)
        context.writeAndFlush(wrapOutboundOut(tunnel.begin()), promise: nil)
        context.read()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        fail(ChannelError.eof)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        buffer.writeBuffer(&bytes)
        guard !isDone else { return }
        do {
            while true {
                switch try tunnel.read(&buffer) {
                case .wait: return
                case .write(let answer):
                    reached(tunnel.stage)
                    context.writeAndFlush(wrapOutboundOut(answer), promise: nil)
                case .open:
                    isDone = true
                    return
                }
            }
        } catch {
            fail(error)
            context.close(promise: nil)
        }
    }

    /// Not before everything is here that was read at once: nothing may be lost while the pipeline changes.
    func channelReadComplete(context: ChannelHandlerContext) {
        guard isDone else { return context.read() }
        context.pipeline.syncOperations.removeHandler(self).assumeIsolated().whenComplete { [buffer, promise] _ in
            promise.succeed(buffer)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail(ChannelError.eof)
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event { fail(ChannelError.eof) }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(error)
        context.close(promise: nil)
    }

    private func fail(_ error: any Error) {
        if !isDone { promise.fail(error) }
    }
}
