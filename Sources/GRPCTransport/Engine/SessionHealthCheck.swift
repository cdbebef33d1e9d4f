import GRPCWire
import GreeterCore
import HTTP2Session
import NIOCore
import TransportSupport

extension HealthCheck {
    /// Asks on a stream of this program's own HTTP/2.
    /// - Returns: what the server says, as the rule of an ending.
    func ask(_ stream: HTTP2Stream) async -> CallEnding {
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
        let verdict = SessionFailure(failure: failure, kind: .unary).verdict(on: end, answer)
        guard let error = verdict.error else { return judge(status) }
        if verdict.isStatus, error.code == .unimplemented { return CallEnding(rule: "no health service") }
        return .failure(error, rule: "")
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
