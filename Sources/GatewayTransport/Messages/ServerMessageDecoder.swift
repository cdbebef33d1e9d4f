import Foundation
import GreeterCore

/// Reads any message of the dialect with Foundation's JSON parser, which overlooks what it is not asked for: that is why the
/// text is checked before.
enum ServerMessageDecoder {
    static func decode(_ text: String) throws(DecodingFailure) -> ServerMessage {
        let data = Data(text.utf8)
        if let fault = data.withUnsafeBytes({ JSONCheck.fault(in: $0) }) {
            throw DecodingFailure(reason: "malformed JSON (\(fault))")
        }
        let envelope: Envelope
        do {
            envelope = try JSONDecoder().decode(Envelope.self, from: data)
        } catch DecodingError.dataCorrupted {
            throw DecodingFailure(reason: "malformed JSON")
        } catch {
            throw DecodingFailure(reason: describe(error))
        }
        return try envelope.meaning()
    }

    private static func describe(_ error: any Error) -> String {
        guard case DecodingError.typeMismatch(_, let context) = error else { return "not a message of the dialect" }
        let path = context.codingPath.map(\.stringValue).joined(separator: ".")
        return path.isEmpty ? "not a JSON object" : "the field '\(path)' has the wrong type"
    }
}

/// Every field that a message may have. Unknown fields are ignored, as servers of the dialect do.
private struct Envelope: Decodable {
    var type: String?
    var data: Reply?
    var error: String?
    var message: String?
    var language: String?

    struct Reply: Decodable {
        var message: String?
        var language: String?

        /// A field that has its default value may be left out (protobuf's JSON mapping): a missing message is empty.
        var reply: HelloReply { HelloReply(message: message ?? "", language: language) }
    }

    func meaning() throws(DecodingFailure) -> ServerMessage {
        switch type {
        case "response":
            guard let data else { throw DecodingFailure(reason: "a response without data") }
            return .reply(data.reply, isEnveloped: true)
        case "complete":
            return .complete
        case "error":
            return .error(error ?? message ?? "no reason given")
        case .some(let type):
            return .unknown(type: type)
        case nil:
            if let data { return .reply(data.reply, isEnveloped: false) }
            if let message { return .reply(HelloReply(message: message, language: language), isEnveloped: false) }
            if let error { return .error(error) }
            throw DecodingFailure(reason: "neither a reply nor an envelope of one")
        }
    }
}
