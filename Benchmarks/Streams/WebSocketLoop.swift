import NIOCore
import NIOWebSocket

/// How requests become frames, and replies are counted.
protocol BareFraming {
    associatedtype Inbound
    associatedtype Outbound

    /// Makes what is written at once: a request for each number, and the end of the requests where it is asked for.
    mutating func frames(_ numbers: Range<Int>, endsRequests: Bool) -> [Outbound]

    /// Takes what was read.
    mutating func take(_ inbound: Inbound)

    var replies: ReplyCount { get }
}

/// The text messages of a server, of which the last is `complete`.
struct ReplyCount {
    private(set) var messages = 0
    var isClosed = false
    private var last = ByteBuffer()
    private var beforeLast = ByteBuffer()

    mutating func add(_ text: ByteBuffer) {
        messages += 1
        (beforeLast, last) = (last, text)
    }

    var lastReply: String { String(buffer: beforeLast) }
}

/// Writes as long as the socket takes it, and reads in between.
final class WebSocketLoop<Framing: BareFraming>: ChannelInboundHandler {
    typealias InboundIn = Framing.Inbound
    typealias OutboundOut = Framing.Outbound

    private let batch = 256
    private let requests: Int
    private let tally: EventLoopPromise<Tally>
    private var framing: Framing
    private var next = 1
    private var isAtEnd = false
    private var isScheduled = false

    init(_ framing: Framing, requests: Int, tally: EventLoopPromise<Tally>) {
        (self.framing, self.requests, self.tally) = (framing, requests, tally)
    }

    /// Begins with the next turn of the event loop: in this one the handlers of HTTP are still there.
    func handlerAdded(context: ChannelHandlerContext) {
        writeSoon(context)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        write(context)
    }

    private func write(_ context: ChannelHandlerContext) {
        guard !isAtEnd, !isScheduled, context.channel.isWritable else { return }
        let numbers = next..<min(next + batch, requests + 1)
        next = numbers.upperBound
        isAtEnd = next > requests
        // Flushing can end in another call of this.
        isScheduled = true
        for frame in framing.frames(numbers, endsRequests: isAtEnd) {
            context.write(Self.wrapOutboundOut(frame), promise: nil)
        }
        context.flush()
        writeSoon(context)
    }

    private func writeSoon(_ context: ChannelHandlerContext) {
        isScheduled = true
        context.eventLoop.assumeIsolated().execute {
            self.isScheduled = false
            self.write(context)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        framing.take(Self.unwrapInboundIn(data))
        guard framing.replies.isClosed else { return }
        let replies = framing.replies
        tally.succeed(Tally(sent: next - 1, replies: replies.messages - 1, last: replies.lastReply))
    }

    func channelInactive(context: ChannelHandlerContext) {
        tally.fail(ChannelError.eof)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        tally.fail(error)
        context.close(promise: nil)
    }
}

/// What is sent, in its parts.
private enum Text {
    static let beginning: StaticString = "{\"name\":\"User "
    static let end: StaticString = "\",\"language\":\"en\"}"
    static let marker: StaticString = "{\"__end_stream__\": true}"
}

extension ByteBuffer {
    fileprivate mutating func writeRequest(_ number: Int) {
        writeStaticString(Text.beginning)
        writeString(String(number))
        writeStaticString(Text.end)
    }
}

/// With SwiftNIO's encoder and decoder.
struct LibraryFraming: BareFraming {
    private(set) var replies = ReplyCount()
    private var keys = SystemRandomNumberGenerator()

    mutating func frames(_ numbers: Range<Int>, endsRequests: Bool) -> [WebSocketFrame] {
        var frames = numbers.map { number in
            var data = ByteBufferAllocator().buffer(capacity: 48)
            data.writeRequest(number)
            return frame(data)
        }
        if endsRequests { frames.append(frame(ByteBuffer(staticString: Text.marker))) }
        return frames
    }

    private mutating func frame(_ data: ByteBuffer) -> WebSocketFrame {
        WebSocketFrame(fin: true, opcode: .text, maskKey: .random(using: &keys), data: data)
    }

    mutating func take(_ frame: WebSocketFrame) {
        switch frame.opcode {
        case .text: replies.add(frame.data)
        case .connectionClose: replies.isClosed = true
        default: break
        }
    }
}

/// One buffer for all frames of a batch, and headers that are skipped. The keys of the masks are no secret.
struct HandFraming: BareFraming {
    private(set) var replies = ReplyCount()
    private var unread = ByteBuffer()
    private var key: UInt32 = 0x9E37_79B9

    mutating func frames(_ numbers: Range<Int>, endsRequests: Bool) -> [ByteBuffer] {
        var bytes = ByteBufferAllocator().buffer(capacity: numbers.count * 64)
        for number in numbers { append(to: &bytes) { $0.writeRequest(number) } }
        if endsRequests { append(to: &bytes) { $0.writeStaticString(Text.marker) } }
        return [bytes]
    }

    /// A text frame of at most 125 bytes (RFC 6455, 5.2).
    private mutating func append(to bytes: inout ByteBuffer, _ payload: (inout ByteBuffer) -> Void) {
        let start = bytes.writerIndex
        key = key &* 1_664_525 &+ 1_013_904_223
        bytes.writeMultipleIntegers(0x81 as UInt8, 0x80 as UInt8, key)
        payload(&bytes)
        let count = bytes.writerIndex - start - 6
        bytes.setInteger(0x80 | UInt8(count), at: start + 1)
        let mask = key.bigEndian
        bytes.withUnsafeMutableReadableBytes { all in
            let target = UnsafeMutableRawBufferPointer(rebasing: all[(start + 6)...])
            let whole = count & ~3
            for offset in stride(from: 0, to: whole, by: 4) {
                let word = target.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
                target.storeBytes(of: word ^ mask, toByteOffset: offset, as: UInt32.self)
            }
            withUnsafeBytes(of: mask) { for offset in whole..<count { target[offset] ^= $0[offset & 3] } }
        }
    }

    mutating func take(_ bytes: ByteBuffer) {
        unread.discardReadBytes()
        if unread.readableBytes == 0 { unread = bytes } else { unread.writeImmutableBuffer(bytes) }
        while let (opcode, payload) = nextFrame() {
            switch opcode {
            case .text: replies.add(payload)
            case .connectionClose: replies.isClosed = true
            default: break
            }
        }
    }

    private mutating func nextFrame() -> (WebSocketOpcode?, ByteBuffer)? {
        var ahead = unread
        guard let (first, short) = ahead.readMultipleIntegers(as: (UInt8, UInt8).self) else { return nil }
        var length = Int(short)
        if short == 126 {
            guard let long = ahead.readInteger(as: UInt16.self) else { return nil }
            length = Int(long)
        }
        guard let payload = ahead.readSlice(length: length) else { return nil }
        unread = ahead
        return (WebSocketOpcode(encodedWebSocketOpcode: first & 0x0F), payload)
    }
}
