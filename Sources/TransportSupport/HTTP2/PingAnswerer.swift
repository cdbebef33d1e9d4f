package import NIOCore

/// Answers a peer's PINGs, and takes them out of what HTTP/2 gets to see. Lies between the encryption and HTTP/2.
///
/// swift-nio-http2 ends a connection at the 201st control frame in 30 seconds. grpc-go measures the way with a PING for each
/// round trip of data, so an ordinary call comes to that in no time. What is left to the library: acknowledgements, which are its own affair,
/// malformed PINGs, and all other frames, floods of SETTINGS and PRIORITY among them.
///
/// Nothing is copied but heads and PINGs that two reads share. What is held back is at most one PING without its last byte; answers
/// that the peer does not read are at most ``limit``.
package final class PingAnswerer: ChannelInboundHandler {
    package typealias InboundIn = ByteBuffer
    package typealias InboundOut = ByteBuffer
    package typealias OutboundOut = ByteBuffer

    /// The end that reads.
    package enum Role: Sendable {
        case client
        case server
    }

    /// The connection was ended: more than ``PingAnswerer/limit`` PINGs were to be answered to a peer that reads no answers.
    package struct Flood: Error, CustomStringConvertible {
        package var description: String {
            "the peer sent more than \(PingAnswerer.limit) PINGs, and has not read the answers"
        }
    }

    /// How many answers may wait to be written.
    package static let limit = 1000
    /// How many answers are written at once.
    private static let batch = 256
    /// What a client says before its first frame (RFC 9113, 3.4), in bytes.
    static let prefaceSize = 24
    static let payloadSize = 8
    private static let pingSize = FrameHead.size + payloadSize

    private let flooded: @Sendable () -> Void
    /// The beginning of a frame that has not come further, as far as it must be held back.
    private var held = ByteBuffer()
    /// How many of the next bytes belong to what has been passed on already.
    private var rest: Int
    /// Within a header block no PING is allowed, and to complain of it is the library's affair.
    private var isInHeaders = false
    private var answers = ByteBuffer()
    /// Answers that have been handed on and not been written.
    private var unwritten = 0
    private var isOver = false

    /// - Parameter flooded: Called once, on the event loop, when the connection is ended for a ``Flood``.
    package init(_ role: Role, flooded: @escaping @Sendable () -> Void = {}) {
        rest = role == .server ? Self.prefaceSize : 0
        self.flooded = flooded
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        if held.readableBytes > 0 {
            var first = held
            held.clear()
            fill(&first, from: &bytes)
            walk(first, context)
        }
        if bytes.readableBytes > 0 { walk(bytes, context) }
    }

    package func channelReadComplete(context: ChannelHandlerContext) {
        writeAnswers(context)
        context.fireChannelReadComplete()
    }

    /// Completes a head, and after it the PING that it is of.
    private func fill(_ first: inout ByteBuffer, from bytes: inout ByteBuffer) {
        func take(upTo size: Int) {
            guard first.readableBytes < size,
                var part = bytes.readSlice(length: min(size - first.readableBytes, bytes.readableBytes))
            else { return }
            first.writeBuffer(&part)
        }
        take(upTo: FrameHead.size)
        if let head = FrameHead(first, at: first.readerIndex), isOurs(head) { take(upTo: Self.pingSize) }
    }

    private func isOurs(_ head: FrameHead) -> Bool { head.isQuestion && !isInHeaders }

    /// Passes on what is not ours, as it lies in `bytes`, and holds back what cannot be told yet.
    private func walk(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
        let end = bytes.writerIndex
        var offset = bytes.readerIndex
        var start = offset
        while offset < end, !isOver {
            if rest > 0 {
                let count = min(rest, end - offset)
                rest -= count
                offset += count
                continue
            }
            guard let head = FrameHead(bytes, at: offset) else { break }
            guard isOurs(head) else {
                if let isOpen = head.leavesHeadersOpen { isInHeaders = isOpen }
                rest = FrameHead.size + head.length
                continue
            }
            guard let payload = bytes.getSlice(at: offset + FrameHead.size, length: Self.payloadSize) else { break }
            pass(bytes, from: start, to: offset, context)
            answer(payload, context)
            offset += Self.pingSize
            start = offset
        }
        guard !isOver else { return }
        pass(bytes, from: start, to: offset, context)
        // A copy, so that a few bytes do not keep a whole read in memory.
        if offset < end, let tail = bytes.viewBytes(at: offset, length: end - offset) { held.writeBytes(tail) }
    }

    private func pass(_ bytes: ByteBuffer, from start: Int, to end: Int, _ context: ChannelHandlerContext) {
        guard start < end else { return }
        if start == bytes.readerIndex, end == bytes.writerIndex {
            return context.fireChannelRead(wrapInboundOut(bytes))
        }
        guard let part = bytes.getSlice(at: start, length: end - start) else { return }
        context.fireChannelRead(wrapInboundOut(part))
    }

    private func answer(_ payload: ByteBuffer, _ context: ChannelHandlerContext) {
        // Length 8, type PING, flag ACK, stream 0.
        answers.writeInteger(UInt64(0x0000_0806_0100_0000))
        answers.writeInteger(UInt8(0))
        answers.writeImmutableBuffer(payload)
        if answers.readableBytes >= Self.batch * Self.pingSize { writeAnswers(context) }
    }

    private func writeAnswers(_ context: ChannelHandlerContext) {
        guard answers.readableBytes > 0, !isOver else { return }
        let count = answers.readableBytes / Self.pingSize
        guard unwritten + count <= Self.limit else { return end(context) }
        unwritten += count
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { _ in self.unwritten -= count }
        context.writeAndFlush(wrapOutboundOut(answers), promise: written)
        answers = ByteBuffer()
    }

    private func end(_ context: ChannelHandlerContext) {
        isOver = true
        held = ByteBuffer()
        answers = ByteBuffer()
        flooded()
        context.fireErrorCaught(Flood())
        context.close(promise: nil)
    }
}
