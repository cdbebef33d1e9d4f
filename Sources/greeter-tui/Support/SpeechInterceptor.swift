import RPCCore
import TransportSupport

/// Says of a server that has not answered as it should what it speaks, where that is another thing than what it was spoken to in: it is
/// found out when a call, or a health check, has failed, and never guessed.
struct SpeechInterceptor: CallInterceptor {
    let probe: ServerProbe
    let server: ServerAddress

    /// How long each thing that it may speak is tried.
    private static let limit = Duration.seconds(2)

    func intercept(_ call: Call, observer: any CallObserver, next: @escaping CallHandler) async -> CallOutcome {
        let explanation = OutcomeExplanation(explained)
        return await explanation.explained(await next(call, SpeechObserver(observer, explanation)))
    }

    func interceptHealthCheck(
        deadline: Duration, next: @escaping HealthHandler
    ) async throws(CallError) -> HealthReport {
        do throws(CallError) {
            return try await next(deadline)
        } catch {
            throw await explained(error)
        }
    }

    func explained(_ error: CallError) async -> CallError {
        guard error.code == .unavailable || error.code == .internal, error.delivery.received == 0,
            error.origin == .receive || error.origin == .upgrade, error.closeCode == nil, !Task.isCancelled,
            let speech = await probe.speech(within: Self.limit)
        else { return error }
        var error = error
        switch (server.scheme.dialect, speech) {
        case (_, .tls):
            error.cause = "\(server.authority) speaks TLS, and is spoken to in plain text"
            error.advice = "use \(server.beginning(in: server.scheme.secured))"
        case (.gateway, .http2):
            error.cause = "\(server.authority) speaks HTTP/2 alone, as gRPC services do, and is no gateway"
            error.advice =
                "a gRPC service is called with \(server.beginning(in: server.scheme.otherDialect)); "
                + "for a gateway give the port of that"
        case (.grpc, .http1):
            error.cause = "\(server.authority) speaks HTTP/1.1, and no gRPC"
            error.advice =
                "a gateway is spoken to with \(server.beginning(in: server.scheme.otherDialect)); "
                + "for gRPC give the port of the service behind it"
        // It speaks what it should: of TLS nothing is to be said.
        case (.gateway, .http1):
            guard error.advice != nil else { break }
            error.advice = "it speaks HTTP/1.1, and may not have this route; look into its log"
        case (.grpc, .http2): break
        }
        return error
    }
}

/// Tells of the end of a call with its error explained.
private final class SpeechObserver: CallObserver {
    private let observer: any CallObserver
    private let explanation: OutcomeExplanation

    init(_ observer: any CallObserver, _ explanation: OutcomeExplanation) {
        (self.observer, self.explanation) = (observer, explanation)
    }

    func observe(_ event: CallEvent) async {
        guard case .ended(let outcome) = event else { return await observer.observe(event) }
        await observer.observe(.ended(await explanation.explained(outcome)))
    }
}
