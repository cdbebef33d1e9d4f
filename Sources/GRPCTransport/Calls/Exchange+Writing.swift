import GRPCWire
import HTTP2Session
import NIOCore
import RPCCore
import TransportSupport

extension Exchange {
    /// Requests that are pulled from the plan and written as one batch.
    private static let batchLimit = 256

    /// Writes one request and the half-close. Whether they can be sent, the reading side says.
    func send(_ request: Payload, to stream: HTTP2Stream) async throws(CallError) {
        let batch = try await announce([request])
        stream.writeLast(batch.buffer)
        // With its bytes the stream is opened, and has a number.
        if let messages = batch.messages { record(messages, on: stream, .sent) }
    }

    /// Writes the requests of a plan, as fast as the server takes them.
    func write(_ plan: any RequestPlan, to stream: HTTP2Stream) async -> Step {
        do {
            var source = PlanSource(plan, call.encoder(.protobuf), clock: clock)
            while let batch = try await source.next(atMost: Self.batchLimit) {
                if let step = try await send(batch, to: stream) { return step }
            }
            return .exhausted
        } catch let error as CallError {
            return .planFailed(error)
        } catch {
            return Task.isCancelled
                ? .nothing : .planFailed(CallError(.invalidArgument, "the plan was cancelled", at: .plan))
        }
    }

    /// Announces and writes a batch; waits while too much waits to be sent.
    /// - Returns: what to do about a failure; `nil` when there is none.
    private func send(_ batch: [Payload], to stream: HTTP2Stream) async throws(CallError) -> Step? {
        let batch = try await announce(batch)
        if let messages = batch.messages { record(messages, on: stream, .sent) }
        do {
            try await stream.write(batch.buffer)
            return Task.isCancelled ? .nothing : nil
        } catch {
            return Task.isCancelled ? .nothing : .sendFailed
        }
    }

    /// Tells the observer and the ledger of requests.
    /// - Returns: the requests as they travel, and what there is to say of them where somebody watches the wire.
    private func announce(
        _ batch: [Payload]
    ) async throws(CallError) -> (buffer: ByteBuffer, messages: WireMessages?) {
        var messages: [StreamMessage] = []
        messages.reserveCapacity(batch.count)
        var buffer = ByteBufferAllocator().buffer(capacity: batch.count * 48)
        var bytes = 0
        let (now, number, repeated) = (clock.now, ledger.requests, ledger.takeRepeated(atMost: batch.count))
        for (offset, request) in batch.enumerated() {
            try append(request, to: &buffer)
            bytes += request.bytes.count
            guard offset >= repeated else { continue }
            messages.append(
                StreamMessage(
                    number: number + offset - repeated + 1, time: now, form: .grpcMessage, role: .request,
                    payload: request))
        }
        let watched =
            context.wire?.isListening == true
            ? WireMessages(
                first: ledger.nextNumber - repeated, count: batch.count, bytes: bytes,
                encodedBytes: buffer.readableBytes - batch.count * Self.prefixLength) : nil
        if !messages.isEmpty { await recorder.sent(messages) }
        // Only now, so that no reply is taken for the answer to a request that nobody has been told of.
        ledger.sent(messages.count, at: now)
        return (buffer, watched)
    }

    /// The bytes before each message (PROTOCOL-HTTP2.md, Length-Prefixed-Message).
    private static let prefixLength = 5

    /// Tells of messages that went together, where somebody wants to know.
    func record(_ messages: WireMessages, on stream: HTTP2Stream, _ direction: Direction) {
        context.wire?.record(.messages(messages), connection: stream.connectionNumber, stream: stream.id, direction)
    }

    /// Appends a request with the five bytes before it.
    private func append(_ request: Payload, to buffer: inout ByteBuffer) throws(CallError) {
        let size = request.bytes.count
        let limit = context.configuration.maximumMessageSize
        guard size <= limit else {
            throw CallError(
                .resourceExhausted, "a request has \(size) bytes, and \(limit) are allowed", at: .plan,
                advice: "make the request smaller")
        }
        guard context.configuration.usesCompression else {
            buffer.writeMultipleIntegers(0 as UInt8, UInt32(size))
            buffer.writeBytes(request.bytes)
            return
        }
        let packed: Result<[UInt8], CallError> = request.bytes.withUnsafeBytes { bytes in
            Result { () throws(CallError) in try MessageCompression.gzip(bytes) }
        }
        let bytes = try packed.get()
        buffer.writeMultipleIntegers(1 as UInt8, UInt32(bytes.count))
        buffer.writeBytes(bytes)
    }
}
