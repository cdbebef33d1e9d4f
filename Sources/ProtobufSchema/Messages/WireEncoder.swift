/// Writes messages in the wire format: fields in the order of their numbers, the entries of maps in that of their keys, and at
/// last what is unknown.
struct WireEncoder {
    let schema: Schema

    func append(_ message: DynamicMessage, to bytes: inout [UInt8]) {
        for field in message.fields {
            if message.descriptor.isMessageSet, case .one(.message(let inner)) = field.content {
                appendItem(field.descriptor, inner, to: &bytes)
            } else {
                append(field, to: &bytes)
            }
        }
        bytes += message.unknown
    }

    func append(_ field: DynamicMessage.Field, to bytes: inout [UInt8]) {
        let descriptor = field.descriptor
        switch field.content {
        // Without presence, the usual value is none.
        case .one(let value) where !descriptor.hasPresence && value.isZero: break
        case .one(let value): append(value, of: descriptor, to: &bytes)
        case .list(let values) where descriptor.isPacked:
            guard !values.isEmpty else { return }
            var packed: [UInt8] = []
            for value in values { append(value, as: descriptor.kind, to: &packed) }
            bytes.append(descriptor.number, bytes: packed)
        case .list(let values): for value in values { append(value, of: descriptor, to: &bytes) }
        case .map(let map):
            let fields = schema.messages[descriptor.type].fields
            guard fields.count == 2 else { return }
            for (key, value) in map.sorted(by: { $0.key < $1.key }) {
                var entry: [UInt8] = []
                append(key.value, of: fields[0], to: &entry)
                append(value, of: fields[1], to: &entry)
                bytes.append(descriptor.number, bytes: entry)
            }
        }
    }

    func append(_ value: DynamicMessage.Value, of field: FieldDescriptor, to bytes: inout [UInt8]) {
        bytes.append(tag: field.number, field.kind.wireType)
        guard field.kind == .group, case .message(let inner) = value else {
            return append(value, as: field.kind, to: &bytes)
        }
        append(inner, to: &bytes)
        bytes.append(tag: field.number, .endGroup)
    }

    func append(_ value: DynamicMessage.Value, as kind: FieldKind, to bytes: inout [UInt8]) {
        switch value {
        case .bool(let value): bytes.append(value ? 1 : 0)
        case .float(let value): bytes.append(fixed: value.bitPattern)
        case .double(let value): bytes.append(fixed: value.bitPattern)
        case .enum(let value): bytes.append(varint: UInt64(bitPattern: Int64(value)))
        case .int(let value):
            switch kind {
            case .sint32, .sint64: bytes.append(varint: UInt64(bitPattern: value << 1 ^ value >> 63))
            case .sfixed32: bytes.append(fixed: Int32(truncatingIfNeeded: value))
            case .sfixed64: bytes.append(fixed: value)
            default: bytes.append(varint: UInt64(bitPattern: value))
            }
        case .uint(let value):
            switch kind {
            case .fixed32: bytes.append(fixed: UInt32(truncatingIfNeeded: value))
            case .fixed64: bytes.append(fixed: value)
            default: bytes.append(varint: value)
            }
        case .string(let value):
            bytes.append(varint: UInt64(value.utf8.count))
            bytes += value.utf8
        case .bytes(let value):
            bytes.append(varint: UInt64(value.count))
            bytes += value
        case .message(let message):
            var inner: [UInt8] = []
            append(message, to: &inner)
            bytes.append(varint: UInt64(inner.count))
            bytes += inner
        }
    }

    /// See ``WireDecoder``, which reads it.
    private func appendItem(_ field: FieldDescriptor, _ message: DynamicMessage, to bytes: inout [UInt8]) {
        var inner: [UInt8] = []
        append(message, to: &inner)
        bytes.append(tag: 1, .startGroup)
        bytes.append(tag: 2, .varint)
        bytes.append(varint: UInt64(field.number))
        bytes.append(3, bytes: inner)
        bytes.append(tag: 1, .endGroup)
    }
}
