import HTTP2Session
import RPCCore

/// A call that is being served: what its method reads, writes and may have to know. Belongs to the task that serves it.
final class ServedCall {
    let stream: HTTP2Stream
    let requests: RequestReader
    let replies: ReplyWriter
    let clock: any CallClock

    init(_ stream: HTTP2Stream, _ requests: RequestReader, _ replies: ReplyWriter, clock: any CallClock) {
        self.stream = stream
        self.requests = requests
        self.replies = replies
        self.clock = clock
    }

    /// Waits until the client has left, and says so by ``CancellationError``.
    func untilLeft() async throws -> Never {
        await stream.closed()
        throw CancellationError()
    }

    /// Waits, unless the client has left by then.
    func pause(_ time: Duration) async throws {
        guard time > .zero else { return }
        try await withThrowingTaskGroup { [stream, clock] group in
            group.addTask { try await clock.sleep(for: time) }
            group.addTask {
                await stream.closed()
                throw CancellationError()
            }
            try await group.next()
            group.cancelAll()
        }
    }
}

/// A method of a service.
struct GRPCMethod: Sendable {
    /// Serves a call.
    /// - Returns: what goes among the trailers of a call that ends well.
    /// - Throws: ``GRPCStatus`` or ``CallError`` for one that does not, and `CancellationError` where there is nobody to tell.
    var serve: @Sendable (ServedCall) async throws -> [HTTP2Field]
}
