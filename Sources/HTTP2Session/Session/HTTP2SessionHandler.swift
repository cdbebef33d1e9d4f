import CNghttp2
package import NIOCore

/// HTTP/2 in a channel, over bytes: libnghttp2 as a session in memory (RFC 9113).
///
/// The library keeps the rules of frames, streams, header compression and flow control. Here are batches, back-pressure and the
/// border to the tasks; see ``HTTP2Connection`` and ``HTTP2Stream``.
package final class HTTP2SessionHandler: ChannelDuplexHandler {
    package typealias InboundIn = ByteBuffer
    package typealias InboundOut = Never
    package typealias OutboundIn = Never
    package typealias OutboundOut = ByteBuffer

    /// Which side of the connection this is.
    package enum Role: Sendable {
        case client
        /// - Parameter accept: Is given each stream as its request begins; on the event loop, so it must not wait.
        case server(accept: @Sendable (HTTP2Stream) -> Void)
    }

    /// For the tasks that use the connection.
    package let connection: HTTP2Connection

    let core: ConnectionCore
    let configuration: HTTP2Configuration
    let accept: (@Sendable (HTTP2Stream) -> Void)?
    let tap: HTTP2Tap?
    /// The number under which the tap knows the connection.
    let number: Int

    var session: OpaquePointer?
    var context: ChannelHandlerContext?
    /// Streams that have an identifier.
    var streams: [Int32: StreamCore] = [:]
    /// The stream that was asked for last: almost always the one that is asked for next.
    var newest: StreamCore?
    /// Streams that wait to be opened.
    var waiting: CircularBuffer<StreamCore> = []
    /// Streams of this side that are open, by the limit of the peer.
    var openCount = 0
    /// Streams for which something came that their tasks have not been told of.
    var touched: [StreamCore] = []
    /// Streams of which bytes have left that their tasks have not been told of.
    var moved: [StreamCore] = []
    /// Streams whose bytes wait, as far as a tap has seen.
    var watched: [StreamCore] = []
    var block: IncomingBlock?
    var out = ByteBuffer()
    var isReading = false
    var isFlushing = false
    /// Whether the library has stopped because enough was written for now.
    var isFull = false
    /// Whether the tap listens, looked at once for each read and each write.
    var isTapped = false
    /// The frame that is coming in, and the DATA frames that have followed each other, while the tap listens.
    var unread: HTTP2FrameHead?
    var run: (data: HTTP2DataRun, direction: HTTP2Direction)?
    var hasAskedForRoundTrip = false
    /// What the peer has set, and what it was asked to keep to.
    var peerSettings: [HTTP2Setting] = []
    var currentSettings: [HTTP2Setting] = []
    var pings = PingLedger()
    var keepAliveTimer: Scheduled<Void>?
    /// Runs while there is no stream.
    var idleTimer: Scheduled<Void>?
    var lastRead = NIODeadline.now()
    /// The beginning of what the peer said, until it has proved to be HTTP/2.
    var firstBytes: [UInt8] = []
    var hasPeerSettings = false
    var goAway: HTTP2GoAway?
    /// Why the connection ends: nothing is read or sent any more.
    var reason: HTTP2ConnectionEnd.Reason?
    /// What the peer has done wrong, where the library is about to end the connection for it.
    var failure: HTTP2ConnectionEnd.Reason?
    /// The last sentence of the library about something that was wrong.
    var complaint: String?
    /// The code of a GOAWAY that was asked for here.
    var ownGoAway: HTTP2ErrorCode?
    /// Whether tasks' requests are being done.
    var isServing = false
    /// Whether everything is sent later in this turn of the loop.
    private var isFlushDue = false
    /// Whether the connection is closed as soon as what is to be sent is sent.
    var closesAfterFlush = false

    /// - Parameters:
    ///   - tap: Takes what happens on the wire.
    ///   - number: The number under which it knows the connection.
    package init(
        role: Role, configuration: HTTP2Configuration = HTTP2Configuration(), tap: HTTP2Tap? = nil, number: Int = 0
    ) {
        self.configuration = configuration
        self.tap = tap
        self.number = number
        accept = if case .server(let accept) = role { accept } else { nil }
        core = ConnectionCore(configuration: configuration, number: number)
        connection = HTTP2Connection(core: core)
    }

    var isServer: Bool { accept != nil }

    // MARK: The life of the channel

    package func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive { start() }
    }

    package func channelActive(context: ChannelHandlerContext) {
        start()
        context.fireChannelActive()
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        isReading = true
        receive(unwrapInboundIn(data))
    }

    package func channelReadComplete(context: ChannelHandlerContext) {
        isReading = false
        recordRun()
        deliverTouched()
        flushSoon(on: context.eventLoop)
        context.fireChannelReadComplete()
    }

    /// Sends what there is after the tasks on this loop, if any, that have been told of something: what they write leaves with it.
    private func flushSoon(on loop: any EventLoop) {
        guard !isFlushDue else { return }
        isFlushDue = true
        let bound = NIOLoopBound(self, eventLoop: loop)
        loop.execute {
            bound.value.isFlushDue = false
            bound.value.flush()
        }
    }

    package func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { flush() }
        context.fireChannelWritabilityChanged()
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if reason == nil { reason = .broken(error) }
        context.close(promise: nil)
    }

    package func channelInactive(context: ChannelHandlerContext) {
        finish()
        context.fireChannelInactive()
    }

    package func handlerRemoved(context: ChannelHandlerContext) {
        finish()
        self.context = nil
    }

    /// Ends the connection for a reason of this side's.
    func end(_ reason: HTTP2ConnectionEnd.Reason) {
        if self.reason == nil { self.reason = reason }
        context?.close(promise: nil)
    }

    deinit {
        nghttp2_session_del(session)
    }
}
