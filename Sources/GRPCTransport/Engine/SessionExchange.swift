import GRPCWire
import GreeterCore
import HTTP2Session
import NIOCore
import TransportSupport

/// The conversation on one stream, written and read by tasks that never wait for each other.
struct SessionExchange: Sendable {
    let context: CallContext
    let call: Call
    let recorder: CallRecorder
    let ledger: MessageLedger
    let feed: RequestFeed
    let method: String
    /// Replies to earlier requests of the call, on streams of their own.
    let repliesBefore: Int
    /// Claimed when the server has accepted the call.
    let acceptance = Once()

    var clock: any CallClock { context.clock }

    /// Runs until the server has sent the status, or the call ends otherwise. The stream is then reset unless it is over.
    func run(_ stream: HTTP2Stream) async -> CallEnding {
        let ending = await withTaskGroup(of: Step.self) { group in
            group.addTask { await read(stream) }
            group.addTask { await write(to: stream) }
            for await step in group {
                if let ending = await proceed(after: step, stream, &group) {
                    group.cancelAll()
                    return ending
                }
            }
            return .cancelled
        }
        if ending.error != nil { stream.reset(.cancel) }
        return ending
    }

    /// What the tasks have to say that end before the RPC does.
    enum Step: Sendable {
        case ended(CallEnding)
        /// The last request is written.
        case exhausted
        /// A request could not be written: the stream is over, and the reading side says why.
        case sendFailed
        /// The plan could not make its next request.
        case planFailed(CallError)
        case nothing
    }

    private func proceed(
        after step: Step, _ stream: HTTP2Stream, _ group: inout TaskGroup<Step>
    ) async -> CallEnding? {
        switch step {
        case .ended(let ending): return ending
        case .exhausted:
            ledger.halfClosed()
            if call.kind.streamsRequests { await recorder.halfClosed() }
            stream.finish()
            let limit = call.options.limit(fromHalfClose: clock.now, clock: clock)
            if call.kind.streamsRequests, limit.instant != nil { group.addTask { await expire(limit) } }
        case .planFailed(let error):
            // What was sent before is answered; to half-close now would pass it off as the whole.
            let patience =
                call.kind == .bidirectional && ledger.expectsReplies ? context.configuration.closeTimeout : .zero
            group.addTask { await end(after: patience, error, "the plan failed") }
        case .sendFailed, .nothing: break
        }
        return nil
    }

    private func expire(_ limit: TimeLimit) async -> Step {
        guard let instant = limit.instant, (try? await clock.sleep(until: instant)) != nil else { return .nothing }
        return .ended(.failure(limit.error, rule: "the deadline passed"))
    }

    private func end(after patience: Duration, _ error: CallError, _ rule: String) async -> Step {
        if patience > .zero, (try? await clock.sleep(for: patience)) == nil { return .nothing }
        return .ended(.failure(error, rule: rule))
    }
}

// MARK: - Writing

extension SessionExchange {
    /// Requests that are pulled from the plan and written as one batch.
    private static let batchLimit = 256

    /// Writes the requests, as fast as the server takes them.
    private func write(to stream: HTTP2Stream) async -> Step {
        do {
            switch feed {
            case .one(let request):
                return try await send([request], to: stream, ends: true) ?? .exhausted
            case .plan(let plan):
                var source = PlanSource(plan, clock: clock)
                while let batch = try await source.next(atMost: Self.batchLimit) {
                    if let step = try await send(batch, to: stream, ends: false) { return step }
                }
                return .exhausted
            }
        } catch let error as CallError {
            return .planFailed(error)
        } catch {
            return Task.isCancelled
                ? .nothing : .planFailed(CallError(.invalidArgument, "the plan was cancelled", at: .plan))
        }
    }

    /// Announces and writes a batch; waits while too much waits to be sent.
    /// - Returns: what to do about a failure; `nil` when there is none.
    private func send(_ batch: [HelloRequest], to stream: HTTP2Stream, ends: Bool) async throws -> Step? {
        var messages: [StreamMessage] = []
        messages.reserveCapacity(batch.count)
        var buffer = ByteBufferAllocator().buffer(capacity: batch.count * 48)
        let (now, number, repeated) = (clock.now, ledger.requests, ledger.takeRepeated(atMost: batch.count))
        for (offset, request) in batch.enumerated() {
            let size = try append(request, to: &buffer)
            guard offset >= repeated else { continue }
            messages.append(
                StreamMessage(
                    number: number + offset - repeated + 1, time: now, size: size, form: .grpcMessage,
                    body: .request(request)))
        }
        if !messages.isEmpty { await recorder.sent(messages) }
        // Only now, so that no reply is taken for the answer to a request that nobody has been told of.
        ledger.sent(messages.count, at: now)
        do {
            try await stream.write(buffer, ends: ends)
            return Task.isCancelled ? .nothing : nil
        } catch {
            return Task.isCancelled ? .nothing : .sendFailed
        }
    }

    /// Appends a request with the five bytes before it.
    /// - Returns: the size of the message, uncompressed.
    private func append(_ request: HelloRequest, to buffer: inout ByteBuffer) throws(CallError) -> Int {
        let start = buffer.writerIndex
        buffer.writeInteger(0 as UInt8)
        buffer.writeInteger(0 as UInt32)
        let size = GreeterWire.write(request, to: &buffer)
        let limit = context.configuration.maximumMessageSize
        guard size <= limit else {
            throw CallError(
                .resourceExhausted, "a request has \(size) bytes, and \(limit) are allowed", at: .plan,
                advice: "make the request smaller")
        }
        guard context.configuration.usesCompression else {
            buffer.setInteger(UInt32(size), at: start + 1)
            return size
        }
        let packed: Result<[UInt8], CallError> = buffer.withUnsafeReadableBytes { bytes in
            Result { () throws(CallError) in
                let offset = start - buffer.readerIndex + 5
                return try MessageCompression.gzip(UnsafeRawBufferPointer(rebasing: bytes[offset...]))
            }
        }
        let bytes = try packed.get()
        buffer.moveWriterIndex(to: start)
        buffer.writeInteger(1 as UInt8)
        buffer.writeInteger(UInt32(bytes.count))
        buffer.writeBytes(bytes)
        return size
    }
}
