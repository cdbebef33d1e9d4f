import Foundation
import RPCCore

/// Reads any message of the dialect with Foundation's JSON parser, which overlooks what it is not asked for: that is why the
/// text is checked before.
enum ServerMessageDecoder {
    static func decode(_ text: [UInt8]) throws(DecodingFailure) -> ServerMessage {
        let data = Data(text)
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
        return try envelope.meaning(of: text)
    }

    /// Where the member `data` is.
    fileprivate static func data(in text: [UInt8]) -> Range<Int> {
        text.withUnsafeBytes { text in
            var place = 0..<text.count
            _ = JSONScanner.walk(object: text) { scanner in
                let isData = scanner.string() == "data"
                guard scanner.skip(":") else { return false }
                _ = scanner.next
                let start = scanner.offset
                _ = scanner.rawValue()
                // Of two the general parser takes the last.
                if isData { place = start..<scanner.offset }
                return true
            }
            return place
        }
    }

    private static func describe(_ error: any Error) -> String {
        guard case DecodingError.typeMismatch(_, let context) = error else { return "not a message of the dialect" }
        let path = context.codingPath.map(\.stringValue).joined(separator: ".")
        return path.isEmpty ? "not a JSON object" : "the field '\(path)' has the wrong type"
    }
}

/// Every field that a message may have. Unknown fields are ignored, as servers of the dialect do.
///
/// An error is looked for first, and where there is one the fields of a reply count for nothing, be they right or wrong.
private struct Envelope: Decodable {
    private var type: String?
    private var data: Words?
    private var bare: Words?
    private var error: ReportedError?

    private enum Key: String, CodingKey {
        case type, data, code
    }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Key.self)
        let named = try? fields.decodeIfPresent(String.self, forKey: .type)
        error = Self.error(in: try ErrorFields(from: decoder), ofType: named)
        guard error == nil else { return }
        type = try fields.decodeIfPresent(String.self, forKey: .type)
        // Of what is of another type nothing more is looked at.
        guard type == nil || type == "response" else { return }
        if let data = try fields.decodeIfPresent(Data.self, forKey: .data) {
            (self.data, error) = (data.words, data.error)
        } else if type == nil, (try? fields.decodeNil(forKey: .code)) != false {
            // Beside the gateway's code a message is no greeting.
            bare = try Words(from: decoder)
        }
    }

    /// The error that is reported by a message of a type.
    private static func error(in fields: ErrorFields, ofType type: String?) -> ReportedError? {
        switch type {
        case nil, "response", "complete": return fields.reported
        case "error":
            var error = fields.asError
            if error.text.isEmpty { error.text = "no reason given" }
            return error
        case .some: return fields.reportedByUnknownType
        }
    }

    /// The two fields of a reply.
    private struct Words: Decodable {
        /// A field that has its default value may be left out (protobuf's JSON mapping): a missing message is empty.
        var message: String?
        var language: String?
    }

    /// What stands where a reply is expected: a reply, or an error instead.
    private struct Data: Decodable {
        var words = Words()
        var error: ReportedError?

        init(from decoder: any Decoder) throws {
            error = try ErrorFields(from: decoder).reported
            if error == nil { words = try Words(from: decoder) }
        }
    }

    func meaning(of text: [UInt8]) throws(DecodingFailure) -> ServerMessage {
        if let error { return .error(error) }
        switch type {
        case "response":
            guard data != nil else { throw DecodingFailure(reason: "a response without data") }
            return .reply(ServerMessageDecoder.data(in: text), isEnveloped: true)
        case "complete":
            return .complete
        case .some(let type):
            return .unknown(type: type)
        case nil:
            if data != nil { return .reply(ServerMessageDecoder.data(in: text), isEnveloped: false) }
            if bare?.message != nil { return .reply(0..<text.count, isEnveloped: false) }
            throw DecodingFailure(reason: "neither a reply nor an envelope of one")
        }
    }
}
