import Foundation
import NIOCore
import NIOHTTP1
import NIOWebSocket

/// Builds what one connection goes through: HTTP first, and a WebSocket where the client asks for one.
struct ServerPipeline {
    private let configuration: DemoServerConfiguration
    private let faults: FaultRun
    private let time: ServerTime

    init(configuration: DemoServerConfiguration, faults: FaultRun, time: ServerTime) {
        self.configuration = configuration
        self.faults = faults
        self.time = time
    }

    /// - Throws: ``RefusedConnection`` for a connection that is to be reset.
    func configure(_ channel: any Channel) throws {
        try faults.admit(channel)
        let upgrade: NIOHTTPServerUpgradeConfiguration = (
            upgraders: [StreamUpgrader(configuration: configuration, faults: faults, time: time)],
            completionHandler: { context in
                let pipeline = context.pipeline.syncOperations
                guard let session = try? pipeline.handler(type: HTTPSession.self) else { return }
                pipeline.removeHandler(session, promise: nil)
            }
        )
        let pipeline = channel.pipeline.syncOperations
        try pipeline.configureHTTPServerPipeline(withServerUpgrade: upgrade)
        try pipeline.addHandler(HTTPSession(configuration: configuration, faults: faults, time: time))
    }
}

/// The WebSocket handshake (RFC 6455, 4.2) on the routes that stream requests.
private final class StreamUpgrader: HTTPServerProtocolUpgrader, Sendable {
    let supportedProtocol = "websocket"
    let requiredUpgradeHeaders: [String] = []
    private let configuration: DemoServerConfiguration
    private let faults: FaultRun
    private let time: ServerTime
    private let handshake: NIOWebSocketServerUpgrader

    init(configuration: DemoServerConfiguration, faults: FaultRun, time: ServerTime) {
        self.configuration = configuration
        self.faults = faults
        self.time = time
        handshake = NIOWebSocketServerUpgrader(
            shouldUpgrade: { channel, head in
                let isTaken = head.streamPath.map(StreamRoute.isOne) == true && !faults.refusesHandshakes
                return channel.eventLoop.makeSucceededFuture(isTaken ? HTTPHeaders() : nil)
            },
            upgradePipelineHandler: { channel, _ in channel.eventLoop.makeSucceededVoidFuture() })
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
            guard let path = upgradeRequest.streamPath,
                let stream = StreamRoute.stream(at: path, configuration.behaviour)
            else { throw ChannelError.operationUnsupported }
            let session = StreamSession(
                stream: stream, thinkTime: configuration.thinkTime, faults: faults, time: time,
                allocator: context.channel.allocator)
            let decoder = WebSocketFrameDecoder(maxFrameSize: MessageAssembly.limit)
            let pipeline = context.pipeline.syncOperations
            try pipeline.addHandler(ByteToMessageHandler(decoder))
            if faults.delay != nil { try pipeline.addHandler(ReplyDelay(faults: faults, time: time)) }
            try pipeline.addHandler(session)
        }
    }
}

extension HTTPRequestHead {
    fileprivate var streamPath: String? {
        method == .GET ? String(uri.prefix { $0 != "?" }) : nil
    }
}
