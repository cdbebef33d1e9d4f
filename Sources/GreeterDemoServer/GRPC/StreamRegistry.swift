import Foundation
import NIOCore
import NIOHTTP2
import NIOPosix
import Synchronization

/// The connections and streams of the gRPC side, so that a fault can strike the one that a call is on.
///
/// The library tells a service nothing of the stream that carries its call. So each stream gets a number, which is put
/// among the headers of the request, where the service finds it. Holds an entry for each that is open.
final class StreamRegistry: Sendable {
    /// The header with a stream's number.
    static let header = "x-demo-stream"

    private struct State {
        var lastNumber = 0
        var streams: [Int: any Channel] = [:]
        var connections: [ObjectIdentifier: any Channel] = [:]
        var listener: (any Channel)?
    }

    private let state = Mutex(State())

    func listen(_ channel: any Channel) {
        state.withLock { $0.listener = channel }
    }

    func add(connection channel: any Channel) {
        let id = ObjectIdentifier(channel)
        state.withLock { $0.connections[id] = channel }
        channel.closeFuture.whenComplete { [weak self] _ in self?.state.withLock { $0.connections[id] = nil } }
    }

    func add(stream channel: any Channel) throws {
        let number = state.withLock { state in
            state.lastNumber += 1
            state.streams[state.lastNumber] = channel
            return state.lastNumber
        }
        channel.closeFuture.whenComplete { [weak self] _ in self?.state.withLock { $0.streams[number] = nil } }
        try channel.pipeline.syncOperations.addHandler(StreamMarker(number), position: .first)
    }

    /// Resets a connection that has just been accepted: closing without time to linger does that (RFC 9293, 3.6).
    func reset(_ channel: any Channel) {
        _ = (channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0))
        channel.eventLoop.execute { channel.close(promise: nil) }
    }

    /// Closes the listener and then every connection, whatever it is doing.
    func close() async {
        if let listener = state.withLock({ $0.listener.take() }) { await close(listener) }
        let connections = state.withLock { Array($0.connections.values) }
        for connection in connections { try? await connection.close() }
    }

    /// Closes the listener when nothing is between being accepted and being handed over: the library would drop it, and
    /// then trap because nobody has used it.
    private func close(_ listener: any Channel) async {
        try? await listener.setOption(.autoRead, value: false).get()
        // What was accepted is handed over within a turn or two of the event loop that both are on.
        for _ in 0..<4 { try? await listener.eventLoop.submit {}.get() }
        try? await listener.close()
    }

    // MARK: Faults

    /// Cuts the connection that a stream is on.
    func cut(_ number: Int) async {
        try? await stream(number)?.parent?.close()
    }

    /// Resets a stream (RFC 9113, 6.4).
    func reset(_ number: Int, code: UInt32) async {
        guard let channel = stream(number) else { return }
        let frame = HTTP2Frame.FramePayload.rstStream(HTTP2ErrorCode(networkCode: Int(code)))
        try? await channel.eventLoop.submit {
            try channel.pipeline.syncOperations.context(handlerType: StreamMarker.self)
                .writeAndFlush(NIOAny(frame), promise: nil)
        }.get()
        try? await channel.close()
    }

    /// Says that the connection of a stream takes no more calls, this one included, and closes it (RFC 9113, 6.8).
    func sayGoAway(_ number: Int) async {
        guard let connection = stream(number)?.parent else { return }
        let frame = HTTP2Frame(
            streamID: .rootStream,
            payload: .goAway(lastStreamID: .rootStream, errorCode: .noError, opaqueData: nil))
        try? await connection.writeAndFlush(frame)
        try? await connection.close()
    }

    private func stream(_ number: Int) -> (any Channel)? { state.withLock { $0.streams[number] } }
}

/// Puts the number of a stream among the headers of its request, and takes out that replies may be compressed unasked.
private final class StreamMarker: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame.FramePayload
    typealias InboundOut = HTTP2Frame.FramePayload
    typealias OutboundOut = HTTP2Frame.FramePayload

    private let number: Int

    init(_ number: Int) {
        self.number = number
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .headers(var headers) = unwrapInboundIn(data) else { return context.fireChannelRead(data) }
        headers.headers.replaceOrAdd(name: StreamRegistry.header, value: String(number))
        // The library would compress replies for whoever can read that; here it does for those who compress, too.
        if headers.headers.first(name: "grpc-encoding") ?? "identity" == "identity" {
            headers.headers.remove(name: "grpc-accept-encoding")
        }
        context.fireChannelRead(wrapInboundOut(.headers(headers)))
    }
}
