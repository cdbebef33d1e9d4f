import AsyncHTTPClient
import Foundation
import NIOCore
import NIOFoundationCompat
import NIOHTTP1
import RPCCore
import TransportSupport

/// An HTTP response that is no success, and what it means for a call.
struct HTTPRefusal {
    /// How much of the body is read.
    static let bodyLimit = 64 * 1024

    let status: HTTPResponseStatus
    let headers: HTTPHeaders
    let body: ByteBuffer

    init(status: HTTPResponseStatus, headers: HTTPHeaders, body: ByteBuffer) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// Reads as much of the body as is wanted. What failed is known already: a body that cannot be read only says less.
    /// - Throws: `CancellationError`.
    init(reading response: HTTPClientResponse) async throws {
        var body = ByteBuffer()
        do {
            for try await part in response.body {
                body.writeImmutableBuffer(part)
                if body.readableBytes >= Self.bodyLimit { break }
            }
        } catch {
            try Task.checkCancellation()
        }
        self.init(status: response.status, headers: response.headers, body: body)
    }

    /// The error of a call. The reason is the first of: `grpc-message`, what a JSON body says in any of the forms of
    /// ``ErrorFields``, the beginning of the body. The code is the first of: `grpc-status`, a status code of gRPC in the
    /// body, what the status of HTTP means. That a body says success is not believed.
    ///
    /// - Parameter hints: What is known of gateways that would answer so.
    func callError(
        on route: String, at origin: CallError.Origin, now: Date, hints: RefusalHints = RefusalHints()
    ) -> CallError {
        CallError(
            code, cause, at: origin, advice: hints.advice(on: self) ?? advice(on: route), pushback: pushback(now: now),
            isRefusal: isDefinite)
    }

    /// What a JSON body says of the error.
    private var report: ErrorFields? { ErrorFields.read(Data(buffer: body)) }

    private func pushback(now: Date) -> Pushback? {
        if let asked = headers.first(name: Pushback.metadataKey) { return Pushback(milliseconds: asked) }
        return headers.first(name: "Retry-After").flatMap { RetryAfter.duration(of: $0, now: now) }.map { .wait($0) }
    }

    /// Whether the server has turned the request down for certain. A server that fails (5xx) may have done its work, or have passed
    /// the request on, and one that timed out (408, 499) may not have read all of it.
    private var isDefinite: Bool {
        (300..<500).contains(status.code) && status.code != 408 && status.code != 499
    }

    private var code: StatusCode {
        let given = headers.first(name: "grpc-status").flatMap(Int.init).flatMap(StatusCode.init(rawValue:))
        if let given, given != .ok { return given }
        if case .status(let told) = report?.number, told != .ok { return told }
        return StatusMapping.statusCode(ofHTTP: Int(status.code))
    }

    private var cause: String {
        if (300..<400).contains(status.code), let location = headers.first(name: "Location") {
            return
                "the server redirects to \(Quote.beginning(of: location)) (HTTP \(status.code)), which is not followed"
        }
        guard let reason else { return "the server answered HTTP \(status.code)" }
        return "the server answered HTTP \(status.code): \(reason)"
    }

    private var reason: String? {
        if let message = headers.first(name: "grpc-message"), !message.isEmpty {
            return Quote.bounded(message.removingPercentEncoding ?? message)
        }
        if body.readableBytes > 0, let coding = headers.contentCoding {
            return "a body in the content coding \(coding)"
        }
        if let report, report.number?.isSuccess != true, !report.text.isEmpty { return Quote.bounded(report.text) }
        let text = body.readableBytesView
        return text.isEmpty ? nil : Quote.beginning(of: text)
    }

    private func advice(on route: String) -> String? {
        switch status.code {
        // The service itself has said it: the route is right.
        case 404 where headers.contains(name: "grpc-status"): nil
        case 401, 403: "check the token, and the route \(route)"
        case 404, 405: "check the route \(route)"
        case 300..<400: "use the address and the route that it redirects to, if you trust them"
        default: nil
        }
    }
}
