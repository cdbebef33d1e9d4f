import AsyncHTTPClient
import NIOCore
import RPCCore
import TransportSupport

/// A unary call or a server stream: one exchange for each request of the plan, one after another.
struct HTTPCall: Sendable {
    let context: CallContext
    let http: HTTPConnections
    let tls: TLSSetup

    /// Runs the call to its end. The first exchange that fails ends it.
    func run() async -> CallEnding {
        let limit = context.call.options.limit(fromStart: context.recorder.start, clock: context.clock)
        return await .of(within: limit, failing: "an exchange failed") {
            try await SerialCall(context.call, .json, recorder: context.recorder).run(within: limit) { count in
                count == 1 ? "the exchange is complete" : "all \(count) exchanges are complete"
            } _: { request, number, _ in
                try await exchange(request, number: number)
                return CallEnding(rule: "the exchange is complete")
            }
        }
    }

    private func exchange(_ request: Payload, number: Int) async throws {
        let replies = context.recorder.delivery.received
        if context.call.kind == .unary {
            try await UnaryExchange(exchange: makeExchange("application/json"))
                .run(request, number: number, after: replies)
        } else {
            try await ServerStreamExchange(exchange: makeExchange("text/event-stream"))
                .run(request, number: number, after: replies)
        }
    }

    private func makeExchange(_ accepted: String) -> HTTPExchange {
        HTTPExchange(context: context, http: http, tls: tls, accepted: accepted)
    }
}
