import NIOCore

/// What the event loop knows of a stream.
struct WireState {
    /// 0 while the stream waits to be opened.
    var id: Int32 = 0
    /// Whether it is in the list of those that wait to be opened.
    var isWaiting = false
    /// Closed on both sides, or never to be opened.
    var isClosed = false

    // Towards the peer.
    var head: HTTP2Headers?
    var headEnds = false
    var queue = OutboundQueue()
    /// Whether nothing comes after what is in the queue.
    var isFinished = false
    var trailers: HTTP2Headers?
    /// Whether this side's last frame is on its way.
    var hasSentEnd = false
    /// Whether nghttp2 has been told that there is nothing to send, and waits to be told that there is.
    var isDeferred = false
    /// Whether the response has been given to nghttp2; servers only.
    var hasResponded = false
    /// Bytes that have become frames since the task was last told.
    var moved = 0
    var isAbandoned = false
    var stall: (kind: HTTP2Stall, since: Duration)?
    var isWatched = false

    // From the peer, in this read.
    var batch: ByteBuffer?
    var events: [HTTP2StreamEvent] = []
    var isTouched = false

    // From the peer, so far.
    var hasHead = false
    var interims = 0
    var hasEnded = false
    var resetByPeer: HTTP2ErrorCode?
    var violation: String?

    /// Puts an event behind the bytes that came before it.
    mutating func append(_ event: HTTP2StreamEvent) {
        if let batch { events.append(.data(batch)) }
        batch = nil
        events.append(event)
    }

    mutating func takeEvents() -> [HTTP2StreamEvent] {
        if let batch { events.append(.data(batch)) }
        batch = nil
        defer { events = [] }
        return events
    }
}

/// Buffers on their way into DATA frames.
struct OutboundQueue {
    private var buffers: CircularBuffer<ByteBuffer> = []
    private(set) var bytes = 0

    mutating func append(_ buffer: ByteBuffer) {
        guard buffer.readableBytes > 0 else { return }
        bytes += buffer.readableBytes
        buffers.append(buffer)
    }

    /// Moves so many bytes, which must be there, to `target`.
    mutating func move(_ count: Int, to target: inout ByteBuffer) {
        var rest = min(count, bytes)
        bytes -= rest
        while rest > 0 {
            let length = min(rest, buffers[buffers.startIndex].readableBytes)
            buffers[buffers.startIndex].readWithUnsafeReadableBytes { pointer in
                target.writeBytes(UnsafeRawBufferPointer(rebasing: pointer[..<length]))
                return length
            }
            if buffers[buffers.startIndex].readableBytes == 0 { buffers.removeFirst() }
            rest -= length
        }
    }

    /// - Returns: the buffers, of which the first may have been moved in part.
    mutating func removeAll() -> CircularBuffer<ByteBuffer> {
        defer { self = OutboundQueue() }
        return buffers
    }
}
