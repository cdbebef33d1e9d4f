import NIOCore
import NIOHTTP1
import NIOWebSocket
import RPCCore

/// The requests of one HTTP connection, one after the other; the pipeline holds back those sent ahead.
///
/// Holds at most one request body of ``HTTPRoutes/bodyLimit``.
final class HTTPSession: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let configuration: DemoServerConfiguration
    private let faults: FaultRun
    private let time: ServerTime
    private var head: HTTPRequestHead?
    private var body = ByteBuffer()
    private var isTooLong = false
    private var events: EventStream?
    private var timer: ServerTimer?

    init(configuration: DemoServerConfiguration, faults: FaultRun, time: ServerTime) {
        self.configuration = configuration
        self.faults = faults
        self.time = time
    }

    func channelActive(context: ChannelHandlerContext) {
        awaitRequest(context: context)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            timer?.cancel()
            self.head = head
            body.clear()
            isTooLong = false
        case .body(var part):
            isTooLong = isTooLong || body.readableBytes + part.readableBytes > HTTPRoutes.bodyLimit
            if !isTooLong { body.writeBuffer(&part) }
        case .end:
            guard let head else { return }
            self.head = nil
            answer(head, context: context)
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { events?.resume() }
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A refused upgrade arrives here first, and then as an ordinary request, which is answered.
        if !(error is NIOWebSocketUpgradeError) { context.close(promise: nil) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
        events?.stop()
    }

    private func answer(_ head: HTTPRequestHead, context: ChannelHandlerContext) {
        guard !isTooLong else {
            return write(HTTPReply(status: 413, detail: "Request Entity Too Large"), to: head, context: context)
        }
        switch faults.altered(HTTPRoutes.answer(head, body: body), to: head) {
        case .greetings(let request):
            stream(EventSource(request, count: configuration.greetings), to: head, context: context)
        case .events(let source): stream(source, to: head, context: context)
        case .reply(let reply): think(reply, to: head, context: context)
        case .whole(let reply): write(reply, to: head, context: context)
        case .nothing: break
        }
    }

    private func think(_ reply: HTTPReply, to head: HTTPRequestHead, context: ChannelHandlerContext) {
        let pause = configuration.thinkTime + faults.nextDelay()
        guard pause > .zero else { return write(reply, to: head, context: context) }
        timer = time.schedule(in: pause, on: context.eventLoop) {
            self.write(reply, to: head, context: context)
        }
    }

    private func write(_ reply: HTTPReply, to head: HTTPRequestHead, context: ChannelHandlerContext) {
        var headers = HTTPHeaders(reply.headers)
        headers.add(name: "content-length", value: String(reply.body.count))
        writeHead(status: reply.status, headers: headers, to: head, context: context)
        if head.method != .HEAD, !reply.body.isEmpty {
            let body = context.channel.allocator.buffer(bytes: reply.body)
            context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        }
        end(head, context: context)
    }

    private func stream(_ source: EventSource, to head: HTTPRequestHead, context: ChannelHandlerContext) {
        let headers: HTTPHeaders = [
            "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-store", "x-accel-buffering": "no",
        ]
        writeHead(status: 200, headers: headers, to: head, context: context)
        context.flush()
        let events = EventStream(
            source: source, configuration: configuration, faults: faults, time: time, context: context
        ) { isCut in
            self.events = nil
            if isCut {
                self.cut(context: context)
            } else {
                self.end(head, context: context)
            }
        } write: { event in
            context.writeAndFlush(self.wrapOutboundOut(.body(.byteBuffer(event))), promise: nil)
        }
        self.events = events
        events.resume()
    }

    /// The reason phrase is empty, as the observed gateway's is.
    private func writeHead(
        status: Int, headers: HTTPHeaders, to head: HTTPRequestHead, context: ChannelHandlerContext
    ) {
        var response = HTTPResponseHead(version: head.version, status: .custom(code: UInt(status), reasonPhrase: ""))
        response.headers = headers
        if !head.isKeepAlive { response.headers.add(name: "connection", value: "close") }
        context.write(wrapOutboundOut(.head(response)), promise: nil)
    }

    private func end(_ head: HTTPRequestHead, context: ChannelHandlerContext) {
        let written = context.writeAndFlush(wrapOutboundOut(.end(nil)))
        if head.isKeepAlive {
            awaitRequest(context: context)
        } else {
            written.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
        }
    }

    /// Closes the connection in the middle of a body, after what was written of it.
    private func cut(context: ChannelHandlerContext) {
        // An empty part is written as nothing at all, in its turn.
        let written = context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(ByteBuffer()))))
        written.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
    }

    private func awaitRequest(context: ChannelHandlerContext) {
        timer?.cancel()
        timer = time.schedule(in: configuration.idleTimeout, on: context.eventLoop) {
            context.close(promise: nil)
        }
    }
}
