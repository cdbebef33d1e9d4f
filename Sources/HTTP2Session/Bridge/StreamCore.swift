import NIOCore
import Synchronization
import Waiting

/// A stream between the tasks that use it and the event loop that carries it: bounded both ways.
///
/// Towards the peer whole buffers wait here until the loop fetches them all at once; the writer waits while more than a limit has
/// not become frames. From the peer everything of one socket read is one batch; what the consumer has not taken is bounded by the
/// stream's window, since credit follows consumption.
final class StreamCore: Sendable {
    struct Shared: Awaitable {
        // Towards the peer.
        var head: HTTP2Headers?
        /// Whether the header block itself is to carry END_STREAM. A half-close that comes after it is a DATA frame, be it empty:
        /// gRPC asks for that (PROTOCOL-HTTP2.md, EOS), and there are servers that wait for it.
        var headEnds: Bool
        var outbound: [ByteBuffer] = []
        /// Bytes that have not become frames yet, here or on the loop, and never will once the stream is settled.
        var outboundBytes = 0
        /// Of those, what was written too late, or was let go of.
        var unsent: [ByteBuffer] = []
        /// Whether the loop has let go of the stream: nothing becomes a frame after that.
        var isSettled = false
        var trailers: HTTP2Headers?
        /// Whether nothing more will be written.
        var isFinished = false
        /// Whether what is written will not be sent any more.
        var isClosed = false
        var reset: HTTP2ErrorCode?
        var isAbandoned = false
        var writers = Waiters()
        // From the peer.
        var events: [HTTP2StreamEvent] = []
        var hasEnded = false
        /// Bytes of the batch that the consumer has.
        var handedOver = 0
        /// Bytes that were consumed and not yet given back.
        var consumed = 0
        /// From how many on they are given back: half the window, as more would let the peer run dry.
        var creditStep: Int
        var takers = Waiters()
        // Whether the loop knows that there is something to do.
        var isScheduled = false

        mutating func takeWoken() -> [CheckedContinuation<Void, Never>] {
            let woken = takers.takeWoken()
            let writers = writers.takeWoken()
            return writers.isEmpty ? woken : woken + writers
        }
    }

    /// What the loop does for a stream in one go.
    struct Work: Sendable {
        var head: HTTP2Headers?
        var headEnds: Bool
        var buffers: [ByteBuffer]
        var trailers: HTTP2Headers?
        var isFinished: Bool
        var reset: HTTP2ErrorCode?
        var isAbandoned: Bool
        var credit: Int
    }

    let shared: Guarded<Shared>
    let outboundLimit: Int
    /// The identifier; 0 until the stream is opened.
    let id = Atomic<Int32>(0)
    /// The event loop's own half. Unsafe only in name: the session handler alone touches it, on its event loop.
    nonisolated(unsafe) var wire = WireState()

    init(configuration: HTTP2Configuration, head: HTTP2Headers? = nil, headEnds: Bool = false) {
        shared = Guarded(
            Shared(
                head: head, headEnds: headEnds, isFinished: headEnds,
                creditStep: Self.creditStep(window: configuration.streamWindow)))
        outboundLimit = configuration.outboundLimit
    }

    static func creditStep(window: Int) -> Int { max(1, window / 2) }
}

// MARK: - On the event loop

extension StreamCore {
    /// Everything that is to be done for the stream now.
    func takeWork() -> Work {
        shared.withLock { state in
            defer {
                state.head = nil
                state.outbound = []
                state.trailers = nil
                state.reset = nil
                state.isScheduled = false
                if state.consumed >= state.creditStep { state.consumed = 0 }
            }
            return Work(
                head: state.head, headEnds: state.headEnds, buffers: state.outbound, trailers: state.trailers,
                isFinished: state.isFinished,
                reset: state.reset, isAbandoned: state.isAbandoned,
                credit: state.consumed >= state.creditStep ? state.consumed : 0)
        }
    }

    /// So many bytes have become frames.
    func left(_ bytes: Int) {
        shared.withLock { state in
            state.outboundBytes -= bytes
            if state.outboundBytes <= outboundLimit / 2 { state.writers.wake() }
        }
    }

    /// Hands over what one read has brought.
    func deliver(_ events: [HTTP2StreamEvent]) {
        shared.withLock { state in
            guard !state.hasEnded else { return }
            for event in events {
                state.append(event)
                if case .end = event { break }
            }
            state.takers.wake()
        }
    }

    /// Nothing that is written will be sent any more.
    /// - Parameter queue: What the loop had not sent.
    func close(_ queue: some Sequence<ByteBuffer>) {
        shared.withLock { state in
            state.unsent += queue
            state.discard()
            state.isSettled = true
        }
    }

    /// The window of the stream is another from now on.
    func windowChanged(_ window: Int) {
        shared.withLock { $0.creditStep = Self.creditStep(window: window) }
    }
}

extension StreamCore.Shared {
    /// Nothing more is handed to the loop.
    mutating func discard() {
        isClosed = true
        unsent += outbound
        outbound = []
        writers.wake()
    }

    /// Takes a buffer that is to be sent; where it is too late for that, it is among those that were not.
    /// - Returns: whether it will be sent.
    mutating func enqueue(_ buffer: ByteBuffer) -> Bool {
        outboundBytes += buffer.readableBytes
        guard !isFinished, !isClosed else {
            unsent.append(buffer)
            return false
        }
        outbound.append(buffer)
        return true
    }

    /// Small pieces are put together, so that a peer that sends byte by byte costs what it sends and not a buffer each.
    mutating func append(_ event: HTTP2StreamEvent) {
        if case .end = event { hasEnded = true }
        guard case .data(let piece) = event, case .data(var whole)? = events.last,
            whole.readableBytes + piece.readableBytes <= 16 * 1024
        else { return events.append(event) }
        // Taken out before it is written to, or all of it would be copied.
        events.removeLast()
        whole.writeImmutableBuffer(piece)
        events.append(.data(whole))
    }
}
