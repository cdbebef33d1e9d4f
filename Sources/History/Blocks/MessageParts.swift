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

    /// How the bytes of a payload are to be read. Numbers for good, too.
    enum Encoding: UInt16 {
        case json = 1
        case protobuf = 2
    }

    var number: Int
    var time: Duration
    /// `nil` where it is the length of the payload.
    var size: Int?
    var form: StreamMessage.Form
    var role: Role
    /// The payload; `nil` where it is not known.
    var payload: (encoding: Encoding, bytes: UnsafeRawBufferPointer)?
    /// What the message says to people, and in which language; `nil` where only the payload tells it.
    var texts: Texts?
    var answers: Int?
    var place: AnswerPlace?

    struct Texts {
        var first: UnsafeRawBufferPointer
        var second: UnsafeRawBufferPointer?
    }
}

// Messages as everything but blocks knows them: greetings, whose payload is known where it is JSON.
extension StreamMessage {
    /// - Throws: ``BlockDamage`` where it has no texts: greetings have.
    init(_ parts: MessageParts) throws(BlockDamage) {
        guard let texts = parts.texts else { throw BlockDamage() }
        let text = String(decoding: texts.first, as: UTF8.self)
        let language = texts.second.map { String(decoding: $0, as: UTF8.self) }
        let body: Body =
            switch parts.role {
            case .request: .request(HelloRequest(name: text, language: language))
            case .response: .reply(HelloReply(message: text, language: language))
            case .rejection: .refusal(text)
            case .noise: .markerEcho(HelloReply(message: text, language: language))
            }
        var wire: String?
        if let payload = parts.payload, payload.encoding == .json {
            wire = String(decoding: payload.bytes, as: UTF8.self)
        }
        self.init(
            number: parts.number, time: parts.time, size: parts.size ?? parts.payload?.bytes.count ?? 0,
            form: parts.form, body: body, wire: wire, answers: parts.answers, place: parts.place)
    }

    func withParts(_ body: (MessageParts) -> Void) {
        switch self.body {
        case .request(let request): withParts(.request, request.name, request.language, body)
        case .reply(let reply): withParts(.response, reply.message, reply.language, body)
        case .refusal(let reason): withParts(.rejection, reason, nil, body)
        case .markerEcho(let reply): withParts(.noise, reply.message, reply.language, body)
        }
    }

    private func withParts(
        _ role: MessageParts.Role, _ text: String, _ language: String?, _ body: (MessageParts) -> Void
    ) {
        var (text, language, wire) = (text, language, wire)
        text.withUTF8 { text in
            Self.with(&language) { language in
                Self.with(&wire) { wire in
                    body(
                        MessageParts(
                            number: number, time: time, size: wire?.count == size ? nil : size, form: form, role: role,
                            payload: wire.map { (.json, $0) },
                            texts: MessageParts.Texts(first: UnsafeRawBufferPointer(text), second: language),
                            answers: answers, place: place))
                }
            }
        }
    }

    private static func with(_ text: inout String?, _ body: (UnsafeRawBufferPointer?) -> Void) {
        text?.withUTF8 { body(UnsafeRawBufferPointer($0)) } ?? body(nil)
    }
}
