import Foundation
public import RPCCore

/// A kind of message all of whose fields are text, in JSON and in the binary format of protocol buffers.
public final class TextMessageCodec: MessageCodec {
    public let name: String
    public let fields: [MessageField]
    public let example: MessageValue
    /// How many of the fields are in the line of a list, the first ones.
    private let shown: Int
    /// What comes before the value of each field in JSON, but for what opens an object or follows the field before.
    private let keys: [[UInt8]]
    /// Of ``fields``, without what is for people: a message is written from these.
    private let names: [String]
    private let isOptional: [Bool]
    private let schema: @Sendable () -> Schema?

    /// - Parameters:
    ///   - fields: In the order of their numbers, which count from 1.
    ///   - example: See ``MessageCodec/example``.
    ///   - shown: How many of the fields are in the line of a list; all, unless given.
    ///   - schema: Where the message is declared, for people.
    public init(
        _ name: String, _ fields: [MessageField], example: MessageValue, shown: Int? = nil,
        in schema: @escaping @Sendable () -> Schema? = { nil }
    ) {
        self.name = name
        self.schema = schema
        self.example = example
        self.fields = fields
        self.shown = shown ?? fields.count
        keys = fields.map { Array("\"\($0.name)\":".utf8) }
        names = fields.map(\.name)
        isOptional = fields.map(\.isOptional)
    }

    public var isTextOnly: Bool { true }

    public func declaration(of symbol: String) -> Declaration? {
        schema().flatMap { ProtoSource.declaration(of: symbol, in: $0) }
    }

    public func summary(of value: MessageValue) -> String {
        MessageValue(value.fields.filter { field in fields.prefix(shown).contains { $0.name == field.name } }).summary
    }

    public func writer(of template: MessageTemplate, as encoding: Payload.Encoding) -> any MessageWriter {
        var builder = ProgramBuilder(template)
        var members: [(steps: [MessageProgram.Step], condition: MessageProgram.Condition?)] = []
        for (index, name) in names.enumerated() {
            let parts = template.fields.first { $0.name == name }?.parts ?? (isOptional[index] ? nil : [])
            guard let parts else { continue }
            let emptiness = builder.emptiness(of: parts)
            let text = builder.text(parts, as: encoding)
            switch encoding {
            case .json:
                let quote = builder.constant("\"".utf8)
                members.append(
                    ([builder.constant(keys[index]), quote] + text + [quote], isOptional[index] ? emptiness : nil))
            case .protobuf:
                // A field that is empty is left out, as proto3 has it.
                guard parts.contains(where: { $0 != .text("") }) else { continue }
                var tag: [UInt8] = []
                tag.append(tag: index + 1, .length)
                members.append((builder.nested(tag: tag, text), emptiness))
            }
        }
        guard encoding == .json else {
            return builder.finish(members.flatMap { builder.skip($0.steps, where: $0.condition) })
        }
        return builder.finish(builder.group(("{", "}"), members))
    }

    public func write(_ value: MessageValue, as encoding: Payload.Encoding, to bytes: inout [UInt8]) {
        switch encoding {
        case .json: appendJSON(value, to: &bytes)
        case .protobuf: appendProtobuf(value, to: &bytes)
        }
    }

    public func value(of bytes: UnsafeRawBufferPointer, as encoding: Payload.Encoding) -> MessageValue? {
        switch encoding {
        case .json: jsonValue(bytes)
        case .protobuf: protobufValue(bytes)
        }
    }

    public func fits(_ bytes: UnsafeRawBufferPointer, as encoding: Payload.Encoding) -> Bool {
        guard encoding == .protobuf else { return jsonValue(bytes) != nil }
        return readProtobuf(bytes) { _, text in UTF8Fault.isText(text) }
    }

    /// The text of a field of ``fields``. As a rule a message has them in their order.
    private func text(_ index: Int, of value: MessageValue) -> String? {
        let isInPlace = index < value.fields.count && value.fields[index].name == names[index]
        return isInPlace ? value.fields[index].text : value[names[index]]
    }

    /// The message of texts, in the order of ``fields``.
    private func value(of texts: [String?]) -> MessageValue {
        var value = MessageValue()
        value.fields.reserveCapacity(names.count)
        for index in names.indices {
            guard let text = texts[index] ?? (isOptional[index] ? nil : "") else { continue }
            value.fields.append(MessageValue.Field(names[index], text))
        }
        return value
    }

    // MARK: JSON

    private func appendJSON(_ value: MessageValue, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "{"))
        var isFirst = true
        for index in names.indices {
            guard let text = text(index, of: value) ?? (isOptional[index] ? nil : "") else { continue }
            if !isFirst { bytes.append(UInt8(ascii: ",")) }
            isFirst = false
            bytes += keys[index]
            bytes.append(jsonString: text)
        }
        bytes.append(UInt8(ascii: "}"))
    }

    private func jsonValue(_ bytes: UnsafeRawBufferPointer) -> MessageValue? {
        var texts = [String?](repeating: nil, count: fields.count)
        let isPlain = JSONScanner.walk(object: bytes) { scanner in
            guard let name = scanner.string(), scanner.skip(":") else { return false }
            guard let index = names.firstIndex(of: name) else {
                _ = scanner.rawValue()
                return true
            }
            guard let text = scanner.stringOrNull() else { return false }
            texts[index] = text
            return true
        }
        return isPlain ? value(of: texts) : generalValue(bytes)
    }

    /// What the fast way has given up.
    private func generalValue(_ bytes: UnsafeRawBufferPointer) -> MessageValue? {
        guard let object = try? JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any] else { return nil }
        var texts: [String?] = []
        for field in fields {
            let member = object[field.name]
            guard member == nil || member is NSNull || member is String else { return nil }
            texts.append(member as? String)
        }
        return value(of: texts)
    }

    // MARK: Protocol buffers

    private func appendProtobuf(_ value: MessageValue, to bytes: inout [UInt8]) {
        for index in names.indices {
            // A field that is empty is left out, as proto3 has it.
            guard let text = text(index, of: value), !text.isEmpty else { continue }
            bytes.append(varint: UInt64(index + 1) << 3 | 2)
            bytes.append(varint: UInt64(text.utf8.count))
            bytes += text.utf8
        }
    }

    private func protobufValue(_ bytes: UnsafeRawBufferPointer) -> MessageValue? {
        var texts = [String?](repeating: nil, count: fields.count)
        let fits = readProtobuf(bytes) { index, bytes in
            guard let text = String(validating: bytes, as: UTF8.self) else { return false }
            texts[index] = text.isEmpty && isOptional[index] ? nil : text
            return true
        }
        return fits ? value(of: texts) : nil
    }

    /// - Parameter take: Takes the bytes of a field of ``fields``, by its index; `false` where they do not fit it.
    private func readProtobuf(
        _ bytes: UnsafeRawBufferPointer, _ take: (Int, UnsafeRawBufferPointer) -> Bool
    ) -> Bool {
        var reader = ProtobufFields(bytes)
        while let field = reader.next() {
            guard field.number <= fields.count else { continue }
            guard let bytes = field.bytes, take(field.number - 1, bytes) else { return false }
        }
        return !reader.isMalformed
    }
}
