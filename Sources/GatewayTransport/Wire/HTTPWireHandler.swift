import NIOCore
import NIOHTTP1
import NIOTLS
import RPCCore
import Synchronization

/// Tells a tap of the heads and the pieces of bodies that pass on a connection of HTTP/1.1. Stands behind the codec, and lets through
/// unseen what comes after a 101.
final class HTTPWireHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias InboundOut = HTTPClientResponsePart
    typealias OutboundIn = HTTPClientRequestPart
    typealias OutboundOut = HTTPClientRequestPart

    private let connection: TappedConnection
    private var isOver = false
    private var handshake: SentHandshake?

    /// - Parameter handshake: What is sent behind the back of this handler as soon as the connection is there.
    init(_ connection: TappedConnection, handshake: SentHandshake? = nil) {
        self.connection = connection
        self.handshake = handshake
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { noteHandshake(isEncrypted: false) }
    }

    func channelActive(context: ChannelHandlerContext) {
        noteHandshake(isEncrypted: false)
        context.fireChannelActive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted = event { noteHandshake(isEncrypted: true) }
        context.fireUserInboundEventTriggered(event)
    }

    private func noteHandshake(isEncrypted: Bool) {
        guard let sent = handshake, sent.isSecure == isEncrypted else { return }
        handshake = nil
        connection.record(
            .request(method: "GET", target: sent.target, fields: Self.fields(sent.headers.withLock { $0 })), .sent)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if !isOver { note(Self.unwrapInboundIn(data)) }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if !isOver, connection.isListening { note(Self.unwrapOutboundIn(data)) }
        context.write(data, promise: promise)
    }

    private func note(_ part: HTTPClientResponsePart) {
        switch part {
        case .head(let head):
            isOver = head.status == .switchingProtocols
            connection.record(
                .response(
                    status: Int(head.status.code), reason: head.status.reasonPhrase, fields: Self.fields(head.headers)),
                .received)
        case .body(let bytes): connection.record(.body(bytes: bytes.readableBytes), .received)
        case .end: break
        }
    }

    private func note(_ part: HTTPClientRequestPart) {
        switch part {
        case .head(let head):
            connection.record(
                .request(method: head.method.rawValue, target: head.uri, fields: Self.fields(head.headers)), .sent)
        case .body(let body): connection.record(.body(bytes: body.readableBytes), .sent)
        case .end: break
        }
    }

    static func fields(_ headers: HTTPHeaders) -> [MetadataEntry] {
        headers.map { MetadataEntry($0.name, $0.value) }
    }
}

/// The request of a WebSocket's handshake, which the library writes in front of every handler that could see it.
final class SentHandshake: Sendable {
    let target: String
    let isSecure: Bool
    let headers = Mutex(HTTPHeaders())

    init(target: String, isSecure: Bool) {
        self.target = target
        self.isSecure = isSecure
    }
}
