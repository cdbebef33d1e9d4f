import NIOCore
import NIOHTTP1
import RPCCore

extension FaultRun {
    /// Whether a handshake is answered as any other request is, with the ordered status.
    var refusesHandshakes: Bool { ordered.status != nil }

    /// What becomes of the answer to a request. `/health` is always answered.
    func altered(_ answer: HTTPAnswer, to head: HTTPRequestHead) -> HTTPAnswer {
        guard head.uri.prefix(while: { $0 != "?" }) != "/health" else { return answer }
        if let status = ordered.status { return .whole(HTTPReply(status)) }
        if ordered.stalls { return .nothing }
        guard case .greeting(var reply) = answer else { return answer }
        if ordered.error != nil { return .whole(.internalError) }
        if breaksReply() { reply.body.removeLast() }
        return .greeting(reply)
    }
}

extension HTTPReply {
    fileprivate init(_ status: DemoFaults.Status) {
        let reason = HTTPResponseStatus(statusCode: status.code).reasonPhrase
        let headers = status.retryAfter.map { [("retry-after", String($0))] } ?? []
        self.init(status: status.code, headers: headers, detail: reason)
    }

    /// As the observed gateway answers when the service behind it fails.
    fileprivate static let internalError = HTTPReply(
        status: 500, headers: [("content-type", "text/plain; charset=utf-8")], body: Array("Internal Server Error".utf8)
    )
}
