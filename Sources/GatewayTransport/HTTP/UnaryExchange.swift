import Foundation
import GreeterCore
import NIOCore
import NIOFoundationCompat
import TransportSupport

/// One request and its reply, both as JSON bodies.
struct UnaryExchange: Sendable {
    let exchange: HTTPExchange

    /// - Returns: how many replies there have been with this one.
    func run(_ request: HelloRequest, number: Int, after replies: Int) async throws -> Int {
        let response = try await exchange.send(request, number: number)
        let body = try await exchange.collect(response.body)
        let reply = try Self.decode(body)
        await exchange.context.recorder.received([
            StreamMessage(
                number: replies + 1, time: exchange.context.clock.now, size: body.readableBytes, form: .jsonBody,
                body: .reply(reply), wire: String(buffer: body), answers: number)
        ])
        return replies + 1
    }

    /// Reads the envelope `{"code":0,"message":"success","data":{…}}` or the bare object.
    static func decode(_ body: ByteBuffer) throws(CallError) -> HelloReply {
        guard body.withUnsafeReadableBytes({ JSONCheck.fault(in: $0) }) == nil else { throw undecodable(body) }
        guard let envelope = try? JSONDecoder().decode(Envelope.self, from: Data(buffer: body)) else {
            throw undecodable(body)
        }
        if let code = envelope.code, code != 0 {
            let reason = envelope.message.map { ": " + Quote.bounded($0) } ?? ""
            throw CallError(
                StatusCode(rawValue: code) ?? .unknown, "the server answered with the code \(code)\(reason)",
                at: .server, isRefusal: true)
        }
        if let data = envelope.data { return HelloReply(message: data.message ?? "", language: data.language) }
        guard envelope.code == nil, let message = envelope.message else { throw undecodable(body) }
        return HelloReply(message: message, language: envelope.language)
    }

    private static func undecodable(_ body: ByteBuffer) -> CallError {
        CallError(
            .internal, "the body is no reply: \(Quote.beginning(of: body.readableBytesView))", at: .decode,
            advice: "check the route: another service may answer there")
    }

    private struct Envelope: Decodable {
        var code: Int?
        var message: String?
        var language: String?
        var data: Reply?

        struct Reply: Decodable {
            var message: String?
            var language: String?
        }
    }
}
