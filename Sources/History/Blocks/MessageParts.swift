import RPCCore

/// A message as a block keeps it: the payload as it travelled, and what is known of it besides. What the payload means is told
/// by the method of the call; here nobody decodes it.
///
/// The bytes are there as long as the function that is given them.
struct MessageParts {
    /// What the message is in its call. In this order for good: blocks on disk say so.
    enum Role: UInt16 {
        case request
        case response
        /// The server refused one request, and went on with the call.
        case rejection
        /// Answers nothing: a server's greeting of the end marker.
        case noise
    }

    var number: Int
    var time: Duration
    /// `nil` where it is the length of the payload.
    var size: Int?
    var form: StreamMessage.Form
    var role: Role
    /// The payload; `nil` where it is not known.
    var payload: (encoding: Payload.Encoding, bytes: UnsafeRawBufferPointer)?
    /// Of a rejection the reason. Of others the message where it is in an envelope, and before version 3 the texts of its first
    /// two fields.
    var texts: Texts?
    /// Whether it is from a block of a version before 3.
    var isEarlier = false
    var answers: Int?
    var place: AnswerPlace?

    struct Texts {
        var first: UnsafeRawBufferPointer
        var second: UnsafeRawBufferPointer?
    }
}

extension Payload.Encoding {
    /// The number by which blocks call it, for good.
    var blockNumber: UInt16 {
        switch self {
        case .json: 1
        case .protobuf: 2
        }
    }

    init?(blockNumber: UInt16) {
        switch blockNumber {
        case 1: self = .json
        case 2: self = .protobuf
        default: return nil
        }
    }
}

// Messages as everything but blocks knows them.
extension StreamMessage {
    /// - Throws: ``BlockDamage`` where something is missing.
    init(_ parts: MessageParts, of codec: any MessageCodec) throws(BlockDamage) {
        let role: Role
        switch parts.role {
        case .request: role = .request
        case .response: role = .response
        case .noise: role = .noise(Role.endMarker)
        case .rejection:
            guard let reason = parts.texts?.first else { throw BlockDamage() }
            role = .rejection(String(decoding: reason, as: UTF8.self))
        }
        self.init(
            number: parts.number, time: parts.time, size: parts.size ?? parts.payload?.bytes.count ?? 0,
            form: parts.form, role: role, payload: try Self.payload(parts, codec), answers: parts.answers,
            place: parts.place)
    }

    private static func payload(_ parts: MessageParts, _ codec: any MessageCodec) throws(BlockDamage) -> Payload {
        let bytes = parts.payload.map { Array($0.bytes) } ?? []
        if parts.role == .rejection { return Payload(codec, parts.payload?.encoding ?? .json, bytes[...]) }
        if parts.isEarlier { return try earlierPayload(parts, bytes, codec) }
        guard let payload = parts.payload else { throw BlockDamage() }
        return Payload(codec, payload.encoding, bytes[...], message: parts.texts?.first.place(in: payload.bytes))
    }

    /// The payload of a message of which the first two fields are known, and its JSON perhaps.
    private static func earlierPayload(
        _ parts: MessageParts, _ bytes: [UInt8], _ codec: any MessageCodec
    ) throws(BlockDamage) -> Payload {
        guard let texts = parts.texts else { throw BlockDamage() }
        let value = MessageValue(
            zip(codec.fields, [texts.first, texts.second]).compactMap { field, text in
                text.map { MessageValue.Field(field.name, String(decoding: $0, as: UTF8.self)) }
            })
        return bytes.isEmpty
            ? Payload(value, codec, parts.form == .grpcMessage ? .protobuf : .json)
            : Payload(bytes, holding: value, codec)
    }

    func withParts(_ body: (MessageParts) -> Void) {
        let role: MessageParts.Role
        var reason: String?
        switch self.role {
        case .request: role = .request
        case .response: role = .response
        case .noise: role = .noise
        case .rejection(let text): (role, reason) = (.rejection, text)
        }
        payload.bytes.withUnsafeBytes { bytes in
            var parts = MessageParts(
                number: number, time: time, size: bytes.count == size ? nil : size, form: form, role: role,
                payload: bytes.isEmpty && role == .rejection ? nil : (payload.encoding, bytes), answers: answers,
                place: place)
            if var reason {
                reason.withUTF8 {
                    parts.texts = MessageParts.Texts(first: UnsafeRawBufferPointer($0))
                    body(parts)
                }
            } else {
                if payload.isEnveloped {
                    parts.texts = MessageParts.Texts(first: UnsafeRawBufferPointer(rebasing: bytes[payload.place]))
                }
                body(parts)
            }
        }
    }
}

extension UnsafeRawBufferPointer {
    /// Where these bytes are in others, of which they may be a part.
    func place(in whole: UnsafeRawBufferPointer) -> Range<Int>? {
        ByteSearch.position(of: self, in: whole).map { $0..<$0 + count }
    }
}
