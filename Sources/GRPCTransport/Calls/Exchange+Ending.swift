import GRPCCore
import GreeterCore
import TransportSupport

extension Exchange {
    /// What a status means for the call. For a stream of requests it is also the end of the server's half.
    func end(_ status: Status, _ trailers: Metadata) async -> CallEnding {
        let failure = GRPCFailure(context: context, method: method)
        if let error = failure.lost(status, trailers) {
            return .failure(error, rule: "the stream was cut off")
        }
        let rule = "the server ended the call: \(StatusCode(status.code).name)"
        let error = failure.callError(for: status, trailers, kind: call.kind)
        let isUnknownMethod = error?.code == .unimplemented && !acceptance.isClaimed
        // Under another name it may yet begin.
        if call.kind.streamsRequests, !isUnknownMethod { await recorder.serverFinished() }
        if let error {
            return CallEnding(
                error: error, rule: rule, trailers: trailers.entries, isUnknownMethod: isUnknownMethod)
        }
        return await succeed(rule, trailers.entries)
    }

    private func succeed(_ rule: String, _ trailers: [MetadataEntry]) async -> CallEnding {
        let replies = ledger.replies - repliesBefore
        if !call.kind.streamsReplies, replies != 1 {
            let count = replies == 0 ? "no reply" : "\(replies) replies"
            let error = CallError(
                .internal, "the server ended the call with \(count), where there must be one", at: .server,
                advice: "check the method: it may be of another kind")
            return .failure(error, rule: rule, trailers: trailers)
        }
        if call.kind == .serverStream, replies == 0 {
            await recorder.notice("no replies to request \(ledger.requests)")
        }
        let result = call.kind.streamsReplies ? nil : ledger.replies
        return CallEnding(rule: rule, result: result, trailers: trailers)
    }

    /// Tells of a reply that only the port of a gateway gives.
    func noticeGateway(_ reply: HelloReply) async {
        guard call.kind == .unary, GatewayGreeting.isOne(reply) else { return }
        await recorder.notice("\(GatewayGreeting.cause): \(GatewayGreeting.advice(for: context.server))")
    }
}
