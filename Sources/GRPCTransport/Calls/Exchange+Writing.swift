import GRPCCore
import GRPCNIOTransportHTTP2Posix
import GreeterCore
import TransportSupport

extension Exchange {
    /// Requests that are pulled from the plan and written as one batch.
    private static let batchLimit = 256

    typealias Outbound = HTTP2ClientTransport.Posix.Outbound

    /// Writes the requests, as fast as the server takes them.
    func write(to outbound: Outbound) async -> Step {
        do {
            switch feed {
            case .one(let request):
                return try await send([request], to: outbound) ?? .exhausted
            case .plan(let plan):
                var source = PlanSource(plan, clock: clock)
                while let batch = try await source.next(atMost: Self.batchLimit) {
                    if let step = try await send(batch, to: outbound) { return step }
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

    /// Announces and writes a batch; waits while the stream is full.
    /// - Returns: what to do about a failure; `nil` when there is none.
    private func send(_ batch: [HelloRequest], to outbound: Outbound) async throws -> Step? {
        var messages: [StreamMessage] = []
        var parts: [RPCRequestPart<GRPCNIOTransportBytes>] = []
        messages.reserveCapacity(batch.count)
        parts.reserveCapacity(batch.count)
        let (now, number, repeated) = (clock.now, ledger.requests, ledger.takeRepeated(atMost: batch.count))
        for (offset, request) in batch.enumerated() {
            let bytes = try GreeterCodec.encode(request)
            parts.append(.message(bytes))
            guard offset >= repeated else { continue }
            messages.append(
                StreamMessage(
                    number: number + offset - repeated + 1, time: now, size: bytes.count, form: .grpcMessage,
                    body: .request(request)))
        }
        if !messages.isEmpty { await recorder.sent(messages) }
        // Only now, so that no reply is taken for the answer to a request that nobody has been told of.
        ledger.sent(messages.count, at: now)
        do {
            try await outbound.write(contentsOf: parts)
            return Task.isCancelled ? .nothing : nil
        } catch {
            return Task.isCancelled ? .nothing : .sendFailed
        }
    }
}
