import RPCCore

/// Writes messages as JSON by protobuf's mapping (https://protobuf.dev/programming-guides/json), on one line. What could act on a
/// terminal is written as an escape.
struct JSONMessagePrinter {
    private typealias Value = DynamicMessage.Value

    let schema: Schema
    var style: JSONStyle
    /// How many messages may still be in one another: what is packed in an `Any` was not counted when it was read.
    private var depth = DynamicMessage.maximumDepth

    init(schema: Schema, style: JSONStyle = JSONStyle()) {
        (self.schema, self.style) = (schema, style)
    }

    private var deeper: Self {
        var printer = self
        printer.depth -= 1
        return printer
    }

    func append(_ message: DynamicMessage, to text: inout [UInt8]) throws(JSONMessageFault) {
        guard let wellKnown = message.descriptor.wellKnown else {
            text.append(UInt8(ascii: "{"))
            var isFirst = true
            try appendFields(of: message, to: &text, &isFirst)
            text.append(UInt8(ascii: "}"))
            return
        }
        let start = text.count
        do throws(JSONMessageFault) {
            try append(wellKnown, message, to: &text)
        } catch {
            guard style.isLenient else { throw error }
            // As an object of its fields, with the reason: nothing is lost from sight.
            text.removeSubrange(start...)
            text += Array("{\"@problem\":".utf8)
            text.append(jsonString: error.text, isTerminalSafe: true)
            var isFirst = false
            try appendFields(of: message, to: &text, &isFirst)
            text.append(UInt8(ascii: "}"))
        }
    }

    /// - Parameter taken: A name that is another member's: a field that would have it has its original one.
    private func appendFields(
        of message: DynamicMessage, to text: inout [UInt8], _ isFirst: inout Bool, beside taken: String? = nil
    ) throws(JSONMessageFault) {
        func name(_ field: FieldDescriptor, to text: inout [UInt8]) {
            if !isFirst { text.append(UInt8(ascii: ",")) }
            isFirst = false
            let isOriginal = style.usesOriginalNames || field.jsonName == taken
            text.append(jsonString: isOriginal && !field.isExtension ? field.name : field.jsonName)
            text.append(UInt8(ascii: ":"))
        }
        for field in style.emitsDefaults ? allFields(of: message) : message.fields {
            name(field.descriptor, to: &text)
            try append(field.content, of: field.descriptor, to: &text)
        }
        if style.keepsUnknown, !message.unknown.isEmpty {
            if !isFirst { text.append(UInt8(ascii: ",")) }
            isFirst = false
            text.append(jsonString: MessageValue.unknownName)
            text.append(UInt8(ascii: ":"))
            text.append(jsonString: Base64.text(of: message.unknown))
        }
    }

    /// The fields that are set, and with what they mean those that are not, but for messages and what has presence.
    func allFields(of message: DynamicMessage) -> [DynamicMessage.Field] {
        message.descriptor.fields.compactMap { field in
            if let content = message[field] { return DynamicMessage.Field(descriptor: field, content: content) }
            if field.isRepeated {
                return DynamicMessage.Field(descriptor: field, content: field.isMap ? .map([:]) : .list([]))
            }
            guard !field.hasPresence, let zero = field.zero(in: schema) else { return nil }
            return DynamicMessage.Field(descriptor: field, content: .one(zero))
        }
    }

    func append(
        _ content: DynamicMessage.Content, of field: FieldDescriptor, to text: inout [UInt8]
    ) throws(JSONMessageFault) {
        do throws(JSONMessageFault) {
            switch content {
            case .one(let value): try append(value, of: field, to: &text)
            case .list(let values):
                text.append(UInt8(ascii: "["))
                for (index, value) in values.enumerated() {
                    if index > 0 { text.append(UInt8(ascii: ",")) }
                    try append(value, of: field, to: &text)
                }
                text.append(UInt8(ascii: "]"))
            case .map(let map): try append(map, of: field, to: &text)
            }
        } catch {
            throw error.within(field.name)
        }
    }

    private func append(
        _ map: [DynamicMessage.MapKey: DynamicMessage.Value], of field: FieldDescriptor, to text: inout [UInt8]
    ) throws(JSONMessageFault) {
        text.append(UInt8(ascii: "{"))
        guard let valueField = schema.messages[field.type].field(number: 2) else { return }
        var isFirst = true
        for (key, value) in map.sorted(by: { $0.key < $1.key }) {
            if !isFirst { text.append(UInt8(ascii: ",")) }
            isFirst = false
            switch key {
            case .bool(let key): text.append(jsonString: key ? "true" : "false")
            case .int(let key): text.append(jsonString: String(key))
            case .uint(let key): text.append(jsonString: String(key))
            case .string(let key): text.append(jsonString: key, isTerminalSafe: true)
            case .bytes(let key):
                guard style.isLenient else { throw fault("a key is no UTF-8") }
                text.append(jsonString: Base64.text(of: key))
            }
            text.append(UInt8(ascii: ":"))
            try append(value, of: valueField, to: &text)
        }
        text.append(UInt8(ascii: "}"))
    }

    func append(_ value: DynamicMessage.Value, of field: FieldDescriptor, to text: inout [UInt8])
        throws(JSONMessageFault)
    {
        switch value {
        case .bool(let value): text += Array((value ? "true" : "false").utf8)
        case .int(let value): append(String(value), isLong: field.kind.isLong, to: &text)
        case .uint(let value): append(String(value), isLong: field.kind.isLong, to: &text)
        case .float(let value): append(value, to: &text)
        case .double(let value): append(value, to: &text)
        case .string(let value): text.append(jsonString: value, isTerminalSafe: true)
        case .bytes(let value):
            // Text that is no UTF-8 has no JSON; as bytes it can be seen.
            guard field.kind == .bytes || style.isLenient else { throw fault("the text is no UTF-8") }
            text.append(jsonString: Base64.text(of: value))
        case .enum(let number): append(number, of: schema.enums[field.type], to: &text)
        case .message(let message): try deeper.append(message, to: &text)
        }
    }

    private func append(_ number: String, isLong: Bool, to text: inout [UInt8]) {
        let quote = isLong && !style.writes64BitAsNumbers ? "\"" : ""
        text += Array("\(quote)\(number)\(quote)".utf8)
    }

    private func append<Number: BinaryFloatingPoint & LosslessStringConvertible>(
        _ number: Number, to text: inout [UInt8]
    ) {
        let quote = number.isFinite ? "" : "\""
        text += Array("\(quote)\(number.shortText)\(quote)".utf8)
    }

    private func append(_ number: Int32, of definition: EnumDescriptor, to text: inout [UInt8]) {
        if definition.fullName == "google.protobuf.NullValue" {
            text += Array("null".utf8)
        } else if !style.writesEnumsAsNumbers, let name = definition.name(of: number) {
            text.append(jsonString: name)
        } else {
            text += Array(String(number).utf8)
        }
    }

    private func fault(_ reason: String) -> JSONMessageFault { JSONMessageFault(reason: reason, offset: 0, path: "") }

    // MARK: What has JSON of its own

    private func append(
        _ type: WellKnownType, _ message: DynamicMessage, to text: inout [UInt8]
    ) throws(JSONMessageFault) {
        switch type {
        case .wrapper:
            guard let field = message.descriptor.fields.first else { return }
            if case .one(let value)? = message[field] ?? field.zero(in: schema).map(DynamicMessage.Content.one) {
                try append(value, of: field, to: &text)
            }
        case .timestamp, .duration:
            let (seconds, nanos) = (message.integer(1), message.integer(2))
            let written =
                type == .timestamp
                ? WellKnownText.text(ofTimestamp: seconds, nanos) : WellKnownText.text(ofDuration: seconds, nanos)
            guard let written else {
                throw fault("\(seconds) s and \(nanos) ns are out of range for \(message.descriptor.fullName)")
            }
            text.append(jsonString: written)
        case .fieldMask:
            var paths: [String] = []
            if let field = message.descriptor.field(number: 1), case .list(let values)? = message[field] {
                for case .string(let path) in values { paths.append(path) }
            }
            guard let written = WellKnownText.text(ofPaths: paths) else {
                throw fault("a path of the field mask would come back as another one")
            }
            text.append(jsonString: written)
        case .struct, .listValue:
            guard let field = message.descriptor.field(number: 1) else { return }
            if let content = message[field] {
                try append(content, of: field, to: &text)
            } else {
                text += Array((type == .struct ? "{}" : "[]").utf8)
            }
        case .value: try appendValue(message, to: &text)
        case .any: try appendAny(message, to: &text)
        }
    }

    private func appendValue(_ message: DynamicMessage, to text: inout [UInt8]) throws(JSONMessageFault) {
        guard let field = message.fields.first, case .one(let value) = field.content else {
            throw fault("a google.protobuf.Value has no kind")
        }
        switch value {
        case .enum: text += Array("null".utf8)
        case .double(let number) where !number.isFinite: throw fault("a google.protobuf.Value cannot be \(number)")
        default: try append(value, of: field.descriptor, to: &text)
        }
    }

    private func appendAny(_ message: DynamicMessage, to text: inout [UInt8]) throws(JSONMessageFault) {
        var (url, bytes) = ("", [UInt8]())
        if case .string(let value)? = message.value(1) { url = value }
        if case .bytes(let value)? = message.value(2) { bytes = value }
        if url.isEmpty, bytes.isEmpty {
            text += Array("{}".utf8)
            return
        }
        let name = WellKnownText.typeName(inURL: url) ?? ""
        guard let descriptor = schema.message(name) else {
            if style.isLenient, !name.isEmpty {
                // What nobody can read is there to be seen all the same. No reader of JSON takes it for the message.
                text += Array("{\"@type\":".utf8)
                text.append(jsonString: url, isTerminalSafe: true)
                text += Array(",\"@bytes\":".utf8)
                text.append(jsonString: Base64.text(of: bytes))
                text.append(UInt8(ascii: "}"))
                return
            }
            throw fault(
                url.isEmpty
                    ? "a message of any type does not name it" : "the type '\(url.prefix(80))' is not in the schema")
        }
        guard depth > 0 else { throw fault(DynamicMessage.tooDeep) }
        let inner: DynamicMessage
        do throws(WireFault) {
            // What is required is checked where it is sent, not in what is packed.
            inner = try bytes.read { bytes throws(WireFault) in
                try WireDecoder(schema: schema).partialMessage(descriptor, bytes, depth: depth - 1)
            }
        } catch {
            throw fault("the \(name) in it cannot be read: \(error)")
        }
        text += Array("{\"@type\":".utf8)
        text.append(jsonString: url, isTerminalSafe: true)
        if descriptor.wellKnown != nil {
            text += Array(",\"value\":".utf8)
            try deeper.append(inner, to: &text)
        } else {
            var isFirst = false
            try deeper.appendFields(of: inner, to: &text, &isFirst, beside: "@type")
        }
        text.append(UInt8(ascii: "}"))
    }
}

extension FieldKind {
    /// Whether it is an integer of 64 bits, which JSON writes as text.
    var isLong: Bool {
        switch self {
        case .int64, .uint64, .fixed64, .sfixed64, .sint64: true
        default: false
        }
    }
}

extension JSONMessageFault {
    fileprivate func within(_ name: String) -> JSONMessageFault {
        var fault = self
        fault.path = path.isEmpty ? name : "\(name).\(path)"
        return fault
    }
}

extension DynamicMessage {
    fileprivate func integer(_ number: Int) -> Int64 {
        if case .int(let value)? = value(number) { value } else { 0 }
    }
}
