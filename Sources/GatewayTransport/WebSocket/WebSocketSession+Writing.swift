import NIOCore
import RPCCore
import TransportSupport
import WebSocketClient

extension WebSocketSession {
    /// Requests that are pulled from the plan and written as one batch.
    static let batchLimit = 256

    /// Writes the plan's requests, as fast as the server takes them.
    func writeRequests() async -> Step {
        var source = PlanSource(context.call.plan, context.call.encoder(.json), clock: context.clock)
        var number = 0
        while true {
            let batch: [Payload]
            do {
                guard let next = try await source.next(atMost: Self.batchLimit) else { return .exhausted }
                batch = next
            } catch let error as CallError {
                return .planFailed(error)
            } catch {
                return Task.isCancelled
                    ? .nothing : .planFailed(CallError(.invalidArgument, "the plan was cancelled", at: .plan))
            }
            let (messages, bytes) = encode(batch, after: number)
            number += batch.count
            await context.recorder.sent(messages)
            // Only now, so that no reply is taken for the answer to a request that nobody has been told of.
            let pause = max(context.configuration.quietTime, ReplyOrder.leastPause)
            state.withLock { state in
                let isPause = !state.isDelivering && (messages.first?.time ?? .zero) - state.lastTraffic >= pause
                state.ending.sent(batch, afterPause: isPause)
            }
            if let failure = await write(bytes) { return failure }
        }
    }

    /// Tells the server that no more requests will come, in the way that is configured.
    func writeEnd() async -> Step {
        await context.recorder.halfClosed()
        var frames = WebSocketFrames(telling: wire)
        switch context.configuration.endOfStream {
        case .marker: frames.append(text: EndMarker.text)
        case .close: frames.append(closeCode: 1000)
        case .nothing: return .nothing
        }
        return await write(frames.finish()) ?? .nothing
    }

    private func encode(_ batch: [Payload], after number: Int) -> ([StreamMessage], ByteBuffer) {
        var frames = WebSocketFrames(capacity: batch.count * 64, telling: wire)
        var messages: [StreamMessage] = []
        messages.reserveCapacity(batch.count)
        let now = context.clock.now
        for (offset, request) in batch.enumerated() {
            request.bytes.withUnsafeBytes { frames.append(.text, $0) }
            messages.append(
                StreamMessage(
                    number: number + offset + 1, time: now, form: .textFrame, role: .request, payload: request))
        }
        return (messages, frames.finish())
    }

    /// Writes and flushes; waits while the socket is full.
    /// - Returns: what to do about a failure; `nil` when there is none.
    private func write(_ bytes: ByteBuffer) async -> Step? {
        do {
            try await outbound.write(bytes)
            return Task.isCancelled ? .nothing : nil
        } catch {
            guard !Task.isCancelled else { return .nothing }
            return .sendFailed(
                CallError(.unavailable, "the connection broke while sending", at: .send))
        }
    }
}
