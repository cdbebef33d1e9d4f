import NIOCore
import RPCCore
import TransportSupport

/// One request and its reply, both as JSON bodies.
struct UnaryExchange: Sendable {
    let exchange: HTTPExchange

    /// - Parameter replies: How many there have been in the call.
    func run(_ request: Payload, number: Int, after replies: Int) async throws {
        let response = try await exchange.send(request, number: number)
        let body = try await exchange.collect(response.body)
        let reader = exchange.context.reader
        let isNothing = body.readableBytes == 0 && (response.status == .noContent || reader.takesNothing)
        let reply = isNothing ? reader.payload([], 0..<0) : try Self.decode(body, by: reader)
        await exchange.context.recorder.received([
            StreamMessage(
                number: replies + 1, time: exchange.context.clock.now, form: .jsonBody, role: .response,
                payload: reply, answers: number)
        ])
    }

    /// Reads the envelope `{"code":0,"message":"success","data":{…}}` or the bare object.
    static func decode(_ body: ByteBuffer, by reader: ReplyReader) throws(CallError) -> Payload {
        guard body.withUnsafeReadableBytes({ UTF8Fault.isText($0) }) else {
            throw .notText("the body is not UTF-8", body)
        }
        let text = Array(body.readableBytesView)
        let message: ServerMessage
        do throws(DecodingFailure) {
            message = try reader.decode(text)
        } catch {
            throw undecodable(body, "\(error.reason) in ")
        }
        switch message {
        case .reply(let place, _): return reader.payload(text, place)
        case .refusal(let reason): throw ReportedError(reason).callError
        case .failure(let error): throw error.callError
        case .complete, .unknown: throw undecodable(body)
        }
    }

    private static func undecodable(_ body: ByteBuffer, _ reason: String = "") -> CallError {
        CallError(
            .internal, "the body is no reply: \(reason)\(Quote.beginning(of: body.readableBytesView))", at: .decode,
            advice: "check the route: another service may answer there")
    }
}
