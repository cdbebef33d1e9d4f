import NIOCore
import NIOHTTP1
import NIOWebSocket

/// Builds what one connection goes through: HTTP first, and a WebSocket where the client asks for one.
struct ServerPipeline {
    let configuration: DemoServerConfiguration

    func configure(_ channel: any Channel) throws {
        let upgrade: NIOHTTPServerUpgradeConfiguration = (
            upgraders: [StreamUpgrader(configuration: configuration)],
            completionHandler: { context in
                let pipeline = context.pipeline.syncOperations
                guard let session = try? pipeline.handler(type: HTTPSession.self) else { return }
                pipeline.removeHandler(session, promise: nil)
            }
        )
        let pipeline = channel.pipeline.syncOperations
        try pipeline.configureHTTPServerPipeline(withServerUpgrade: upgrade)
        try pipeline.addHandler(HTTPSession(configuration: configuration))
    }
}

/// The WebSocket handshake (RFC 6455, 4.2) on the two streaming routes.
private final class StreamUpgrader: HTTPServerProtocolUpgrader, Sendable {
    let supportedProtocol = "websocket"
    let requiredUpgradeHeaders: [String] = []
    private let configuration: DemoServerConfiguration
    private let handshake = NIOWebSocketServerUpgrader(
        shouldUpgrade: { channel, head in
            let isKnown = head.streamRoute != nil
            return channel.eventLoop.makeSucceededFuture(isKnown ? HTTPHeaders() : nil)
        },
        upgradePipelineHandler: { channel, _ in channel.eventLoop.makeSucceededVoidFuture() })

    init(configuration: DemoServerConfiguration) {
        self.configuration = configuration
    }

    func buildUpgradeResponse(
        channel: any Channel, upgradeRequest: HTTPRequestHead, initialResponseHeaders: HTTPHeaders
    ) -> EventLoopFuture<HTTPHeaders> {
        handshake.buildUpgradeResponse(
            channel: channel, upgradeRequest: upgradeRequest, initialResponseHeaders: initialResponseHeaders
        ).map { headers in
            var headers = headers
            // The capitals are those of the observed gateway; clients must not mind (RFC 6455, 4.1).
            headers.replaceOrAdd(name: "upgrade", value: "WebSocket")
            return headers
        }
    }

    func upgrade(context: ChannelHandlerContext, upgradeRequest: HTTPRequestHead) -> EventLoopFuture<Void> {
        context.eventLoop.makeCompletedFuture {
            guard let route = upgradeRequest.streamRoute else { throw ChannelError.operationUnsupported }
            let session = StreamSession(
                stream: GreeterStream(route: route, behaviour: configuration.behaviour),
                thinkTime: TimeAmount(configuration.thinkTime), allocator: context.channel.allocator)
            let decoder = WebSocketFrameDecoder(maxFrameSize: MessageAssembly.limit)
            try context.pipeline.syncOperations.addHandlers([ByteToMessageHandler(decoder), session])
        }
    }
}

extension HTTPRequestHead {
    fileprivate var streamRoute: StreamRoute? {
        method == .GET ? StreamRoute(rawValue: String(uri.prefix { $0 != "?" })) : nil
    }
}
