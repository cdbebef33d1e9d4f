import NIOCore
import NIOPosix
import RPCCore

/// What a server speaks, found by what it answers to the beginning of a protocol.
public enum ServerSpeech: Hashable, Sendable {
    case http1
    /// HTTP/2 with prior knowledge (RFC 9113, 3.3), as gRPC services in plain text do.
    case http2
    case tls
}

extension ServerProbe {
    /// Finds out what a server speaks that is spoken to in plain text and does not answer as it should: a connection for each thing
    /// that it may speak, until one is answered. No call is made; HTTP/1.1 is asked for its root.
    /// - Returns: `nil` where it answers to nothing, each within a limit.
    public func speech(within limit: Duration) async -> ServerSpeech? {
        guard let dialer = try? makeDialer(limit) else { return nil }
        let isGateway = server.scheme.dialect == .gateway
        let request = "GET / HTTP/1.1\r\nHost: \(server.authority)\r\nConnection: close\r\n\r\n"
        let http1 = SpeechProbe(opening: Array(request.utf8))
        let openings = isGateway ? [http1, .http2] : [.http2, http1]
        // Some answer in what they speak, whatever they are asked.
        for opening in openings {
            if let speech = await opening.listen(within: TimeAmount(limit), dialer: dialer) { return speech }
        }
        let isTLS = (try? await look(makeTLS(), limit, isChecked: false)) != nil
        return isTLS ? .tls : nil
    }
}

/// Says the beginning of a protocol to a server, and listens to what it answers.
private struct SpeechProbe {
    let opening: [UInt8]

    /// The preface of a client, and SETTINGS without any (RFC 9113, 3.4).
    static let http2 = SpeechProbe(
        opening: Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + [0, 0, 0, 4, 0, 0, 0, 0, 0])

    func listen(within limit: TimeAmount, dialer: Dialer) async -> ServerSpeech? {
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        let promise = eventLoop.makePromise(of: ServerSpeech?.self)
        let timeout = eventLoop.scheduleTask(in: limit) { promise.succeed(nil) }
        let dial = Dial()
        dialer.connect(dial, on: eventLoop) { [opening] channel in
            try channel.pipeline.syncOperations.addHandler(SpeechReader(opening, promise))
        }.whenFailure { _ in promise.succeed(nil) }
        defer {
            timeout.cancel()
            dial.abandon()
        }
        return (try? await promise.futureResult.get()) ?? nil
    }
}

private final class SpeechReader: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let opening: [UInt8]
    private let promise: EventLoopPromise<ServerSpeech?>
    private var heard: [UInt8] = []
    private var hasSpoken = false

    init(_ opening: [UInt8], _ promise: EventLoopPromise<ServerSpeech?>) {
        (self.opening, self.promise) = (opening, promise)
    }

    func handlerAdded(context: ChannelHandlerContext) { if context.channel.isActive { speak(context) } }

    func channelActive(context: ChannelHandlerContext) { speak(context) }

    private func speak(_ context: ChannelHandlerContext) {
        // A connection that is open already may be said to be so once more; what comes twice makes servers reset it.
        guard !hasSpoken else { return }
        hasSpoken = true
        context.writeAndFlush(Self.wrapOutboundOut(ByteBuffer(bytes: opening)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        heard += Self.unwrapInboundIn(data).readableBytesView.prefix(64)
        // The head of a frame of HTTP/2 (RFC 9113, 4.1); that of an answer of HTTP/1.1 is longer.
        guard heard.count >= 9 else { return }
        if heard.starts(with: "HTTP/1".utf8) {
            promise.succeed(.http1)
        } else {
            let isSettings = heard[0] == 0 && heard[3] == 4 && heard[4] == 0 && heard[5..<9].allSatisfy { $0 == 0 }
            promise.succeed(isSettings ? .http2 : nil)
        }
        context.close(promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        promise.succeed(nil)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        promise.succeed(nil)
        context.fireChannelInactive()
    }
}
