import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix
import RPCCore
import TransportSupport

/// Makes exchanges over connections of the dialer, one for each: through a proxy, and to a socket.
///
/// The client library is not used for these: it has no user and password for SOCKS, no proxy behind TLS, and no name for
/// the certificate of a server at a socket.
///
/// Memory of an exchange: its request, and at most 64 KiB of the response that nobody has taken yet, and one read more.
struct DialledHTTP: Sendable {
    let dialer: Dialer
    let tls: TLSSetup
    let limit: Duration
    let keepAlive: TCPKeepAlive?
    /// Where what travels is told of.
    var wire: WireTap?

    /// Whether connections to the server are made here.
    static func isNeeded(for dialer: Dialer) -> Bool { dialer.proxy != nil || dialer.server.socketPath != nil }

    /// Makes one exchange, as far as the head of the response.
    /// - Parameter whenSending: Told when there is a connection for it.
    /// - Throws: ``CallError`` for a proxy's fault, what the libraries report otherwise, or `CancellationError`.
    func execute(
        _ request: HTTPClientRequest, whenSending: () -> Void = {}
    ) async throws -> HTTPClientResponse {
        let dial = Dial()
        do {
            return try await withTaskCancellationHandler {
                let channel = try await connect(dial)
                whenSending()
                return try await exchange(request, over: channel)
            } onCancel: {
                dial.abandon()
            }
        } catch {
            dial.abandon()
            try Task.checkCancellation()
            throw error
        }
    }

    private struct Connected: Sendable {
        var channel: any Channel
        var head: EventLoopFuture<HTTPResponseHead>
        var body: ResponseReader.Body
    }

    private func connect(_ dial: Dial) async throws -> Connected {
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        let isLate = Once()
        let alarm = eventLoop.scheduleTask(in: TimeAmount(limit)) {
            _ = isLate.claim()
            dial.abandon()
        }
        defer { alarm.cancel() }
        let (tls, wire, server) = (tls, wire, dialer.server)
        do {
            let connected = try await dialer.connect(dial, on: eventLoop, asksProxy: !isForwarded) { channel in
                try tls.encrypt(channel, position: .last)
                let tapped = wire.map { TappedConnection($0) }
                if let tapped {
                    try channel.pipeline.syncOperations.addHandler(
                        WireWatcher(tapped.tap, number: tapped.number, server: server))
                }
                try channel.pipeline.syncOperations.addHTTPClientHandlers()
                if let tapped { try channel.pipeline.syncOperations.addHandler(HTTPWireHandler(tapped)) }
                let reader = ResponseReader(on: channel)
                try channel.pipeline.syncOperations.addHandler(reader)
                return Connected(channel: channel, head: reader.head, body: reader.body)
            }.get()
            try await keepAlive?.apply(to: connected.channel).get()
            return connected
        } catch {
            guard !isLate.isClaimed else {
                throw dialer.timeout(of: dial) ?? HTTPClientError.connectTimeout
            }
            throw error
        }
    }

    private func exchange(_ request: HTTPClientRequest, over connected: Connected) async throws -> HTTPClientResponse {
        var body = ByteBuffer()
        if let parts = request.body {
            for try await part in parts { body.writeImmutableBuffer(part) }
        }
        var head = HTTPRequestHead(
            version: .http1_1, method: request.method, uri: isForwarded ? request.url : path(of: request.url),
            headers: request.headers)
        // Of these an empty body is said to be one (RFC 9110, 8.6).
        if request.body != nil || [.POST, .PUT, .PATCH].contains(request.method) {
            head.headers.add(name: "Content-Length", value: "\(body.readableBytes)")
        }
        head.headers.add(name: "Connection", value: "close")
        if isForwarded, let authorization = dialer.proxy?.basicAuthorization {
            head.headers.add(name: "Proxy-Authorization", value: authorization.reveal())
        }
        let channel = connected.channel
        channel.write(HTTPClientRequestPart.head(head), promise: nil)
        if body.readableBytes > 0 { channel.write(HTTPClientRequestPart.body(.byteBuffer(body)), promise: nil) }
        // Why it cannot be written is told by the end of the response.
        channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
        let answer = try await connected.head.get()
        let (status, reason) = (Int(answer.status.code), answer.status.reasonPhrase)
        if isForwarded, let refusal = dialer.refusal(status: status, reason: reason) {
            channel.close(promise: nil)
            throw refusal
        }
        return HTTPClientResponse(
            version: answer.version, status: answer.status, headers: answer.headers, body: .stream(connected.body))
    }

    /// Whether an HTTP proxy is sent the request itself, as it is where nothing is encrypted (RFC 9112, 3.2.2): many
    /// allow CONNECT to the ports of TLS only.
    private var isForwarded: Bool {
        dialer.proxy.map { !$0.scheme.isSOCKS } ?? false && !dialer.server.scheme.isSecure
    }

    /// The part of a URL behind the host.
    private func path(of url: String) -> String {
        guard let host = url.firstRange(of: "://")?.upperBound, let slash = url[host...].firstIndex(of: "/") else {
            return "/"
        }
        return String(url[slash...])
    }
}

/// Reads one response, no faster than it is taken, and closes the connection behind it.
private final class ResponseReader: ChannelDuplexHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundIn = HTTPClientRequestPart
    typealias OutboundOut = HTTPClientRequestPart
    typealias Body = NIOThrowingAsyncSequenceProducer<
        ByteBuffer, any Error, NIOAsyncSequenceProducerBackPressureStrategies.HighLowWatermark, Appetite
    >

    let body: Body
    private let source: Body.Source
    private let promise: EventLoopPromise<HTTPResponseHead>
    private var isFull = false
    private var isReadDue = false
    private var isOver = false

    var head: EventLoopFuture<HTTPResponseHead> { promise.futureResult }

    init(on channel: any Channel) {
        promise = channel.eventLoop.makePromise()
        let appetite = Appetite(channel: channel)
        let made = Body.makeSequence(
            backPressureStrategy: .init(lowWatermark: 1, highWatermark: 4), finishOnDeinit: true, delegate: appetite)
        (source, body) = (made.source, made.sequence)
    }

    /// Tells the connection what whoever takes the response wants of it.
    struct Appetite: NIOAsyncSequenceProducerDelegate {
        let channel: any Channel

        func produceMore() { channel.pipeline.fireUserInboundEventTriggered(Wanted()) }
        func didTerminate() { channel.close(promise: nil) }
    }

    private struct Wanted: Sendable {}

    func read(context: ChannelHandlerContext) {
        if isFull { isReadDue = true } else { context.read() }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): promise.succeed(head)
        case .body(let part): isFull = source.yield(part) == .stopProducing
        case .end: finish(nil, context)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is Wanted else { return context.fireUserInboundEventTriggered(event) }
        isFull = false
        if isReadDue {
            isReadDue = false
            context.read()
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        finish(error, context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        finish(ChannelError.eof, context)
        context.fireChannelInactive()
    }

    private func finish(_ error: (any Error)?, _ context: ChannelHandlerContext) {
        guard !isOver else { return }
        isOver = true
        promise.fail(error ?? ChannelError.eof)
        if let error { source.finish(error) } else { source.finish() }
        context.close(promise: nil)
    }
}
