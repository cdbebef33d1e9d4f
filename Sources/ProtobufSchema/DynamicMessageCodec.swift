public import RPCCore

/// A kind of message that is known by its definition alone.
///
/// The fields of a ``MessageValue`` have the names of its JSON. The text of a field is what its JSON says where that is a string (a
/// text, an enum's value, bytes as base64, a time, an integer of 64 bits), and the JSON itself otherwise.
public final class DynamicMessageCodec: MessageCodec {
    public let schema: Schema
    public let descriptor: MessageDescriptor
    /// How JSON is written; it is read in any style.
    public let style: JSONStyle
    private let ownFields = Lazily<[MessageField]>()

    public init(_ descriptor: MessageDescriptor, in schema: Schema, style: JSONStyle = JSONStyle()) {
        self.schema = schema
        self.descriptor = descriptor
        self.style = style
    }

    public var fields: [MessageField] {
        ownFields {
            // What is written as something else than an object of its fields has one that is all of it.
            guard descriptor.wellKnown == nil else { return [MessageField(Self.whole, hint: descriptor.fullName)] }
            return descriptor.fields.map { field in
                MessageField(
                    style.usesOriginalNames ? field.name : field.jsonName, isOptional: !field.isRequired,
                    hint: schema.typeText(of: field))
            }
        }
    }

    public var name: String { descriptor.fullName }

    public var definition: [UInt8]? { DescriptorSet.bytes(of: schema.files(of: descriptor)) }

    public func writing(for style: RouteStyle) -> any MessageCodec {
        guard style == .gateway, self.style != .gateway else { return self }
        return DynamicMessageCodec(descriptor, in: schema, style: .gateway)
    }

    public func declaration(of symbol: String) -> Declaration? { ProtoSource.declaration(of: symbol, in: schema) }

    /// The name of the field that stands for a whole message.
    private static let whole = "value"

    public var example: MessageValue {
        value(of: MessageExample(schema: schema).message(descriptor, depth: 1))
    }

    private var summary: MessageSummary { MessageSummary(schema: schema, usesOriginalNames: style.usesOriginalNames) }

    /// Of what is none of its message, such as a text with places to be filled in, the text is shown.
    public func summary(of value: MessageValue) -> String {
        let isEmpty = value.fields.allSatisfy { $0.text.isEmpty }
        var message = isEmpty ? .usual(descriptor) : DynamicMessage(descriptor)
        var texts: [(Int, MessageLine.Part)] = []
        for part in value.fields {
            if let read = try? self.message(of: MessageValue([part])) {
                for field in read.fields { message[field.descriptor] = field.content }
            } else {
                let rank = descriptor.field(named: part.name).map { summary.rank($0, of: descriptor) } ?? 12
                texts.append((rank, MessageLine.Part("\(part.name)=", .text(part.text))))
            }
        }
        guard !texts.isEmpty else { return summary.line(of: message).text }
        return summary.line(of: message, with: texts).text
    }

    public func line(of bytes: UnsafeRawBufferPointer, as encoding: Payload.Encoding) -> MessageLine? {
        switch encoding {
        case .protobuf: try? summary.line(of: descriptor, bytes)
        case .json: message(of: bytes, as: encoding).map { summary.line(of: $0) }
        }
    }

    /// So much of a message is read for what is shown of it in columns.
    private static let columnsLimit = 65_536

    /// So many fields are offered.
    private static let offeredColumns = 500

    public var columnPaths: [String] {
        let names = descriptor.fields.prefix(Self.offeredColumns).flatMap { field in
            let name = summary.name(of: field)
            guard field.kind.isMessage, !field.isRepeated, schema.messages[field.type].wellKnown == nil else {
                return [name]
            }
            let inner = schema.messages[field.type].fields.filter { !$0.kind.isMessage }
            return inner.prefix(Self.offeredColumns).map { "\(name).\(summary.name(of: $0))" }
        }
        return Array(names.prefix(Self.offeredColumns))
    }

    public func hasField(_ path: String) -> Bool { FieldPath(path)?.isFound(in: descriptor, schema) ?? false }

    public func values(
        of bytes: UnsafeRawBufferPointer, as encoding: Payload.Encoding, at paths: [String]
    ) -> [MessageLine.Value?] {
        let read: MessageBeginning? =
            switch encoding {
            case .protobuf: try? WireDecoder(schema: schema).beginning(of: descriptor, bytes, limit: Self.columnsLimit)
            case .json: message(of: bytes, as: encoding).map { MessageBeginning(message: $0) }
            }
        return paths.map { path in
            guard let read, let (content, field) = FieldPath(path)?.content(in: read.message, schema) else {
                return nil
            }
            let isOwn = descriptor.field(number: field.number) === field
            return summary.value(content, of: field, size: isOwn ? read.sizes[field.number] : nil)
        }
    }

    public func write(
        _ value: MessageValue, as encoding: Payload.Encoding, to bytes: inout [UInt8]
    ) throws(MessageProblem) {
        let message = try message(of: value)
        switch encoding {
        case .protobuf: message.appendWire(to: &bytes, in: schema)
        case .json:
            let start = bytes.count
            do throws(JSONMessageFault) {
                try message.appendJSON(to: &bytes, in: schema, style)
            } catch {
                bytes.removeSubrange(start...)
                throw MessageProblem(path: error.path, reason: error.reason)
            }
        }
    }

    public func text(
        ofField path: String, in bytes: UnsafeRawBufferPointer, as encoding: Payload.Encoding
    ) -> String? {
        guard var message = message(of: bytes, as: encoding) else { return nil }
        let steps = path.split(separator: ".")
        for (index, step) in steps.enumerated() {
            guard let field = message.descriptor.field(named: String(step)) else { return nil }
            let content = message[field]
            if index < steps.count - 1 {
                guard case .one(.message(let inner))? = content else { return nil }
                message = inner
            } else {
                let zero =
                    field.hasPresence || field.isRepeated
                    ? nil : field.zero(in: schema).map { DynamicMessage.Content.one($0) }
                return (content ?? zero).flatMap { text(of: $0, in: field) }
            }
        }
        return nil
    }

    /// Texts and whole numbers without the quotation marks that JSON gives them, so that the same number is the same text in each
    /// type.
    private func text(of content: DynamicMessage.Content, in field: FieldDescriptor) -> String? {
        switch content {
        case .one(.string(let text)): return text
        case .one(.int(let number)): return String(number)
        case .one(.uint(let number)): return String(number)
        default:
            var json: [UInt8] = []
            guard (try? printer.append(content, of: field, to: &json)) != nil else { return nil }
            return String(decoding: json, as: UTF8.self)
        }
    }

    public func writer(
        of template: MessageTemplate, as encoding: Payload.Encoding
    ) throws(MessageProblem) -> any MessageWriter {
        guard descriptor.wellKnown == nil else {
            return TextMessageWriter(template, self, encoding)
        }
        var compiler = TemplateCompiler(template, in: schema, style, as: encoding)
        return try compiler.program(descriptor)
    }

    public func write(
        json text: UnsafeRawBufferPointer, as encoding: Payload.Encoding, to bytes: inout [UInt8]
    ) throws(JSONMessageFault) {
        let message = try DynamicMessage(descriptor, json: text, in: schema)
        switch encoding {
        case .protobuf: message.appendWire(to: &bytes, in: schema)
        case .json: try message.appendJSON(to: &bytes, in: schema, style)
        }
    }

    public func value(of bytes: UnsafeRawBufferPointer, as encoding: Payload.Encoding) -> MessageValue? {
        message(of: bytes, as: encoding).map(value)
    }

    public func editableValue(of bytes: UnsafeRawBufferPointer, as encoding: Payload.Encoding) -> MessageValue? {
        message(of: bytes, as: encoding).map { message in
            var printer = printer
            printer.style.keepsUnknown = true
            var value = value(of: message, by: printer)
            if descriptor.wellKnown == nil, !message.unknown.isEmpty {
                value[MessageValue.unknownName] = Base64.text(of: message.unknown)
            }
            return value
        }
    }

    public func fits(_ bytes: UnsafeRawBufferPointer, as encoding: Payload.Encoding) -> Bool {
        // A stream has millions of them, of which few are looked at.
        guard encoding == .protobuf else { return message(of: bytes, as: encoding) != nil }
        return WireCheck(schema: schema).fits(descriptor, bytes)
    }

    public func value(of bytes: UnsafeRawBufferPointer, ofType name: String) -> MessageValue? {
        schema.message(name).flatMap { descriptor in
            DynamicMessageCodec(descriptor, in: schema, style: style).value(of: bytes, as: .protobuf)
        }
    }

    /// The message that bytes are; `nil` where they do not fit the definition. Of JSON, names that are not in it are passed over.
    public func message(of bytes: UnsafeRawBufferPointer, as encoding: Payload.Encoding) -> DynamicMessage? {
        switch encoding {
        case .protobuf: try? DynamicMessage(descriptor, wire: bytes, in: schema)
        case .json: try? DynamicMessage(descriptor, json: bytes, in: schema, allowsUnknown: true)
        }
    }

    // MARK: Texts

    public func json(of bytes: UnsafeRawBufferPointer, as encoding: Payload.Encoding) -> String? {
        message(of: bytes, as: encoding).map { String(decoding: json(of: $0), as: UTF8.self) }
    }

    public func text(of bytes: UnsafeRawBufferPointer, as encoding: Payload.Encoding, in view: MessageView) -> String? {
        switch view {
        case .plain, .json, .allFields:
            var printer = printer
            printer.style.emitsDefaults = printer.style.emitsDefaults || view == .allFields
            return message(of: bytes, as: encoding).map { message in
                var json: [UInt8] = []
                try? printer.append(message, to: &json)
                return ([JSONLayout.indented(json)] + UnknownFields.lines(of: message)).joined(separator: "\n")
            }
        case .text:
            return message(of: bytes, as: encoding).map { message in
                var text: [UInt8] = []
                message.appendText(to: &text, in: schema)
                return String(decoding: text.dropLast(), as: UTF8.self)
            }
        case .wire: return encoding == .protobuf ? WireTree.text(of: bytes, descriptor, in: schema) : nil
        case .hex: return nil
        }
    }

    private var printer: JSONMessagePrinter {
        var lenient = style
        lenient.isLenient = true
        return JSONMessagePrinter(schema: schema, style: lenient)
    }

    private func json(of message: DynamicMessage, by printer: JSONMessagePrinter? = nil) -> [UInt8] {
        var json: [UInt8] = []
        try? (printer ?? self.printer).append(message, to: &json)
        return json
    }

    /// The texts of a message.
    public func value(of message: DynamicMessage) -> MessageValue { value(of: message, by: printer) }

    private func value(of message: DynamicMessage, by printer: JSONMessagePrinter) -> MessageValue {
        guard descriptor.wellKnown == nil else {
            return MessageValue([
                MessageValue.Field(
                    Self.whole, String(decoding: json(of: message, by: printer), as: UTF8.self), isJSON: true)
            ])
        }
        let fields = style.emitsDefaults ? printer.allFields(of: message) : message.fields
        return MessageValue(
            fields.map { field in
                var json: [UInt8] = []
                try? printer.append(field.content, of: field.descriptor, to: &json)
                let name = style.usesOriginalNames ? field.descriptor.name : field.descriptor.jsonName
                guard json.first == UInt8(ascii: "\""), field.descriptor.hasPlainText(in: schema),
                    let text = try? json.withUnsafeBytes({ json in
                        var tokens = JSONTokens(json)
                        return try tokens.string()
                    })
                else { return MessageValue.Field(name, String(decoding: json, as: UTF8.self), isJSON: true) }
                return MessageValue.Field(name, text)
            })
    }

    /// A text that is no JSON is a string of it, where JSON says the message as a string: `2026-11-28T10:00:00Z`.
    private func json(ofWhole text: String) -> [UInt8] {
        guard descriptor.isWrittenAsString(text, in: schema), !text.isJSON else { return Array(text.utf8) }
        var json: [UInt8] = []
        json.append(jsonString: text)
        return json
    }

    private func message(of value: MessageValue) throws(MessageProblem) -> DynamicMessage {
        guard descriptor.wellKnown == nil else {
            guard let text = value[Self.whole], !text.isEmpty else { return .usual(descriptor) }
            do throws(JSONMessageFault) {
                return try json(ofWhole: text).read { text throws(JSONMessageFault) in
                    try DynamicMessage(descriptor, json: text, in: schema)
                }
            } catch {
                throw MessageProblem(path: error.path, reason: error.reason)
            }
        }
        var message = DynamicMessage(descriptor)
        for part in value.fields {
            guard let field = descriptor.field(named: part.name) else {
                if part.name == MessageValue.unknownName { message.unknown += try UnknownFields.written(part.text, "") }
                continue
            }
            var json: [UInt8] = []
            if field.isWrittenAsString(part.text, in: schema) {
                json.append(jsonString: part.text)
            } else {
                json = Array(part.text.utf8)
            }
            do throws(JSONMessageFault) {
                let reader = JSONMessageReader(schema: schema)
                let content = try json.read { json throws(JSONMessageFault) in
                    var tokens = JSONTokens(json)
                    tokens.path = [field.name]
                    let content = try reader.content(field, &tokens, depth: DynamicMessage.maximumDepth)
                    try tokens.expectEnd()
                    return content
                }
                if content != nil, let other = message.other(ofOneof: field) {
                    throw JSONMessageFault(
                        reason: "\(other.name) is given too, and of a oneof one can be", offset: 0, path: field.name)
                }
                if let content { message[field] = content }
            } catch {
                throw MessageProblem(path: error.path, reason: error.reason)
            }
        }
        if schema.canLackFields(descriptor), let path = message.missingField() {
            throw MessageProblem(path: path, reason: "a value is required")
        }
        return message
    }
}

extension DynamicMessage {
    /// Another field that is set of the oneof that a field is in.
    fileprivate func other(ofOneof field: FieldDescriptor) -> FieldDescriptor? {
        guard let oneof = field.oneof, !field.isExtension else { return nil }
        return fields.first { $0.descriptor.oneof == oneof && $0.descriptor !== field && !$0.descriptor.isExtension }?
            .descriptor
    }
}

extension DynamicMessage {
    /// A message of which nothing was said.
    static func usual(_ descriptor: MessageDescriptor) -> DynamicMessage {
        var message = DynamicMessage(descriptor)
        // What has no kind at all cannot be written as JSON.
        if descriptor.wellKnown == .value { message.set(1, .enum(0)) }
        return message
    }
}

extension MessageDescriptor {
    /// Whether a text is what its JSON says as a string, and not JSON.
    fileprivate func isWrittenAsString(_ text: String, in schema: Schema) -> Bool {
        switch wellKnown {
        case .timestamp, .duration, .fieldMask: true
        case .wrapper: fields.first?.isWrittenAsString(text, in: schema) ?? false
        default: false
        }
    }
}

extension FieldDescriptor {
    /// Whether what its JSON says as a string can stand without quotation marks, and be told from other JSON.
    fileprivate func hasPlainText(in schema: Schema) -> Bool {
        guard !isRepeated else { return false }
        guard kind.isMessage else { return true }
        return switch schema.messages[type].wellKnown {
        case .timestamp, .duration, .fieldMask, .wrapper: true
        default: false
        }
    }

    /// Whether a text is what its JSON says as a string, and not JSON.
    func isWrittenAsString(_ text: String, in schema: Schema) -> Bool {
        !isRepeated && isElementWrittenAsString(text, in: schema)
    }

    /// The same of one element, where there are several. What is no JSON is a string, too, and told to be none of what is expected.
    func isElementWrittenAsString(_ text: String, in schema: Schema) -> Bool {
        switch kind {
        case .string, .bytes: return true
        case .enum: return Int32(text) == nil
        case .message, .group: return schema.messages[type].isWrittenAsString(text, in: schema)
        default: return !text.isJSON
        }
    }

    /// Whether it is a message that is written as a text or a number, and not as what is nested.
    func hasTextForm(in schema: Schema) -> Bool {
        switch schema.messages[type].wellKnown {
        case .timestamp, .duration, .fieldMask, .wrapper: true
        default: false
        }
    }
}
