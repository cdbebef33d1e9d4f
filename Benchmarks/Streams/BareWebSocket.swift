import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket
import RPCCore

/// Streams through SwiftNIO alone: requests are written in batches as long as the socket takes them, and replies are counted.
///
/// All of it happens on one event loop. What a reply says is not looked at, but for the last.
struct BareWebSocket: StreamClient {
    /// Who puts frames together and takes them apart.
    enum Framing {
        /// SwiftNIO's own encoder and decoder.
        case library
        /// As few instructions as can be.
        case hand
    }

    private let server: ServerAddress
    private let framing: Framing

    init(server: ServerAddress, framing: Framing) {
        (self.server, self.framing) = (server, framing)
    }

    func run(_ kind: CallKind, requests: Int) async throws -> Tally {
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        let tally = eventLoop.makePromise(of: Tally.self)
        let channel = try await ClientBootstrap(group: eventLoop)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try upgrade(channel, kind, requests, tally) }
            }
            .connect(host: server.host, port: server.connectPort)
            .get()
        let result = try await tally.futureResult.get()
        try await channel.close().get()
        return result
    }

    func finish(_ tally: Tally) async throws -> Double? { nil }

    private func upgrade(
        _ channel: any Channel, _ kind: CallKind, _ requests: Int, _ tally: EventLoopPromise<Tally>
    ) throws {
        let route = kind == .clientStream ? "client_stream" : "ws"
        let upgrader = Upgrader { pipeline in
            switch framing {
            case .hand: try pipeline.addHandler(WebSocketLoop(HandFraming(), requests: requests, tally: tally))
            case .library:
                try pipeline.addHandler(WebSocketFrameEncoder())
                try pipeline.addHandler(ByteToMessageHandler(WebSocketFrameDecoder()))
                try pipeline.addHandler(WebSocketLoop(LibraryFraming(), requests: requests, tally: tally))
            }
        }
        let head = HTTPRequestHead(
            version: .http1_1, method: .GET, uri: "/v1/helloworld/\(route)",
            headers: ["Host": "\(server.host):\(server.connectPort)", "Content-Length": "0"])
        var pipeline = NIOUpgradableHTTPClientPipelineConfiguration(
            upgradeConfiguration: NIOTypedHTTPClientUpgradeConfiguration(
                upgradeRequestHead: head, upgraders: [upgrader],
                notUpgradingCompletionHandler: { $0.eventLoop.makeFailedFuture(ChannelError.eof) }))
        pipeline.leftOverBytesStrategy = .forwardBytes
        try channel.pipeline.syncOperations.configureUpgradableHTTPClientPipeline(configuration: pipeline)
            .cascadeFailure(to: tally)
    }
}

/// NIO's handshake, with handlers of our own choice behind it.
private struct Upgrader: NIOTypedHTTPClientProtocolUpgrader {
    private let handshake = NIOTypedWebSocketClientUpgrader<Void> { channel, _ in
        channel.eventLoop.makeSucceededVoidFuture()
    }
    private let addHandlers: @Sendable (ChannelPipeline.SynchronousOperations) throws -> Void

    init(_ addHandlers: @escaping @Sendable (ChannelPipeline.SynchronousOperations) throws -> Void) {
        self.addHandlers = addHandlers
    }

    var supportedProtocol: String { handshake.supportedProtocol }
    var requiredUpgradeHeaders: [String] { handshake.requiredUpgradeHeaders }

    func addCustom(upgradeRequestHeaders: inout HTTPHeaders) {
        handshake.addCustom(upgradeRequestHeaders: &upgradeRequestHeaders)
    }

    func shouldAllowUpgrade(upgradeResponse: HTTPResponseHead) -> Bool {
        handshake.shouldAllowUpgrade(upgradeResponse: upgradeResponse)
    }

    func upgrade(channel: any Channel, upgradeResponse: HTTPResponseHead) -> EventLoopFuture<Void> {
        channel.eventLoop.makeCompletedFuture { try addHandlers(channel.pipeline.syncOperations) }
    }
}
