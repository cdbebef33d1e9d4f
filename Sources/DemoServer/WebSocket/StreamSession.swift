import NIOCore
import NIOWebSocket

/// One WebSocket: turns frames into messages for the service, and its answers into frames.
///
/// Answers to what one read cycle brought leave in one flush. Nothing more is read while the client does not take its
/// answers. A connection therefore holds at most two messages of ``MessageAssembly/limit`` that are still incomplete
/// (one frame, and the fragments before it) and the answers to one read cycle of at most 256 KiB.
final class StreamSession: ChannelDuplexHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// How long a client may take to close its side once our last words are written. Until then it may take as long as it
    /// likes, as with every answer before.
    private static let closeLimit = Duration.seconds(1)

    private enum Phase {
        case open
        /// The client has half-closed; the service has yet to answer.
        case answering
        /// We have sent a CLOSE and wait for the client's.
        case closing
        /// Our half of the connection is closed. What still comes is thrown away.
        case draining
    }

    private var phase = Phase.open
    private var stream: any ServedStream
    private var assembly = MessageAssembly()
    private var writer: FrameWriter
    private let thinkTime: Duration
    private let faults: FaultRun
    private let time: ServerTime
    private var requests = 0
    private var timer: ServerTimer?
    /// Until the service speaks by itself.
    private var silence: ServerTimer?
    private var isReadHeld = false
    /// Whether the time that the client has to close is still to begin, with the next flush.
    private var owesLimit = false

    init(
        stream: any ServedStream, thinkTime: Duration, faults: FaultRun, time: ServerTime,
        allocator: ByteBufferAllocator
    ) {
        self.stream = stream
        self.thinkTime = thinkTime
        self.faults = faults
        self.time = time
        writer = FrameWriter(allocator: allocator, faults: faults)
    }

    // MARK: Reading

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard phase != .draining else { return }
        switch assembly.take(unwrapInboundIn(data)) {
        case .incomplete, .pong: break
        case .ping(let payload):
            if phase != .closing { writer.write(.pong, payload.readableBytesView) }
        case .close(let payload): closeArrived(payload, context: context)
        case .message(let message): messageArrived(message, context: context)
        case .binary where phase == .open:
            writer.writeError("Only text messages are accepted")
            close(context: context, code: .normalClosure)
        case .tooLong where phase != .closing: close(context: context, code: .messageTooLarge)
        case .binary, .tooLong: break
        case .violation: drain(context: context)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        flushAnswers(context: context)
        context.fireChannelReadComplete()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case NIOWebSocketError.invalidFrameLength where phase == .open || phase == .answering:
            close(context: context, code: .messageTooLarge)
            flushAnswers(context: context)
        case is NIOWebSocketError: drain(context: context)
        case is ByteToMessageDecoderError: break  // More of what could not be read, after the frame that is dealt with.
        default: context.close(promise: nil)
        }
    }

    private func messageArrived(_ message: ByteBuffer, context: ChannelHandlerContext) {
        guard phase == .open, !faults.ordered.stalls else { return }
        // Text must be UTF-8 as a whole (RFC 6455, 8.1), not only in the fields that somebody reads.
        guard message.isUTF8 else { return drain(context: context) }
        let isOver = message.withUnsafeReadableBytes { stream.receive($0, answers: &writer) }
        guard isOver else {
            strike(context: context)
            return awaitSilence(context: context)
        }
        phase = .answering
        if thinkTime == .zero {
            finish(context: context)
        } else {
            timer = time.schedule(in: thinkTime, on: context.eventLoop) {
                self.finish(context: context)
                self.flushAnswers(context: context)
            }
        }
    }

    /// Lets the service speak by itself once nobody has said anything for a while. A client that does not listen is told nothing.
    private func awaitSilence(context: ChannelHandlerContext) {
        silence?.cancel()
        silence = nil
        guard phase == .open, let pace = stream.pace else { return }
        silence = time.schedule(in: pace, on: context.eventLoop) {
            guard self.phase == .open else { return }
            if context.channel.isWritable { self.stream.speak(answers: &self.writer) }
            self.flushAnswers(context: context)
            self.awaitSilence(context: context)
        }
    }

    /// Lets happen to the stream what was ordered for the request that has just been served.
    private func strike(context: ChannelHandlerContext) {
        requests += 1
        switch faults.strike(afterRequest: requests) {
        case nil: break
        case .cut: endOutput(context: context, mode: .all)
        case .close(let code): close(context: context, code: WebSocketErrorCode(codeNumber: Int(code)))
        case .fail:
            writer.writeError(FaultRun.failure)
            close(context: context, code: .normalClosure)
        }
    }

    // MARK: Ending

    private func finish(context: ChannelHandlerContext) {
        guard phase == .answering else { return }
        stream.finish(answers: &writer)
        close(context: context, code: .normalClosure)
    }

    /// Sends a CLOSE, and waits a limited time for the client's from when all is written.
    private func close(context: ChannelHandlerContext, code: WebSocketErrorCode) {
        phase = .closing
        let number = UInt16(webSocketErrorCode: code)
        writer.write(.connectionClose, [UInt8(number >> 8), UInt8(number & 0xFF)])
        owesLimit = !faults.ordered.neverCloses
    }

    private func closeArrived(_ payload: ByteBuffer, context: ChannelHandlerContext) {
        guard !faults.ordered.neverCloses else {
            phase = .draining
            return
        }
        if phase != .closing { writer.write(.connectionClose, payload.readableBytesView) }
        endOutput(context: context)
    }

    /// Ends the connection without a CLOSE, as the observed gateway does when the protocol is violated.
    private func drain(context: ChannelHandlerContext) {
        guard phase != .draining else { return }
        endOutput(context: context)
    }

    /// Closes our direction after what was written. The client's end of file then closes the rest: closing both at once
    /// would reset the connection when more of the client's is on its way, and take our last words with it.
    /// - Parameter mode: What is closed after what was written.
    private func endOutput(context: ChannelHandlerContext, mode: CloseMode = .output) {
        phase = .draining
        context.writeAndFlush(wrapOutboundOut(writer.take())).assumeIsolated().whenComplete { _ in
            context.close(mode: mode, promise: nil)
            self.closeLater(context: context)
        }
    }

    private func closeLater(context: ChannelHandlerContext) {
        timer?.cancel()
        guard context.channel.isActive else { return }
        timer = time.schedule(in: Self.closeLimit, on: context.eventLoop) {
            context.close(promise: nil)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
        silence?.cancel()
    }

    // MARK: Back-pressure

    private func flushAnswers(context: ChannelHandlerContext) {
        guard !writer.isEmpty else { return }
        let written = context.writeAndFlush(wrapOutboundOut(writer.take()))
        guard owesLimit else { return }
        owesLimit = false
        // A client that reads slowly is not to lose what it has not read yet.
        written.assumeIsolated().whenSuccess {
            if self.phase == .closing { self.closeLater(context: context) }
        }
    }

    func read(context: ChannelHandlerContext) {
        if context.channel.isWritable {
            context.read()
        } else {
            isReadHeld = true
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable, isReadHeld {
            isReadHeld = false
            context.read()
        }
        context.fireChannelWritabilityChanged()
    }
}

extension ByteBuffer {
    fileprivate var isUTF8: Bool {
        // Mostly ASCII, which needs no decoding to be known as right.
        withUnsafeReadableBytes { $0.isASCII || String(validating: $0, as: UTF8.self) != nil }
    }
}
