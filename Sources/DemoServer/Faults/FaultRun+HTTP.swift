import NIOCore
import NIOHTTP1
import RPCCore

extension FaultRun {
    /// Whether a handshake is answered as any other request is, with the ordered status.
    var refusesHandshakes: Bool { ordered.status != nil }

    /// Paths of what tells of the server, and is always answered.
    private static let sparedPaths: Set<String> = ["/health", ServicesFile.path]

    /// What becomes of the answer to a request.
    func altered(_ answer: HTTPAnswer, to head: HTTPRequestHead) -> HTTPAnswer {
        guard !Self.sparedPaths.contains(String(head.uri.prefix { $0 != "?" })) else { return answer }
        if let status = ordered.status { return .whole(HTTPReply(status)) }
        if ordered.stalls { return .nothing }
        guard case .reply(var reply) = answer else { return answer }
        if ordered.error != nil { return .whole(.internalError) }
        if breaksReply() { reply.body.removeLast() }
        return .reply(reply)
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
