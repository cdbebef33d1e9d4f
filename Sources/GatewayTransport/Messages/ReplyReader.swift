import Foundation
import RPCCore

/// Reads what a server sends, of any kind of message: in the dialect's envelopes, or bare.
///
/// What is an envelope shows in its members. Where a message could have the same ones, it is what its definition fits.
struct ReplyReader: Sendable {
    /// Of the replies.
    let codec: any MessageCodec
    /// The names that members of a reply can have; `nil` where nobody knows. Of greetings all is known, and faster read.
    private let names: Set<String>?
    private let isGreeting: Bool
    /// The field whose value is sent in place of the whole reply.
    private let part: String?

    /// - Parameter part: The field of the reply that is all that is sent; `nil` for the whole.
    init(_ codec: any MessageCodec, part: String? = nil) {
        self.codec = codec
        self.part = part
        isGreeting =
            codec.shape == nil && codec.name == "helloworld.HelloReply" && codec.fields.first?.name == "message"
        if let shape = codec.shape, shape.wellKnown == nil {
            names = Set((0..<shape.count).map { shape.field($0) }.flatMap { [$0.name, $0.jsonName] })
        } else {
            names = nil
        }
    }

    /// Whether no body at all is a reply: of a message that has no fields.
    var takesNothing: Bool { codec.fields.isEmpty }

    /// Reads one message.
    /// - Parameter text: UTF-8.
    func decode(_ text: [UInt8]) throws(DecodingFailure) -> ServerMessage {
        if isGreeting { return try ServerMessage.decode(text) }
        if let fault = text.withUnsafeBytes({ JSONCheck.fault(in: $0) }) {
            throw DecodingFailure(reason: "malformed JSON (\(fault))")
        }
        let bare = ServerMessage.reply(0..<text.count, isEnveloped: false)
        guard let members = Members(text) else { return bare }
        return meaning(of: members, text) ?? bare
    }

    /// The reply that stands in a text.
    func payload(_ text: [UInt8], _ place: Range<Int>) -> Payload {
        let isNull = place.count == 4 && text[place.lowerBound] == UInt8(ascii: "n")
        if let part, !isNull {
            // As a message with that field, so that it can be read by its definition.
            var bytes = Array("{".utf8)
            bytes.append(jsonString: part)
            bytes.append(UInt8(ascii: ":"))
            bytes += text[place]
            bytes.append(UInt8(ascii: "}"))
            return Payload(codec, .json, bytes[...])
        }
        // A message without fields is absent to some servers, and to others no body at all.
        if place.isEmpty || isNull, !text[place].withUnsafeBytes({ codec.fits($0, as: .json) }) {
            return Payload(codec, .json, Array("{}".utf8)[...])
        }
        return Payload(codec, .json, text[...], message: place)
    }

    // MARK: Envelopes

    private static let typed: Set<String> = ["type", "data"]
    private static let coded: Set<String> = ["code", "message", "data", "success", "status"]
    private static let erroneous: Set<String> = [
        "type", "error", "status", "statusCode", "code", "success", "message", "title", "detail", "details", "instance",
        "grpc_code", "http_code", "http_status",
    ]

    /// What an envelope means; `nil` for what is none.
    private func meaning(of members: Members, _ text: [UInt8]) -> ServerMessage? {
        let type = members.text("type", in: text)
        if type == "complete", members.names == ["type"] { return .complete }
        if let place = members["data"] {
            let isTyped = type == "response" && members.names.isSubset(of: Self.typed)
            let isCoded = type == nil && members.names.isSubset(of: Self.coded)
            if isTyped || isCoded, !isOwn(members) || text[place].withUnsafeBytes({ codec.fits($0, as: .json) }) {
                if isCoded, let error = ErrorFields.read(Data(text))?.reported { return .failure(error) }
                return .reply(place, isEnveloped: isTyped)
            }
        }
        // Whatever is a field of the reply speaks of no error.
        guard !isOwn(members), members.names.isSubset(of: Self.erroneous) else { return nil }
        if type == "error" {
            var error = ErrorFields.read(Data(text))?.asError ?? ReportedError("")
            if error.text.isEmpty { error.text = "no reason given" }
            return .error(error)
        }
        if let error = ErrorFields.read(Data(text))?.reported { return .error(error) }
        if let type, names != nil { return .unknown(type: type) }
        return nil
    }

    /// Whether all members are fields of a reply.
    private func isOwn(_ members: Members) -> Bool { names.map { members.names.isSubset(of: $0) } ?? false }

    /// The members of an object, and where their values are.
    private struct Members {
        private var places: [String: Range<Int>] = [:]

        /// - Parameter text: JSON. `nil` where it is no object.
        init?(_ text: [UInt8]) {
            var places: [String: Range<Int>] = [:]
            let isObject = text.withUnsafeBytes { bytes in
                JSONScanner.walk(object: bytes) { scanner in
                    // A name with the escape of a surrogate is none that is looked for.
                    var attempt = scanner
                    let name = attempt.string() ?? ""
                    _ = scanner.rawValue()
                    guard scanner.skip(":") else { return false }
                    _ = scanner.next
                    let start = scanner.offset
                    _ = scanner.rawValue()
                    places[name] = start..<scanner.offset
                    return true
                }
            }
            guard isObject else { return nil }
            self.places = places
        }

        var names: Set<String> { Set(places.keys) }

        subscript(_ name: String) -> Range<Int>? { places[name] }

        /// The value of a member that is a text.
        func text(_ name: String, in text: [UInt8]) -> String? {
            guard let place = places[name] else { return nil }
            return text[place].withUnsafeBytes { bytes in
                var scanner = JSONScanner(bytes)
                return scanner.string()
            }
        }
    }
}
