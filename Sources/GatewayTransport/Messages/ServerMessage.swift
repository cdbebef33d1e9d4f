import RPCCore
import TransportSupport

/// What a text message of the server means.
enum ServerMessage: Hashable, Sendable {
    /// A reply, and where in the text it is. `isEnveloped` tells a server that says `{"type":"response"}`, and so could say
    /// `complete` too.
    case reply(Range<Int>, isEnveloped: Bool)
    /// `{"type":"complete"}`.
    case complete
    /// An error that concerns one request: the call goes on.
    case refusal(String)
    /// An error that ends the call. Indirect, so that a reply takes no more room than it needs.
    indirect case failure(ReportedError)
    /// An envelope of a type that is not known here.
    case unknown(type: String)
}

/// Why a text is no message of the dialect.
struct DecodingFailure: Error, Hashable {
    /// As one sentence without a full stop, without quoting the text.
    let reason: String
}

extension ServerMessage {
    /// Reads one message, in any of the three shapes that servers use: the typed envelope, `{"data":{…}}`, the bare object.
    /// - Parameter text: UTF-8.
    static func decode(_ text: [UInt8]) throws(DecodingFailure) -> ServerMessage {
        if let known = text.withUnsafeBytes({ FastMessageReader.read($0) }) { return known }
        return try ServerMessageDecoder.decode(text)
    }

    /// Where in the text a reply is; `nil` for what is none.
    var place: Range<Int>? { if case .reply(let place, _) = self { place } else { nil } }

    /// The meaning of an error that has been reported.
    static func error(_ error: ReportedError) -> ServerMessage {
        error.isRefusalOfRequest ? .refusal(error.text) : .failure(error)
    }
}
