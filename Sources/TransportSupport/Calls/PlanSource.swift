package import RPCCore

/// A source of requests whose failures are told as such.
package struct PlanSource: Sendable {
    private var source: any RequestSource

    package init(_ plan: any RequestPlan, _ encoder: MessageEncoder, clock: any CallClock) {
        source = plan.makeSource(encoder, clock: clock)
    }

    /// - Throws: ``CallError`` at ``CallError/Origin/plan``, or `CancellationError`.
    package mutating func next(atMost limit: Int) async throws -> [Payload]? {
        do {
            return try await source.next(atMost: limit)
        } catch let error as CancellationError {
            throw error
        } catch {
            throw CallError(.invalidArgument, "\(error)", at: .plan)
        }
    }
}
