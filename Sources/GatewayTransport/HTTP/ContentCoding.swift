import NIOHTTP1
import RPCCore
import TransportSupport

extension HTTPHeaders {
    /// In which codings a body is, `identity` left out; `nil` where it stands as it is (RFC 9110, 8.4).
    var contentCoding: String? {
        let codings = self[canonicalForm: "Content-Encoding"].filter { !$0.isEmpty && $0.lowercased() != "identity" }
        return codings.isEmpty ? nil : Quote.bounded(codings.joined(separator: ", "))
    }
}

extension CallError {
    /// The server answers in a coding that nobody asked for, and that is not undone here.
    static func codedBody(_ coding: String) -> CallError {
        CallError(
            .internal, "the response is in the content coding \(coding), which was not asked for (RFC 9110, 8.4)",
            at: .decode, advice: "let the server, or the proxy before it, send answers as they are")
    }
}
