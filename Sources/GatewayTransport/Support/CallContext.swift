import GreeterCore

/// What every part of one call needs.
struct CallContext: Sendable {
    let server: ServerAddress
    let configuration: GatewayConfiguration
    let call: Call
    let headers: RequestHeaders
    let recorder: CallRecorder

    var clock: any CallClock { recorder.clock }
    var route: String { server.path(of: configuration.routes[call.kind]) }
}

extension ServerAddress {
    /// The path of a route, below the base path.
    func path(of route: String) -> String {
        basePath + (route.hasPrefix("/") ? route : "/" + route)
    }
}

/// A source of requests whose failures are told as such.
struct PlanSource: Sendable {
    private var source: any RequestSource

    init(_ plan: any RequestPlan, clock: any CallClock) {
        source = plan.makeSource(clock: clock)
    }

    /// - Throws: ``CallError`` at ``CallError/Origin/plan``, or `CancellationError`.
    mutating func next(atMost limit: Int) async throws -> [HelloRequest]? {
        do {
            return try await source.next(atMost: limit)
        } catch let error as CancellationError {
            throw error
        } catch {
            throw CallError(.invalidArgument, "\(error)", at: .plan)
        }
    }
}
