import AsyncHTTPClient
import GreeterCore
import NIOCore
import TransportSupport

/// A unary call or a server stream: one exchange for each request of the plan, one after another.
struct HTTPCall: Sendable {
    let context: CallContext
    let http: HTTPConnections
    let tls: TLSSetup

    /// Runs the call to its end. The first exchange that fails ends it.
    func run() async -> Verdict {
        let limit = context.call.options.limit(fromStart: context.recorder.start, clock: context.clock)
        do {
            return try await limit.run { try await exchangeAll() }
        } catch let error as CallError where error.origin == .deadline {
            return .failure(error, rule: "the deadline passed")
        } catch {
            if Task.isCancelled { return .cancelled }
            if let error = error as? CallError { return .failure(error, rule: "an exchange failed") }
            return .failure(CallError(.internal, "\(error)", at: .receive), rule: "an exchange failed")
        }
    }

    private func exchangeAll() async throws -> Verdict {
        var source = PlanSource(context.call.plan, clock: context.clock)
        var requests = 0
        var replies = 0
        while let request = try await source.next(atMost: 1)?.first {
            requests += 1
            replies = try await exchange(request, number: requests, after: replies)
            await context.recorder.acknowledged(upTo: requests)
        }
        guard requests > 0 else {
            throw CallError(
                .invalidArgument, "a \(context.call.kind.title) call needs a request", at: .plan,
                advice: "add a request to the plan")
        }
        await context.recorder.halfClosed()
        await context.recorder.serverFinished()
        let exchanges = requests == 1 ? "the exchange is" : "all \(requests) exchanges are"
        return Verdict(rule: "\(exchanges) complete", result: context.call.kind == .unary ? replies : nil)
    }

    /// Makes one exchange within the deadline that counts from its request.
    /// - Returns: how many replies there have been with it.
    private func exchange(_ request: HelloRequest, number: Int, after replies: Int) async throws -> Int {
        let limit = context.call.options.limit(fromHalfClose: context.clock.now, clock: context.clock)
        return try await limit.run {
            if context.call.kind == .unary {
                try await UnaryExchange(exchange: makeExchange("application/json"))
                    .run(request, number: number, after: replies)
            } else {
                try await ServerStreamExchange(exchange: makeExchange("text/event-stream"))
                    .run(request, number: number, after: replies)
            }
        }
    }

    private func makeExchange(_ accepted: String) -> HTTPExchange {
        HTTPExchange(context: context, http: http, tls: tls, accepted: accepted)
    }
}
