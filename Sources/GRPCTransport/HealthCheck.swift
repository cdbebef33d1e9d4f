import GRPCWire
import HTTP2Session
import NIOCore
import ProtobufSchema
import RPCCore
import TransportSupport

/// Asks the service's health, as published in grpc/health/v1/health.proto.
struct HealthCheck: Sendable {
    let context: CallContext

    private static let method = "grpc.health.v1.Health/Check"

    func run(deadline: Duration) async throws(CallError) -> HealthReport {
        let clock = context.clock
        let start = clock.now
        let late = CallError(
            .deadlineExceeded, "no answer to the health check within \(deadline.inSeconds)", at: .deadline)
        let ending: CallEnding
        do {
            ending = try await TimeLimit(clock: clock, instant: start + deadline, error: late).run {
                try await RPC(context: context, method: Self.method, isUnaryRequest: true)
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
    private func ask(_ stream: HTTP2Stream) async -> CallEnding {
        var answer = AnswerReader(limit: context.configuration.maximumMessageSize)
        var status: Int?
        do {
            // Serving an empty message is asking for the server as a whole.
            try await stream.write(ByteBuffer(repeating: 0, count: 5), ends: true)
            while let batch = try await stream.next() {
                for event in batch {
                    switch event {
                    case .interim: break
                    case .head(let block): answer.head = block
                    case .data(let bytes):
                        try answer.read(bytes) { message throws(CallError) in status = Self.status(in: message) }
                    case .trailers(let block): answer.trailers = block
                    case .end(let end): return self.end(end, answer, status)
                    }
                }
            }
        } catch let error as CallError {
            return .failure(error, rule: "")
        } catch {
            // Without a status the stream was cut short.
        }
        return .failure(GRPCFailure.lost, rule: "")
    }

    private func end(_ end: HTTP2StreamEnd, _ answer: AnswerReader, _ status: Int?) -> CallEnding {
        let failure = GRPCFailure(context: context, method: Self.method)
        let verdict = StreamFailure(failure: failure, kind: .unary).verdict(on: end, answer)
        guard let error = verdict.error else { return judge(status) }
        if verdict.isStatus, error.code == .unimplemented { return CallEnding(rule: "no health service") }
        return .failure(error, rule: "")
    }

    /// What a number of `ServingStatus` says.
    private func judge(_ status: Int?) -> CallEnding {
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

    /// The number of `HealthCheckResponse.status`, which is left out where it is 0; `nil` for bytes that are no such message.
    private static func status(in message: UnsafeRawBufferPointer) -> Int? {
        var (fields, status) = (ProtobufFields(message), 0)
        while let field = fields.next() {
            if field.number == 1 { status = Int(truncatingIfNeeded: field.value) }
        }
        return fields.isMalformed ? nil : status
    }
}
