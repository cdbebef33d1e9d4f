/// Reads messages in the wire format by their definitions (https://protobuf.dev/programming-guides/encoding).
struct WireDecoder {
    private typealias Value = DynamicMessage.Value

    let schema: Schema

    /// Reads a whole message.
    /// - Throws: ``WireFault``, also where a field is missing that is required.
    func message(_ descriptor: MessageDescriptor, _ bytes: UnsafeRawBufferPointer) throws(WireFault) -> DynamicMessage {
        let message = try partialMessage(descriptor, bytes)
        if schema.canLackFields(descriptor), let path = message.missingField() {
            throw WireFault("required field \(path) is missing", at: bytes.count)
        }
        return message
    }

    /// Reads a whole message, be required fields there or not.
    /// - Parameter depth: How many messages may be in one another in it.
    func partialMessage(
        _ descriptor: MessageDescriptor, _ bytes: UnsafeRawBufferPointer, depth: Int = DynamicMessage.maximumDepth
    ) throws(WireFault) -> DynamicMessage {
        var message = DynamicMessage(descriptor)
        var reader = WireReader(bytes)
        try read(&reader, into: &message, depth: depth)
        return message
    }

    /// - Parameter group: The number of the group that the fields are in: they end with it.
    func read(
        _ reader: inout WireReader, into message: inout DynamicMessage, depth: Int, group: Int? = nil
    ) throws(WireFault) {
        guard depth >= 0 else { throw WireFault(DynamicMessage.tooDeep, at: reader.index) }
        while !reader.isAtEnd {
            let start = reader.index
            let tag = try reader.tag()
            if tag.type == .endGroup {
                guard tag.number == group else { throw WireFault("a group ends that has not begun", at: start) }
                return
            }
            if message.descriptor.isMessageSet, tag.number == 1, tag.type == .startGroup {
                try readItem(&reader, from: start, into: &message, depth: depth)
            } else if let field = message.descriptor.field(number: tag.number),
                try read(field, tag, &reader, into: &message, depth: depth)
            {
                continue
            } else {
                reader.goBack(to: start)
                try skip(&reader, from: start, into: &message, depth: depth)
            }
        }
        if group != nil { throw WireFault("truncated: a group does not end", at: reader.index) }
    }

    /// Keeps a field that is not in the definition.
    private func skip(
        _ reader: inout WireReader, from start: Int, into message: inout DynamicMessage, depth: Int
    ) throws(WireFault) {
        let tag = try reader.tag()
        try reader.skip(tag, depth: depth)
        message.unknown += reader[start..<reader.index]
    }

    /// - Returns: whether the field is written in a way that fits its definition.
    private func read(
        _ field: FieldDescriptor, _ tag: WireReader.Tag, _ reader: inout WireReader, into message: inout DynamicMessage,
        depth: Int
    ) throws(WireFault) -> Bool {
        if field.isMap, tag.type == .length { return try readEntry(field, &reader, into: &message, depth: depth) }
        if field.isRepeated, field.kind.isPackable, tag.type == .length {
            try readPacked(field, &reader, into: &message)
            return true
        }
        guard tag.type == field.kind.wireType, !field.isMap else { return false }
        guard field.kind.isMessage else {
            guard let value = try scalar(field, &reader, unknown: &message.unknown) else { return true }
            message.add(value, to: field)
            return true
        }
        var inner = DynamicMessage(schema.messages[field.type])
        var list: [Value] = []
        switch message.take(field) {
        case .one(.message(let earlier))? where !field.isRepeated: inner = earlier
        case .list(let earlier)?: list = earlier
        default: break
        }
        if tag.type == .startGroup {
            try read(&reader, into: &inner, depth: depth - 1, group: tag.number)
        } else {
            var within = reader.slice(try reader.length())
            try read(&within, into: &inner, depth: depth - 1)
        }
        list.append(.message(inner))
        message[field] = field.isRepeated ? .list(list) : .one(.message(inner))
        return true
    }

    private func readPacked(
        _ field: FieldDescriptor, _ reader: inout WireReader, into message: inout DynamicMessage
    ) throws(WireFault) {
        var values = reader.slice(try reader.length())
        var list: [Value] = []
        if case .list(let earlier)? = message.take(field) { list = earlier }
        while !values.isAtEnd {
            if let value = try scalar(field, &values, unknown: &message.unknown) { list.append(value) }
        }
        message[field] = list.isEmpty ? nil : .list(list)
    }

    /// Reads an entry of a map. One whose value is of a closed enum, and no value of it, is unknown as a whole.
    private func readEntry(
        _ field: FieldDescriptor, _ reader: inout WireReader, into message: inout DynamicMessage, depth: Int
    ) throws(WireFault) -> Bool {
        let entry = schema.messages[field.type]
        guard let keyField = entry.field(number: 1), let valueField = entry.field(number: 2) else { return false }
        var within = reader.slice(try reader.length())
        var content = DynamicMessage(entry)
        try read(&within, into: &content, depth: depth - 1)
        if valueField.kind == .enum, content[valueField] == nil, !content.unknown.isEmpty { return false }
        guard let key = MapKey(content.value(1) ?? keyField.zero(in: schema) ?? .bool(false)) else { return false }
        var map: [MapKey: Value] = [:]
        if case .map(let earlier)? = message.take(field) { map = earlier }
        map[key] =
            content.value(2) ?? valueField.zero(in: schema)
            ?? .message(DynamicMessage(schema.messages[valueField.type]))
        message[field] = .map(map)
        return true
    }

    private typealias MapKey = DynamicMessage.MapKey

    /// - Returns: `nil` for a number that a closed enum does not have, which is put among what is unknown.
    private func scalar(
        _ field: FieldDescriptor, _ reader: inout WireReader, unknown: inout [UInt8]
    ) throws(WireFault) -> Value? {
        switch field.kind {
        case .double: return .double(Double(bitPattern: try reader.fixed64()))
        case .float: return .float(Float(bitPattern: try reader.fixed32()))
        case .int64: return .int(Int64(bitPattern: try reader.varint()))
        case .uint64: return .uint(try reader.varint())
        case .int32: return .int(Int64(Int32(truncatingIfNeeded: try reader.varint())))
        case .fixed64: return .uint(try reader.fixed64())
        case .fixed32: return .uint(UInt64(try reader.fixed32()))
        case .bool: return .bool(try reader.varint() != 0)
        case .uint32: return .uint(UInt64(UInt32(truncatingIfNeeded: try reader.varint())))
        case .sfixed32: return .int(Int64(Int32(bitPattern: try reader.fixed32())))
        case .sfixed64: return .int(Int64(bitPattern: try reader.fixed64()))
        case .sint32: return .int(Int64(zigzag: UInt64(UInt32(truncatingIfNeeded: try reader.varint()))))
        case .sint64: return .int(Int64(zigzag: try reader.varint()))
        case .enum:
            let written = try reader.varint()
            let number = Int32(truncatingIfNeeded: written)
            let definition = schema.enums[field.type]
            guard definition.isClosed, definition.name(of: number) == nil else { return .enum(number) }
            unknown.append(tag: field.number, .varint)
            unknown.append(varint: written)
            return nil
        case .string:
            let range = try reader.length()
            let bytes = reader[range]
            if let text = String(validating: bytes, as: UTF8.self) { return .string(text) }
            guard !field.validatesUTF8 else { throw WireFault("\(field.name) is no UTF-8", at: range.lowerBound) }
            return .bytes([UInt8](bytes))
        case .bytes: return .bytes([UInt8](try reader.lengthBytes()))
        case .message, .group: return nil
        }
    }
}

extension Int64 {
    /// Reads a number whose sign is its lowest bit.
    fileprivate init(zigzag value: UInt64) {
        self = Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }
}

extension DynamicMessage {
    /// Sets a field, or adds to it where it is repeated. Without presence, the usual value is none.
    fileprivate mutating func add(_ value: Value, to field: FieldDescriptor) {
        if field.isRepeated {
            var list: [Value] = []
            if case .list(let earlier)? = take(field) { list = earlier }
            list.append(value)
            self[field] = .list(list)
        } else if !field.hasPresence, value.isZero {
            self[field] = nil
        } else {
            self[field] = .one(value)
        }
    }

    /// The path of a required field that is not set.
    func missingField() -> String? {
        if let field = descriptor.fields.first(where: { $0.isRequired && self[$0] == nil }) { return field.name }
        for field in fields where field.descriptor.kind.isMessage {
            if let path = field.content.missingField() { return "\(field.descriptor.name).\(path)" }
        }
        return nil
    }
}

extension DynamicMessage.Value {
    /// Whether it is what a field without presence has where it is not set. A negative zero is another value.
    var isZero: Bool {
        switch self {
        case .bool(let value): !value
        case .int(let value): value == 0
        case .uint(let value): value == 0
        case .float(let value): value.bitPattern == 0
        case .double(let value): value.bitPattern == 0
        case .string(let value): value.isEmpty
        case .bytes(let value): value.isEmpty
        case .enum(let value): value == 0
        case .message: false
        }
    }
}

extension WireDecoder {
    /// Reads an item of a message set: a group with the number of an extension and its message
    /// (descriptor.proto, `message_set_wire_format`).
    fileprivate func readItem(
        _ reader: inout WireReader, from start: Int, into message: inout DynamicMessage, depth: Int
    ) throws(WireFault) {
        var number: Int?
        var contents: [Range<Int>] = []
        while true {
            let tag = try reader.tag()
            switch (tag.number, tag.type) {
            case (1, .endGroup):
                guard let number, !contents.isEmpty, let field = message.descriptor.field(number: number),
                    field.isExtension, field.kind == .message, !field.isRepeated
                else {
                    message.unknown += reader[start..<reader.index]
                    return
                }
                var inner = DynamicMessage(schema.messages[field.type])
                if case .one(.message(let earlier))? = message.take(field) { inner = earlier }
                for content in contents {
                    var within = reader.slice(content)
                    try read(&within, into: &inner, depth: depth - 1)
                }
                message[field] = .one(.message(inner))
                return
            case (2, .varint): number = Int(exactly: try reader.varint())
            case (3, .length): contents.append(try reader.length())
            default: try reader.skip(tag, depth: depth)
            }
        }
    }
}

extension DynamicMessage.Content {
    /// The path of a required field that is not set in a message within.
    func missingField() -> String? {
        let inner: [DynamicMessage.Value] =
            switch self {
            case .one(let value): [value]
            case .list(let values): values
            case .map(let map): Array(map.values)
            }
        for case .message(let message) in inner {
            if let path = message.missingField() { return path }
        }
        return nil
    }
}
