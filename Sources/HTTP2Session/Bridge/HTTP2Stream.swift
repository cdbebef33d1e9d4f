package import NIOCore
import Synchronization

/// What was written to a stream cannot be sent: the stream is over. The reading side says why.
package struct HTTP2StreamClosed: Error {}

/// One stream of a connection. One task reads it and one writes it; they may be different ones.
///
/// A stream that is let go of before it is over is reset: by a client with CANCEL, by a server that has not finished with
/// INTERNAL_ERROR.
package final class HTTP2Stream: Sendable {
    let core: StreamCore
    private let connection: ConnectionCore

    init(core: StreamCore, connection: ConnectionCore) {
        self.core = core
        self.connection = connection
    }

    /// The identifier of the stream; `nil` until it is opened.
    package var id: Int? {
        let id = core.id.load(ordering: .relaxed)
        return id > 0 ? Int(id) : nil
    }

    /// The number under which a tap knows the connection.
    package var connectionNumber: Int { connection.number }

    deinit {
        let isNeeded = core.shared.withLock { state in
            state.isAbandoned = true
            return !state.isClosed
        }
        if isNeeded { connection.schedule(core) }
    }

    /// Everything that has come since the last time, at least one event; waits when there is nothing. Only then the peer is given
    /// credit for what was taken before, so a consumer that does not come back holds it back.
    /// - Returns: `nil` after ``HTTP2StreamEvent/end(_:)`` was taken.
    /// - Throws: `CancellationError` when the task is cancelled and nothing is there. The stream goes on.
    package func next() async throws(CancellationError) -> [HTTP2StreamEvent]? {
        while true {
            let (batch, isOver, isDue) = core.shared.withLock { $0.take() }
            if isDue { connection.schedule(core) }
            if !batch.isEmpty { return batch }
            if isOver { return nil }
            if Task.isCancelled { throw CancellationError() }
            await core.shared.wait(\.takers) { $0.events.isEmpty && !$0.hasEnded }
        }
    }

    /// Sends the header block of a response; for servers. Nothing is sent before it, and only the first counts.
    package func respond(_ head: HTTP2Headers, ends: Bool = false) {
        schedule { state in
            guard !state.isFinished, !state.isClosed else { return false }
            state.head = head
            (state.headEnds, state.isFinished) = (ends, ends)
            return true
        }
    }

    /// Sends bytes, which become as few DATA frames as the windows allow. Waits while more than
    /// ``HTTP2Configuration/outboundLimit`` bytes wait.
    /// - Parameter ends: Whether they are the last.
    /// - Throws: ``HTTP2StreamClosed``, or `CancellationError` when the task was cancelled while it waited; the bytes may then
    ///   be sent nevertheless.
    package func write(_ buffer: ByteBuffer, ends: Bool = false) async throws {
        try await write(CollectionOfOne(buffer), ends: ends)
    }

    /// The same for several buffers, as one batch.
    package func write(_ buffers: some Collection<ByteBuffer> & Sendable, ends: Bool = false) async throws {
        let limit = core.outboundLimit
        let isFull = core.shared.withLock { state -> Bool? in
            var isSent = !state.isFinished && !state.isClosed
            for buffer in buffers { isSent = state.enqueue(buffer) }
            guard isSent else { return nil }
            state.isFinished = ends
            return state.outboundBytes > limit
        }
        guard let isFull else { throw HTTP2StreamClosed() }
        connection.schedule(core)
        guard isFull else { return }
        while core.shared.withLock({ $0.outboundBytes > limit && !$0.isClosed }) {
            try Task.checkCancellation()
            await core.shared.wait(\.writers) { $0.outboundBytes > limit && !$0.isClosed }
        }
        if core.shared.withLock({ $0.isClosed && $0.outboundBytes > 0 }) { throw HTTP2StreamClosed() }
    }

    /// Sends bytes and nothing after them, and waits for nothing. Without effect on a stream that is over.
    package func writeLast(_ buffer: ByteBuffer) {
        schedule { state in
            let isSent = state.enqueue(buffer)
            state.isFinished = true
            return isSent
        }
    }

    /// Nothing more will be written: the last frame has END_STREAM.
    /// - Parameter trailers: A header block that comes last.
    package func finish(trailers: HTTP2Headers? = nil) {
        schedule { state in
            guard !state.isFinished, !state.isClosed else { return false }
            state.isFinished = true
            state.trailers = trailers
            return true
        }
    }

    /// Sends the rest of a response in one go; for servers. Waits for nothing: what the peer does not take yet is kept until it does.
    /// - Parameters:
    ///   - head: The header block, where none was sent before.
    ///   - trailers: The header block that comes last.
    package func conclude(_ bytes: ByteBuffer, after head: HTTP2Headers? = nil, trailers: HTTP2Headers) {
        schedule { state in
            guard !state.isFinished, !state.isClosed else { return false }
            if let head { (state.head, state.headEnds) = (head, false) }
            _ = state.enqueue(bytes)
            (state.trailers, state.isFinished) = (trailers, true)
            return true
        }
    }

    /// Waits until all that was written is on its way to the peer, or never will be. Returns at once when the task is cancelled.
    package func drained() async {
        while core.shared.withLock({ $0.outboundBytes > 0 && !$0.isClosed }), !Task.isCancelled {
            await core.shared.wait(\.writers) { $0.outboundBytes > 0 && !$0.isClosed }
        }
    }

    /// Waits until nothing can be sent any more: the stream has ended on both sides, or either side has reset it, or the connection
    /// is over. Returns at once when the task is cancelled.
    package func closed() async {
        while core.shared.withLock({ !$0.isClosed }), !Task.isCancelled {
            await core.shared.wait(\.writers) { !$0.isClosed }
        }
    }

    /// The connection that it is on.
    package var carrier: HTTP2Connection { HTTP2Connection(core: connection) }

    /// Ends both directions at once with RST_STREAM. Without effect on a stream that is over.
    package func reset(_ code: HTTP2ErrorCode) {
        schedule { state in
            guard !state.isClosed else { return false }
            state.discard()
            state.reset = code
            if !state.hasEnded { state.append(.end(.reset(code, by: .local))) }
            state.takers.wake()
            return true
        }
    }

    /// Ends both directions, and tells what was written and never became a frame: nothing of it has left this side.
    /// - Returns: the buffers as they were written, each with the number of its first bytes that have become frames.
    package func withdraw() async -> [(buffer: ByteBuffer, sent: Int)] {
        guard core.shared.withLock({ $0.outboundBytes > 0 }) else { return [] }
        reset(.cancel)
        // In a task of its own, since a task that is cancelled waits for nothing, and the loop is about to answer.
        await Task { [core] in
            while core.shared.withLock({ !$0.isSettled }) { await core.shared.wait(\.writers) { !$0.isSettled } }
        }.value
        return core.shared.withLock { state in
            state.unsent.map { buffer in
                var whole = buffer
                whole.moveReaderIndex(to: 0)
                return (whole, buffer.readerIndex)
            }
        }
    }

    private func schedule(_ change: (inout StreamCore.Shared) -> Bool) {
        if core.shared.withLock({ change(&$0) }) { connection.schedule(core) }
    }
}

extension StreamCore.Shared {
    /// What has come, whether that was all, and whether the peer is to be given credit.
    fileprivate mutating func take() -> (batch: [HTTP2StreamEvent], isOver: Bool, isDue: Bool) {
        let batch = events
        events = []
        consumed += handedOver
        handedOver = 0
        for case .data(let bytes) in batch { handedOver += bytes.readableBytes }
        return (batch, hasEnded, consumed >= creditStep && !hasEnded)
    }
}
