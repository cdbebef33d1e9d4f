import NIOCore
import NIOTLS
import RPCCore
import Synchronization
import TransportSupport

/// How far the connections of a transport have come, for the text of an error when they come no further.
final class ConnectionProgress: Sendable {
    struct State: Sendable {
        /// The stage that the newest connection is in.
        var stage = CallError.Origin.resolve
        /// What the server's first bytes look like, where they are not HTTP/2.
        var speech: Speech?
        /// What broke the newest connection.
        var failure: (any Error)?
    }

    /// What a server speaks that does not speak HTTP/2.
    enum Speech: Sendable {
        case http1
        case tls
    }

    private let state = Mutex(State())
    private let dial = Mutex<Dial?>(nil)

    var snapshot: State {
        var snapshot = state.withLock { $0 }
        // Until a connection is there, the dialer knows.
        if snapshot.stage == .resolve, let dial = dial.withLock({ $0 }) { snapshot.stage = dial.stage }
        return snapshot
    }

    /// Looks at the dialer as long as there is no connection.
    func follow(_ dial: Dial) {
        self.dial.withLock { $0 = dial }
    }

    /// The error where a proxy takes too long; `nil` where it is not the proxy.
    func proxyTimeout(_ dialer: Dialer) -> CallError? {
        guard snapshot.stage == .proxy else { return nil }
        return dial.withLock { $0 }.flatMap { dialer.timeout(of: $0) }
    }

    /// Watches a connection that is about to be made.
    func watch(
        _ channel: any Channel, isSecure: Bool, position: ChannelPipeline.SynchronousOperations.Position
    ) throws {
        reached(.connect)
        let watcher = ConnectionWatcher(progress: self, isSecure: isSecure)
        try channel.pipeline.syncOperations.addHandler(watcher, position: position)
    }

    fileprivate func reached(_ stage: CallError.Origin) {
        state.withLock { $0.stage = stage }
    }

    fileprivate func failed(_ error: any Error) {
        state.withLock { $0.failure = error }
    }

    fileprivate func heard(_ speech: Speech) {
        state.withLock { $0.speech = speech }
    }
}

/// Sees a connection through its handshakes, and what the server says first. Lies between the encryption and HTTP/2.
private final class ConnectionWatcher: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let progress: ConnectionProgress
    private let isSecure: Bool
    private var hasHeard = false

    init(progress: ConnectionProgress, isSecure: Bool) {
        self.progress = progress
        self.isSecure = isSecure
    }

    /// The connection may be there already.
    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { progress.reached(isSecure ? .tls : .upgrade) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        progress.failed(error)
        context.fireErrorCaught(error)
    }

    func channelActive(context: ChannelHandlerContext) {
        progress.reached(isSecure ? .tls : .upgrade)
        context.fireChannelActive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted = event { progress.reached(.upgrade) }
        context.fireUserInboundEventTriggered(event)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if !hasHeard {
            hasHeard = true
            let bytes = unwrapInboundIn(data).readableBytesView
            // A frame of HTTP/2 begins with its length, of which the settings of a server need not even one byte.
            if bytes.starts(with: "HTTP/1".utf8) { progress.heard(.http1) }
            // The record of an alert, or of a handshake (RFC 8446, 5.1).
            if [0x15, 0x16].contains(bytes.first), bytes.dropFirst().first == 3 { progress.heard(.tls) }
        }
        context.fireChannelRead(data)
    }
}
