import RPCCore

/// One line for a message in a list: what tells it from its neighbours comes first.
struct MessageSummary {
    /// So many bytes of a message are looked at.
    static let bytesLimit = 4096
    /// So many elements of a list are named.
    private static let elements = 3

    let schema: Schema
    let usesOriginalNames: Bool

    /// The line of bytes.
    /// - Throws: ``WireFault`` where they are no such message, as far as they were looked at.
    func line(of descriptor: MessageDescriptor, _ bytes: UnsafeRawBufferPointer) throws(WireFault) -> MessageLine {
        line(of: try WireDecoder(schema: schema).beginning(of: descriptor, bytes, limit: Self.bytesLimit))
    }

    func line(of message: DynamicMessage) -> MessageLine { line(of: MessageBeginning(message: message)) }

    /// The line of a message some of whose fields are texts only, each with its place in the order.
    func line(of message: DynamicMessage, with texts: [(rank: Int, part: MessageLine.Part)]) -> MessageLine {
        let fields = message.fields.map { field in
            (rank: rank(field, of: message.descriptor), part: part(of: field, nil, in: message.descriptor))
        }
        let ordered = (fields + texts).enumerated().sorted { one, other in
            (one.element.rank, one.offset) < (other.element.rank, other.offset)
        }
        return MessageLine(ordered.map(\.element.part))
    }

    private func line(of beginning: MessageBeginning) -> MessageLine {
        let message = beginning.message
        if message.descriptor.wellKnown != nil { return MessageLine([MessageLine.Part("", whole(message))]) }
        let fields = message.fields
        if fields.count == 1, let field = fields.first, case .one(.string(let text)) = field.content, !text.isEmpty,
            !isCase(field.descriptor, of: message.descriptor)
        {
            return MessageLine([MessageLine.Part("", .text(text))])
        }
        let ordered = fields.enumerated().sorted { one, other in
            (rank(one.element, of: message.descriptor), one.offset) < (
                rank(other.element, of: message.descriptor), other.offset
            )
        }
        return MessageLine(
            ordered.map { part(of: $0.element, beginning.sizes[$0.element.descriptor.number], in: message.descriptor) })
    }

    // MARK: The order

    private static let identifying: Set<String> = [
        "name", "id", "key", "title", "text", "message", "status", "code", "error", "state",
    ]

    private func isCase(_ field: FieldDescriptor, of message: MessageDescriptor) -> Bool {
        guard let oneof = field.oneof, !field.isExtension, message.oneofs.indices.contains(oneof) else { return false }
        return !message.oneofs[oneof].isSynthetic
    }

    private func rank(_ field: DynamicMessage.Field, of message: MessageDescriptor) -> Int {
        rank(field.descriptor, of: message)
    }

    func rank(_ field: FieldDescriptor, of message: MessageDescriptor) -> Int {
        if isCase(field, of: message) { return 0 }
        if field.isMap { return 10 }
        if field.isRepeated { return 9 }
        if Self.identifying.contains(field.name) || field.name.hasSuffix("_id") { return 1 }
        switch field.kind {
        case .string: return 2
        case .enum: return 4
        case .bool: return 5
        case .bytes: return 11
        case .message, .group:
            switch schema.messages[field.type].wellKnown {
            case .timestamp: return 6
            case .duration: return 7
            default: return 8
            }
        default: return 3
        }
    }

    // MARK: The parts

    private func part(of field: DynamicMessage.Field, _ size: Int?, in message: MessageDescriptor) -> MessageLine.Part {
        let descriptor = field.descriptor
        let name = name(of: descriptor)
        switch field.content {
        case .one(let value):
            let text = size.map { .text($0.bytesText) } ?? self.value(value, of: descriptor)
            return MessageLine.Part(name + (isCase(descriptor, of: message) ? " " : "="), text)
        case .list(let values):
            let texts = values.prefix(Self.elements).map { self.value($0, of: descriptor).text }
            let read = values.reduce(0) { if case .bytes(let bytes) = $1 { $0 + bytes.count } else { $0 } }
            let shown = size.map { [($0 + read).bytesText] } ?? texts
            return MessageLine.Part("\(name)[\(values.count)] ", .text(shown.joined(separator: ", ")))
        case .map(let map): return MessageLine.Part("\(name){\(map.count)}", .text(""))
        }
    }

    func name(of field: FieldDescriptor) -> String {
        usesOriginalNames || field.isExtension ? field.name : field.jsonName
    }

    /// What a field says.
    /// - Parameter size: How many bytes it has, where they were not all read.
    func value(_ content: DynamicMessage.Content, of field: FieldDescriptor, size: Int?) -> MessageLine.Value {
        if let size { return .text(size.bytesText) }
        return switch content {
        case .one(let value): self.value(value, of: field)
        case .list(let values):
            .text("[" + values.prefix(20).map { self.value($0, of: field).text }.joined(separator: ", ") + "]")
        case .map(let map): .text("{\(map.count)}")
        }
    }

    func value(_ value: DynamicMessage.Value, of field: FieldDescriptor) -> MessageLine.Value {
        switch value {
        case .bool(let value): .text(value ? "true" : "false")
        case .int(let value): .text(String(value))
        case .uint(let value): .text(String(value))
        case .float(let value): .text(value.shortText)
        case .double(let value): .text(value.shortText)
        case .string(let value): .text(value.isEmpty ? "\"\"" : value)
        case .bytes(let value): .text(value.count.bytesText)
        case .enum(let number): .text(text(of: number, schema.enums[field.type]))
        case .message(let message): self.value(of: message, isCase: field.oneof != nil)
        }
    }

    private func text(of number: Int32, _ definition: EnumDescriptor) -> String {
        guard let name = definition.name(of: number) else { return String(number) }
        guard let prefix = definition.commonPrefix, name.hasPrefix(prefix) else { return name }
        return String(name.dropFirst(prefix.count))
    }

    /// A message within another one: `{title=Emma …}`; where it says what was said, its only text.
    private func value(of message: DynamicMessage, isCase: Bool) -> MessageLine.Value {
        if message.descriptor.wellKnown != nil { return whole(message) }
        let line = line(of: message)
        guard let first = line.parts.first else { return .text("{}") }
        if isCase, line.isPlain { return first.value }
        // Without a name, a text would be taken for one of the outer message.
        let label =
            first.label.isEmpty ? (message.fields.first.map { name(of: $0.descriptor) + "=" } ?? "") : first.label
        return .text("{\(label)\(first.value.text)\(line.parts.count > 1 ? " …" : "")}")
    }

    /// What is in a message of any type: `Book title=Emma …`, or the type alone where that is all that is known.
    private func content(ofType type: String, _ value: DynamicMessage.Value?) -> String {
        let name = type.lastPart
        guard case .bytes(let bytes)? = value, let descriptor = schema.message(type),
            let line = try? bytes.withUnsafeBytes({ bytes throws(WireFault) in try line(of: descriptor, bytes) }),
            let first = line.parts.first
        else { return name }
        return "\(name) \(first.label)\(first.value.text)\(line.parts.count > 1 ? " …" : "")"
    }

    /// A message that has one value for people.
    private func whole(_ message: DynamicMessage) -> MessageLine.Value {
        func integer(_ number: Int) -> Int64 { if case .int(let value)? = message.value(number) { value } else { 0 } }
        switch message.descriptor.wellKnown {
        case .timestamp:
            let (seconds, nanos) = (integer(1), integer(2))
            guard let text = WellKnownText.text(ofTimestamp: seconds, nanos) else {
                return .text("{seconds=\(seconds)}")
            }
            return .moment(.seconds(seconds) + .nanoseconds(nanos), utc: text)
        case .duration:
            return .text(WellKnownText.text(ofDuration: integer(1), integer(2)) ?? "{seconds=\(integer(1))}")
        case .wrapper:
            guard let field = message.descriptor.fields.first else { return .text("") }
            if case .one(let value)? = message[field] ?? field.zero(in: schema).map(DynamicMessage.Content.one) {
                return self.value(value, of: field)
            }
            return .text("")
        case .any:
            var url = ""
            if case .string(let value)? = message.value(1) { url = value }
            return .text("{\(content(ofType: WellKnownText.typeName(inURL: url) ?? "", message.value(2)))}")
        case .fieldMask, .listValue, .struct, .value, nil:
            var printer = JSONMessagePrinter(schema: schema)
            printer.style.isLenient = true
            var json: [UInt8] = []
            try? printer.append(message, to: &json)
            return .text(String(decoding: json.prefix(200), as: UTF8.self))
        }
    }
}

extension Int {
    /// How many bytes there are: `⟨12 B⟩`, `⟨1.2 kB⟩`.
    fileprivate var bytesText: String {
        var (size, unit) = (Double(self), 0)
        let units = ["B", "kB", "MB", "GB"]
        while size >= 1000, unit < units.count - 1 {
            size /= 1000
            unit += 1
        }
        let tenths = Int((size * 10).rounded())
        return
            "⟨\(tenths % 10 == 0 || unit == 0 ? String(tenths / 10) : "\(tenths / 10).\(tenths % 10)") \(units[unit])⟩"
    }
}

extension BinaryFloatingPoint where Self: LosslessStringConvertible {
    /// The shortest that reads back as the same number: `20.5`, `3`.
    var shortText: String {
        guard isFinite else { return isNaN ? "NaN" : self < 0 ? "-Infinity" : "Infinity" }
        let text = String(self)
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}
