import NIOCore

/// Holds back what a stream writes, each write for a delay of its own, in order.
///
/// Nothing more is read from the client while 256 KiB are held, so that at most these and the answers to one read
/// cycle are held.
final class ReplyDelay: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private static let limit = 256 * 1024

    private enum Step {
        case write(ByteBuffer, EventLoopPromise<Void>?)
        case closeOutput(EventLoopPromise<Void>?)
    }

    private let faults: FaultRun
    private let time: ServerTime
    private var held = CircularBuffer<(due: Duration, step: Step)>()
    private var heldBytes = 0
    private var isReadHeld = false
    private var timer: ServerTimer?

    init(faults: FaultRun, time: ServerTime) {
        self.faults = faults
        self.time = time
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let bytes = unwrapOutboundIn(data)
        heldBytes += bytes.readableBytes
        hold(.write(bytes, promise), until: time.now + faults.nextDelay(), context: context)
    }

    /// What is held is flushed when its time has come.
    func flush(context: ChannelHandlerContext) {}

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        if mode == .output, !held.isEmpty {
            hold(.closeOutput(promise), until: time.now, context: context)
        } else {
            context.close(mode: mode, promise: promise)
        }
    }

    func read(context: ChannelHandlerContext) {
        if heldBytes < Self.limit {
            context.read()
        } else {
            isReadHeld = true
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
        let held = held
        self.held.removeAll()
        for (_, step) in held {
            switch step {
            case .write(_, let promise), .closeOutput(let promise): promise?.fail(ChannelError.ioOnClosedChannel)
            }
        }
    }

    /// Nothing overtakes what was written before it.
    private func hold(_ step: Step, until due: Duration, context: ChannelHandlerContext) {
        held.append((max(due, held.last?.due ?? due), step))
        if timer == nil { schedule(context: context) }
    }

    private func schedule(context: ChannelHandlerContext) {
        guard let next = held.first else { return }
        timer = time.schedule(in: next.due - time.now, on: context.eventLoop) {
            self.timer = nil
            self.release(context: context)
        }
    }

    private func release(context: ChannelHandlerContext) {
        let now = time.now
        while let next = held.first, next.due <= now {
            held.removeFirst()
            switch next.step {
            case .write(let bytes, let promise):
                heldBytes -= bytes.readableBytes
                context.writeAndFlush(wrapOutboundOut(bytes), promise: promise)
            case .closeOutput(let promise): context.close(mode: .output, promise: promise)
            }
        }
        if timer == nil { schedule(context: context) }
        if isReadHeld, heldBytes < Self.limit {
            isReadHeld = false
            context.read()
        }
    }
}
