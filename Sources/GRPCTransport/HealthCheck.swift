import GRPCCore
import GRPCProtobuf
import GreeterCore
import GreeterProtos
import TransportSupport

/// Asks the service's health, as published in grpc/health/v1/health.proto.
struct HealthCheck: Sendable {
    let context: CallContext

    static let method = "grpc.health.v1.Health/Check"

    func run(deadline: Duration) async throws(CallError) -> HealthReport {
        let clock = context.clock
        let start = clock.now
        let late = CallError(
            .deadlineExceeded, "no answer to the health check within \(deadline.inSeconds)", at: .deadline)
        let ending: CallEnding
        do {
            ending = try await TimeLimit(clock: clock, instant: start + deadline, error: late).run {
                if let sessions = context.sessions {
                    return try await SessionRPC(
                        context: context, connections: sessions, method: Self.method, isUnaryRequest: true
                    )
                    .open(timeout: deadline) { await ask($0) }
                }
                return try await RPC(context: context, method: Self.method, isUnaryRequest: true)
                    .open(timeout: deadline) { await ask($0) }
            }
        } catch let error as CallError {
            throw error
        } catch {
            throw CallError(.cancelled, "the health check was cancelled", at: .cancellation)
        }
        if let error = ending.error { throw error }
        return HealthReport(message: ending.rule, roundTrip: clock.now - start)
    }

    /// - Returns: what the server says, as the rule of an ending.
    private func ask(_ stream: GRPCConnection.Stream) async -> CallEnding {
        let failure = GRPCFailure(context: context, method: Self.method)
        var answer: Grpc_Health_V1_HealthCheckResponse?
        do {
            // Serving an empty message is asking for the server as a whole.
            try await stream.outbound.write(
                .message(ProtobufSerializer().serialize(Grpc_Health_V1_HealthCheckRequest())))
            await stream.outbound.finish()
            for try await part in stream.inbound {
                switch part {
                case .metadata: break
                case .message(let bytes): answer = try ProtobufDeserializer().deserialize(bytes)
                case .status(let status, let trailers):
                    if let error = failure.lost(status, trailers) { return .failure(error, rule: "") }
                    if status.code == .unimplemented { return CallEnding(rule: "no health service") }
                    if let error = failure.callError(for: status, trailers, kind: .unary) {
                        return .failure(error, rule: "")
                    }
                    return judge(answer)
                }
            }
        } catch {
            // Without a status the stream was cut short.
        }
        return .failure(GRPCFailure.lost, rule: "")
    }

    private func judge(_ answer: Grpc_Health_V1_HealthCheckResponse?) -> CallEnding {
        judge(answer?.status.rawValue)
    }

    /// What a number of `ServingStatus` says.
    func judge(_ status: Int?) -> CallEnding {
        switch status {
        case 1: CallEnding(rule: "SERVING")
        case 2:
            .failure(CallError(.unavailable, "the service is not healthy: NOT_SERVING", at: .server), rule: "")
        default:
            .failure(
                CallError(
                    .internal, "the health service gives no state", at: .decode, advice: "check the health service"),
                rule: "")
        }
    }
}
