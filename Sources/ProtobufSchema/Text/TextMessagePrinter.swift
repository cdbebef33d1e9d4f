import RPCCore

/// Writes messages in protobuf's text format (https://protobuf.dev/reference/protobuf/textformat-spec), a field a line, as `protoc
/// --decode` does, but for text that is not ASCII, which stays readable. Nothing in it acts on a terminal.
struct TextMessagePrinter {
    private typealias Value = DynamicMessage.Value

    let schema: Schema
    /// Whether what is not in the definition is written, too, under its numbers: nothing reads that again.
    var writesUnknown = true

    /// - Parameter level: How deep the message is in others.
    func append(_ message: DynamicMessage, to text: inout [UInt8], level: Int = 0) {
        if message.descriptor.wellKnown == .any, appendPacked(message, to: &text, level) { return }
        for field in message.fields {
            let name = name(of: field.descriptor, in: message.descriptor)
            switch field.content {
            // Without presence, the usual value is none.
            case .one(let value) where !field.descriptor.hasPresence && value.isZero: break
            case .one(let value): append(name, value, of: field.descriptor, to: &text, level)
            case .list(let values):
                for value in values { append(name, value, of: field.descriptor, to: &text, level) }
            case .map(let map): append(name, map, of: field.descriptor, to: &text, level)
            }
        }
        if writesUnknown { UnknownFieldsText.append(message.unknown, to: &text, level: level) }
    }

    /// The name of a field. A group has that of its type, an extension that of its declaration, and one of a message set that of
    /// its type.
    private func name(of field: FieldDescriptor, in message: MessageDescriptor) -> String {
        if field.isExtension {
            return message.isMessageSet && field.kind == .message && !field.isRepeated
                ? "[\(field.typeName)]" : field.jsonName
        }
        let isGroup = field.kind == .group && field.typeName == "\(message.fullName).\(field.typeName.lastPart)"
        let type = isGroup ? field.typeName.lastPart : ""
        return type.lowercased() == field.name ? type : field.name
    }

    private func append(
        _ name: String, _ map: [DynamicMessage.MapKey: Value], of field: FieldDescriptor, to text: inout [UInt8],
        _ level: Int
    ) {
        let fields = schema.messages[field.type].fields
        guard fields.count == 2 else { return }
        for (key, value) in map.sorted(by: { $0.key < $1.key }) {
            text.append(line: "\(name) {", level)
            append("key", key.value, of: fields[0], to: &text, level + 1)
            append("value", value, of: fields[1], to: &text, level + 1)
            text.append(line: "}", level)
        }
    }

    private func append(
        _ name: String, _ value: Value, of field: FieldDescriptor, to text: inout [UInt8], _ level: Int
    ) {
        text.indent(level)
        text += name.utf8
        switch value {
        case .message(let message):
            text += " {\n".utf8
            append(message, to: &text, level: level + 1)
            text.append(line: "}", level)
            return
        default:
            text += ": ".utf8
        }
        switch value {
        case .bool(let value): text += (value ? "true" : "false").utf8
        case .int(let value): text += String(value).utf8
        case .uint(let value): text += String(value).utf8
        case .float(let value): append(value, to: &text)
        case .double(let value): append(value, to: &text)
        case .string(let value): text.append(quoted: value)
        case .bytes(let value): text.append(quoted: value)
        case .enum(let number): text += (schema.enums[field.type].name(of: number) ?? String(number)).utf8
        case .message: break
        }
        text.append(UInt8(ascii: "\n"))
    }

    /// The shortest text that reads back as the same number.
    private func append(_ number: some BinaryFloatingPoint & LosslessStringConvertible, to text: inout [UInt8]) {
        let shortest = number.isNaN ? "nan" : String(number)
        text += (shortest.hasSuffix(".0") ? shortest.dropLast(2) : shortest[...]).utf8
    }

    /// Writes what is packed in an `Any` under its type.
    /// - Returns: whether it is written: not where the type is unknown, what is packed is no such message, or too many messages are
    ///   in one another.
    private func appendPacked(_ message: DynamicMessage, to text: inout [UInt8], _ level: Int) -> Bool {
        guard level < DynamicMessage.maximumDepth, case .string(let url)? = message.value(1), url.contains("/"),
            let name = WellKnownText.typeName(inURL: url), let descriptor = schema.message(name),
            url.utf8.allSatisfy(\.isPlainInTypeName)
        else { return false }
        var bytes: [UInt8] = []
        if case .bytes(let value)? = message.value(2) { bytes = value }
        let packed = bytes.withUnsafeBytes { bytes in
            try? WireDecoder(schema: schema).partialMessage(
                descriptor, bytes, depth: DynamicMessage.maximumDepth - level - 1)
        }
        guard let packed else { return false }
        text.append(line: "[\(url)] {", level)
        append(packed, to: &text, level: level + 1)
        text.append(line: "}", level)
        return true
    }
}

extension UInt8 {
    /// Whether it can stand in the name of a type between brackets: letters, digits and `-._~/%` (the specification's
    /// `AnyName`, as far as none of it could be a bracket or something that a terminal acts on).
    fileprivate var isPlainInTypeName: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "-._~/%".utf8.contains(self)
        }
    }
}
