/// Knows the definition of a kind of message: writes and reads its fields in either encoding.
public protocol MessageCodec: AnyObject, Sendable {
    /// The full name of the message: `helloworld.HelloRequest`.
    var name: String { get }

    /// What can be set in one, in the order in which people are asked.
    var fields: [MessageField] { get }

    /// What a message has, in every depth; `nil` where all of it is the texts of ``fields``.
    var shape: (any MessageShape)? { get }

    /// By what the message can be read where nothing else is known of it: a `FileDescriptorSet` of
    /// google/protobuf/descriptor.proto; `nil` where the program knows the message by itself. It is made when it is asked for.
    var definition: [UInt8]? { get }

    /// Whether all that a line says of a message stands in its bytes as it is, so that what is looked for there need not be decoded.
    var isTextOnly: Bool { get }

    /// One that people can learn from.
    var example: MessageValue { get }

    /// Appends a message. Of fields that it does not have, nothing is written.
    /// - Throws: ``MessageProblem`` where a text is none that its field can have. Nothing is appended then.
    func write(_ value: MessageValue, as encoding: Payload.Encoding, to bytes: inout [UInt8]) throws(MessageProblem)

    /// Makes messages of a template, as fast as they can be made.
    /// - Throws: ``MessageProblem`` where it makes no such message, whatever its places are filled with: a text that is none that
    ///   its field can have, a number that may be too large, two fields of which one can be set.
    func writer(
        of template: MessageTemplate, as encoding: Payload.Encoding
    ) throws(MessageProblem) -> any MessageWriter

    /// Appends the message that JSON is.
    /// - Throws: ``JSONMessageFault`` with the place of what is wrong. Nothing is appended then.
    func write(
        json text: UnsafeRawBufferPointer, as encoding: Payload.Encoding, to bytes: inout [UInt8]
    ) throws(JSONMessageFault)

    /// The content of a message; `nil` where the bytes do not fit the definition. Fields that it does not have are passed over.
    func value(of bytes: UnsafeRawBufferPointer, as encoding: Payload.Encoding) -> MessageValue?

    /// The content of a message for who changes it and writes it again: ``value(of:as:)``, and in every depth the fields of the wire
    /// that it does not have, as members of the name ``MessageValue/unknownName``.
    func editableValue(of bytes: UnsafeRawBufferPointer, as encoding: Payload.Encoding) -> MessageValue?

    /// The text of one field of a message; `nil` where it is not set, or the bytes do not fit the definition.
    /// - Parameter path: `correlation`, `header.id`.
    func text(ofField path: String, in bytes: UnsafeRawBufferPointer, as encoding: Payload.Encoding) -> String?

    /// Whether the bytes fit the definition: ``value(of:as:)`` without making anything.
    func fits(_ bytes: UnsafeRawBufferPointer, as encoding: Payload.Encoding) -> Bool

    /// The content of a message of another kind, where what defines this one says what that is: a detail of an error, say.
    func value(of bytes: UnsafeRawBufferPointer, ofType name: String) -> MessageValue?

    /// One line for a list. Not yet made safe for a terminal.
    func summary(of value: MessageValue) -> String

    /// What a message says in one line; `nil` where the bytes do not fit the definition. Of a long message only the beginning is
    /// looked at.
    func line(of bytes: UnsafeRawBufferPointer, as encoding: Payload.Encoding) -> MessageLine?

    /// Whether there is a field at a path: `sensor`, `book.title`.
    func hasField(_ path: String) -> Bool

    /// The paths of fields that can be shown in columns, for who chooses among them.
    var columnPaths: [String] { get }

    /// What fields say, for a line of columns: by their paths, `nil` for each that is not set.
    func values(
        of bytes: UnsafeRawBufferPointer, as encoding: Payload.Encoding, at paths: [String]
    ) -> [MessageLine.Value?]

    /// A message as JSON on one line, with nothing in it that a terminal would act on; `nil` where the bytes do not fit the
    /// definition.
    func json(of bytes: UnsafeRawBufferPointer, as encoding: Payload.Encoding) -> String?

    /// What writes the message in the JSON that a gateway of a style takes.
    func writing(for style: RouteStyle) -> any MessageCodec

    /// How something is declared that has to do with the message, by its full name: the message itself, a field of it, the method
    /// that takes it, or a type that one of those names; `nil` where that is not known.
    func declaration(of symbol: String) -> Declaration?

    /// A message in one of its views, on several lines; `nil` where it has none of that kind. Not yet made safe for a terminal.
    func text(of bytes: UnsafeRawBufferPointer, as encoding: Payload.Encoding, in view: MessageView) -> String?
}

extension MessageCodec {
    public func text(
        ofField path: String, in bytes: UnsafeRawBufferPointer, as encoding: Payload.Encoding
    ) -> String? {
        value(of: bytes, as: encoding)?[path]
    }

    public func writer(
        of template: MessageTemplate, as encoding: Payload.Encoding
    ) throws(MessageProblem) -> any MessageWriter {
        TextMessageWriter(template, self, encoding)
    }

    public func write(
        json text: UnsafeRawBufferPointer, as encoding: Payload.Encoding, to bytes: inout [UInt8]
    ) throws(JSONMessageFault) {
        guard let value = value(of: text, as: .json) else {
            throw JSONMessageFault(reason: "the text is no \(name) in JSON", offset: 0, path: "")
        }
        append(value, as: encoding, to: &bytes)
    }

    public func editableValue(of bytes: UnsafeRawBufferPointer, as encoding: Payload.Encoding) -> MessageValue? {
        value(of: bytes, as: encoding)
    }

    public var shape: (any MessageShape)? { nil }

    public var definition: [UInt8]? { nil }

    public func writing(for style: RouteStyle) -> any MessageCodec { self }

    public func value(of bytes: UnsafeRawBufferPointer, ofType name: String) -> MessageValue? { nil }

    public var isTextOnly: Bool { false }

    public func declaration(of symbol: String) -> Declaration? { nil }

    public func line(of bytes: UnsafeRawBufferPointer, as encoding: Payload.Encoding) -> MessageLine? {
        value(of: bytes, as: encoding).map { MessageLine(summary(of: $0)) }
    }

    public var columnPaths: [String] { fields.map(\.name) }

    public func hasField(_ path: String) -> Bool { fields.contains { $0.name == path } }

    public func values(
        of bytes: UnsafeRawBufferPointer, as encoding: Payload.Encoding, at paths: [String]
    ) -> [MessageLine.Value?] {
        let value = value(of: bytes, as: encoding)
        return paths.map { path in value?[path].map { .text($0) } }
    }

    public func text(of bytes: UnsafeRawBufferPointer, as encoding: Payload.Encoding, in view: MessageView) -> String? {
        switch view {
        case .json: return json(of: bytes, as: encoding)
        case .text:
            return value(of: bytes, as: encoding).map { $0.fields.map(\.textFormat).joined(separator: "\n") }
        case .plain, .allFields, .wire, .hex: return nil
        }
    }

    public func json(of bytes: UnsafeRawBufferPointer, as encoding: Payload.Encoding) -> String? {
        value(of: bytes, as: encoding).map { value in
            var json = JSONText(isTerminalSafe: true)
            json.append(value)
            return json.string
        }
    }

    /// Appends a message whose texts are those of one that was read, or are known to be right.
    public func append(_ value: MessageValue, as encoding: Payload.Encoding, to bytes: inout [UInt8]) {
        try? write(value, as: encoding, to: &bytes)
    }
}

/// Why a message cannot be written.
public struct MessageProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// The field that is wrong: `book.pages`; empty for the message itself.
    public var path: String
    /// What is wrong, and what was expected. Not yet made safe for a terminal.
    public var reason: String

    public init(path: String, reason: String) {
        self.path = path
        self.reason = reason
    }

    /// `book.pages: 4294967296 is out of range for uint32`.
    public var description: String { path.isEmpty ? reason : "\(path): \(reason)" }
}

/// A field of a message.
public struct MessageField: Hashable, Sendable {
    public var name: String
    /// Whether a message may be without it, which is another thing than an empty one. One that may not is written always, as
    /// far as its encoding allows that.
    public var isOptional: Bool
    /// What may be written there, for people.
    public var hint: String
    /// What stands there at first, where somebody is asked.
    public var usual: String

    public init(_ name: String, isOptional: Bool = false, hint: String = "", usual: String = "") {
        self.name = name
        self.isOptional = isOptional
        self.hint = hint
        self.usual = usual
    }
}

/// The content of a message: its fields, each as text. The text of what JSON writes as a string is that string; of everything else
/// it is the JSON.
public struct MessageValue: Hashable, Sendable {
    public struct Field: Hashable, Sendable {
        public var name: String
        public var text: String
        /// Whether the text is JSON: a number, a list, an object.
        public var isJSON: Bool

        public init(_ name: String, _ text: String, isJSON: Bool = false) {
            self.name = name
            self.text = text
            self.isJSON = isJSON
        }

        /// `name: "Ana"`.
        fileprivate var textFormat: String {
            var quoted: [UInt8] = []
            quoted.append(quoted: text)
            return "\(name): \(isJSON ? text : String(decoding: quoted, as: UTF8.self))"
        }
    }

    /// The member of a message that has what its definition has not: fields of the wire with their tags, one after another, as base64.
    public static let unknownName = "@unknown"

    public var fields: [Field]

    public init(_ fields: [Field] = []) {
        self.fields = fields
    }

    /// The text of a field; `nil` where the message is without it. To set `nil` takes the field away.
    public subscript(_ name: String) -> String? {
        get { fields.first { $0.name == name }?.text }
        set {
            let index = fields.firstIndex { $0.name == name }
            switch (index, newValue) {
            case (let index?, let text?): fields[index].text = text
            case (let index?, nil): fields.remove(at: index)
            case (nil, let text?): fields.append(Field(name, text))
            case (nil, nil): break
            }
        }
    }

    /// Its texts on one line: `Alice · en`.
    public var summary: String { fields.map(\.text).joined(separator: " · ") }
}

/// Writes messages of one kind in one encoding: what a plan needs to know of the transport.
public struct MessageEncoder: Sendable {
    public let codec: any MessageCodec
    public let encoding: Payload.Encoding

    public init(_ codec: any MessageCodec, _ encoding: Payload.Encoding) {
        self.codec = codec
        self.encoding = encoding
    }

    public func payload(_ value: MessageValue) throws(MessageProblem) -> Payload {
        var bytes: [UInt8] = []
        try write(value, to: &bytes)
        return Payload(codec, encoding, bytes[...])
    }

    package func write(_ value: MessageValue, to bytes: inout [UInt8]) throws(MessageProblem) {
        try codec.write(value, as: encoding, to: &bytes)
    }
}
