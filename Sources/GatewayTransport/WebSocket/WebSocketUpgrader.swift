import NIOCore
import NIOHTTP1
import NIOWebSocket
import RPCCore
import Synchronization
import WebSocketClient

/// A WebSocket that is open, wrapped for use from tasks.
typealias WebSocketChannel = NIOAsyncChannel<[WebSocketInbound], ByteBuffer>

/// How a server answered the request for a WebSocket.
enum UpgradeAnswer: Sendable {
    case accepted(WebSocketChannel, HTTPResponseHead)
    /// With another response; the future has it once its body's beginning has come.
    case refused(EventLoopFuture<HTTPRefusal>)
}

/// Makes a WebSocket of an HTTP connection: NIO's handshake, with the frame handler of this transport.
struct WebSocketUpgrader: NIOTypedHTTPClientProtocolUpgrader {
    private let handshake: NIOTypedWebSocketClientUpgrader<Void>
    private let maximumMessageSize: Int
    private let wire: TappedConnection?
    private let sent: SentHandshake?

    var supportedProtocol: String { handshake.supportedProtocol }
    var requiredUpgradeHeaders: [String] { handshake.requiredUpgradeHeaders }

    /// - Parameters:
    ///   - wire: Where the frames are told of.
    ///   - sent: Is given the headers of the request.
    init(_ configuration: GatewayConfiguration, telling wire: TappedConnection?, _ sent: SentHandshake?) {
        self.wire = wire
        self.sent = sent
        maximumMessageSize = configuration.maximumMessageSize
        handshake = NIOTypedWebSocketClientUpgrader(requestKey: Self.makeKey(configuration)) { channel, _ in
            channel.eventLoop.makeSucceededVoidFuture()
        }
    }

    private static func makeKey(_ configuration: GatewayConfiguration) -> String {
        guard let seed = configuration.seed else { return NIOWebSocketClientUpgrader.randomRequestKey() }
        var generator = SeededGenerator(seed: seed)
        return NIOWebSocketClientUpgrader.randomRequestKey(using: &generator)
    }

    func addCustom(upgradeRequestHeaders: inout HTTPHeaders) {
        handshake.addCustom(upgradeRequestHeaders: &upgradeRequestHeaders)
        sent?.headers.withLock { $0 = upgradeRequestHeaders }
    }

    func shouldAllowUpgrade(upgradeResponse: HTTPResponseHead) -> Bool {
        handshake.shouldAllowUpgrade(upgradeResponse: upgradeResponse)
    }

    func upgrade(channel: any Channel, upgradeResponse: HTTPResponseHead) -> EventLoopFuture<UpgradeAnswer> {
        channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(
                WebSocketHandler(maximumMessageSize: maximumMessageSize, telling: wire))
            let wrapped = try WebSocketChannel(
                wrappingChannelSynchronously: channel,
                configuration: .init(backPressureStrategy: .init(lowWatermark: 1, highWatermark: 2)))
            return .accepted(wrapped, upgradeResponse)
        }
    }

    /// Reads the response of a server that does not upgrade.
    static func readRefusal(on channel: any Channel) -> EventLoopFuture<UpgradeAnswer> {
        channel.eventLoop.makeCompletedFuture {
            let promise = channel.eventLoop.makePromise(of: HTTPRefusal.self)
            try channel.pipeline.syncOperations.addHandler(RefusalReader(promise: promise))
            return .refused(promise.futureResult)
        }
    }
}

/// Collects the head and the beginning of the body of a response.
private final class RefusalReader: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart

    private let promise: EventLoopPromise<HTTPRefusal>
    private var head: HTTPResponseHead?
    private var body = ByteBuffer()

    init(promise: EventLoopPromise<HTTPRefusal>) {
        self.promise = promise
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch Self.unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
        case .body(let part):
            body.writeImmutableBuffer(part)
            if body.readableBytes >= HTTPRefusal.bodyLimit { finish(context) }
        case .end:
            finish(context)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        finish(context)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        finish(context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        promise.fail(ChannelError.eof)
    }

    private func finish(_ context: ChannelHandlerContext) {
        if let head {
            promise.succeed(HTTPRefusal(status: head.status, headers: head.headers, body: body))
        } else {
            promise.fail(ChannelError.eof)
        }
        context.close(promise: nil)
    }
}
