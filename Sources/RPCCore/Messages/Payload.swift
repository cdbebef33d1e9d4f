/// The bytes of one message as they travelled, and by what they can be read. Nobody decodes them on their way: who looks does.
///
/// Payloads of one batch share its memory: to keep one is to keep them all.
public struct Payload: Sendable {
    /// How the fields of a message are written.
    public enum Encoding: String, Hashable, Sendable {
        /// JSON (RFC 8259), by protobuf's mapping (https://protobuf.dev/programming-guides/json).
        case json
        /// The binary format of protocol buffers (https://protobuf.dev/programming-guides/encoding).
        case protobuf
    }

    /// What knows the message's definition.
    public let codec: any MessageCodec
    public let encoding: Encoding
    /// All that travelled, with the envelope where the message is in one.
    public let bytes: ArraySlice<UInt8>
    /// Bytes of the envelope before the message, and after it.
    private let before: UInt32
    private let after: UInt32

    /// - Parameter message: Where the message is, counted from the beginning of the bytes; all of them, unless given.
    public init(
        _ codec: any MessageCodec, _ encoding: Encoding, _ bytes: ArraySlice<UInt8>, message: Range<Int>? = nil
    ) {
        self.codec = codec
        self.encoding = encoding
        self.bytes = bytes
        let message = message?.clamped(to: 0..<bytes.count) ?? 0..<bytes.count
        before = UInt32(clamping: message.lowerBound)
        after = UInt32(clamping: bytes.count - message.upperBound)
    }

    /// The payload of a message that is written now.
    public init(_ value: MessageValue, _ codec: any MessageCodec, _ encoding: Encoding) {
        var bytes: [UInt8] = []
        codec.append(value, as: encoding, to: &bytes)
        self.init(codec, encoding, bytes[...])
    }

    /// The payload of a message that is known, as JSON that holds it: it is all of the text, or the value of a member.
    package init(_ text: [UInt8], holding value: MessageValue, _ codec: any MessageCodec) {
        let place: Range<Int>? = text.withUnsafeBytes { text in
            if codec.value(of: text, as: .json) == value { return 0..<text.count }
            var place: Range<Int>?
            _ = JSONScanner.walk(object: text) { scanner in
                _ = scanner.rawValue()
                guard scanner.skip(":") else { return false }
                let member = scanner.rawValue()
                guard codec.value(of: member, as: .json) == value, let start = member.baseAddress,
                    let base = text.baseAddress
                else { return true }
                place = start - base..<start - base + member.count
                return false
            }
            return place
        }
        if let place {
            self.init(codec, .json, text[...], message: place)
        } else {
            self.init(value, codec, .json)
        }
    }

    /// The same bytes, read by what knows more of the same kind of message.
    package func read(by codec: any MessageCodec) -> Payload { Payload(codec, encoding, bytes, message: place) }

    /// The message without its envelope.
    public var message: ArraySlice<UInt8> { bytes.dropFirst(Int(before)).dropLast(Int(after)) }

    /// Where the message is, counted from the beginning of ``bytes``.
    package var place: Range<Int> { Int(before)..<bytes.count - Int(after) }

    /// Whether there is an envelope around the message.
    package var isEnveloped: Bool { before > 0 || after > 0 }

    /// The content of the message; `nil` where the bytes do not fit its definition.
    public var value: MessageValue? { message.withUnsafeBytes { codec.value(of: $0, as: encoding) } }

    /// The content of the message for who changes it and sends it again; `nil` where the bytes do not fit its definition.
    public var editableValue: MessageValue? {
        message.withUnsafeBytes { codec.editableValue(of: $0, as: encoding) }
    }

    /// The message as JSON on one line, with nothing in it that a terminal would act on; `nil` where the bytes do not fit its
    /// definition.
    public var json: String? { message.withUnsafeBytes { codec.json(of: $0, as: encoding) } }

    /// One line for a list. Not yet made safe for a terminal.
    public var summary: String { line.text }

    /// The same, for who knows how much room there is.
    public var line: MessageLine {
        message.withUnsafeBytes { codec.line(of: $0, as: encoding) }
            ?? MessageLine("\(bytes.count) bytes that do not fit \(codec.name)")
    }

    /// What fields of it say, by their paths.
    public func values(at paths: [String]) -> [MessageLine.Value?] {
        message.withUnsafeBytes { codec.values(of: $0, as: encoding, at: paths) }
    }

    /// The payload exactly as it travelled, where that is text.
    public var text: String? { encoding == .json ? String(decoding: bytes, as: UTF8.self) : nil }

    /// The same message in another encoding, without an envelope; itself where nothing is to be changed, or can be.
    public func encoded(by encoder: MessageEncoder) -> Payload {
        guard encoding != encoder.encoding || isEnveloped, let value else { return self }
        return Payload(value, encoder.codec, encoder.encoding)
    }
}

extension Payload: Hashable {
    public static func == (one: Payload, other: Payload) -> Bool {
        one.encoding == other.encoding && one.place == other.place && one.bytes == other.bytes
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(encoding)
        hasher.combine(bytes)
    }
}
