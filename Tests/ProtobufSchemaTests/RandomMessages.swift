import RPCCore

@testable import ProtobufSchema

/// Messages by chance, from their definitions alone: each one that can be, but for numbers that are none.
struct RandomMessages {
    private typealias Value = DynamicMessage.Value

    let schema: Schema
    var random: SeededGenerator

    mutating func message(_ descriptor: MessageDescriptor, depth: Int = 4) -> DynamicMessage {
        if let wellKnown = descriptor.wellKnown { return message(wellKnown, descriptor, depth) }
        var message = DynamicMessage(descriptor)
        for field in descriptor.fields where field.isRequired || Int.random(in: 0..<3, using: &random) > 0 {
            message[field] = content(field, depth)
        }
        return message
    }

    private mutating func content(_ field: FieldDescriptor, _ depth: Int) -> DynamicMessage.Content? {
        if field.isMap { return map(field, depth) }
        guard field.isRepeated else {
            guard let value = value(field, depth), field.hasPresence || !value.isZero else { return nil }
            return .one(value)
        }
        let values = (0..<Int.random(in: 1...3, using: &random)).compactMap { _ in value(field, depth) }
        return values.isEmpty ? nil : .list(values)
    }

    private mutating func map(_ field: FieldDescriptor, _ depth: Int) -> DynamicMessage.Content? {
        let fields = schema.messages[field.type].fields
        var map: [DynamicMessage.MapKey: Value] = [:]
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            guard let key = value(fields[0], depth).flatMap(DynamicMessage.MapKey.init),
                let value = value(fields[1], depth)
            else { return nil }
            map[key] = value
        }
        return .map(map)
    }

    private mutating func value(_ field: FieldDescriptor, _ depth: Int) -> Value? {
        switch field.kind {
        case .bool: .bool(Bool.random(using: &random))
        case .int32, .sint32, .sfixed32: .int(Int64(Int32(truncatingIfNeeded: integer())))
        case .int64, .sint64, .sfixed64: .int(integer())
        case .uint32, .fixed32: .uint(UInt64(UInt32(truncatingIfNeeded: integer())))
        case .uint64, .fixed64: .uint(UInt64(bitPattern: integer()))
        case .float: .float(number(Float(bitPattern: UInt32(truncatingIfNeeded: random.next())), .infinity))
        case .double: .double(number(Double(bitPattern: random.next()), .infinity))
        case .string: .string(text())
        case .bytes:
            .bytes((0..<Int.random(in: 0..<20, using: &random)).map { _ in .random(in: .min ... .max, using: &random) })
        case .enum: .enum(enumNumber(schema.enums[field.type]))
        case .message, .group: depth > 0 ? .message(message(schema.messages[field.type], depth: depth - 1)) : nil
        }
    }

    /// Of any length: small ones, and the ends of the range, as often as others.
    private mutating func integer() -> Int64 {
        let bits = Int64(bitPattern: random.next())
        return [0, 1, -1, .min, .max].randomElement(using: &random).flatMap { Bool.random(using: &random) ? $0 : nil }
            ?? bits >> Int64.random(in: 0..<64, using: &random)
    }

    private mutating func number<Number: BinaryFloatingPoint>(_ bits: Number, _ infinity: Number) -> Number {
        let usual: [Number] = [0, -0.0, 1, -1.5, 0.1, infinity, -infinity]
        return bits.isNaN || Bool.random(using: &random) ? usual.randomElement(using: &random) ?? 0 : bits
    }

    private mutating func text() -> String {
        let scalars: [Unicode.Scalar] = [
            "a", "Z", "0", " ", "\"", "\\", "/", "\n", "\0", "\u{7F}", "\u{85}", "é", "日", "\u{202E}", "\u{FEFF}",
            "\u{FFFF}",
            "😀", "\u{10FFFF}",
        ]
        var text = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0..<12, using: &random) {
            text.append(scalars.randomElement(using: &random) ?? "a")
        }
        return String(text)
    }

    private mutating func enumNumber(_ definition: EnumDescriptor) -> Int32 {
        let number = definition.values.randomElement(using: &random)?.number ?? 0
        // Of this one all numbers are written as null.
        guard !definition.isClosed, definition.fullName != "google.protobuf.NullValue" else { return number }
        return Int.random(in: 0..<4, using: &random) == 0 ? Int32(truncatingIfNeeded: integer()) : number
    }

    // MARK: What has JSON of its own

    private mutating func message(_ type: WellKnownType, _ descriptor: MessageDescriptor, _ depth: Int)
        -> DynamicMessage
    {
        var message = DynamicMessage(descriptor)
        switch type {
        case .timestamp:
            message.set(1, nonzero: .random(in: -62_135_596_800...253_402_300_799, using: &random))
            message.set(2, nonzero: .random(in: 0..<1_000_000_000, using: &random))
        case .duration:
            let sign: Int64 = Bool.random(using: &random) ? 1 : -1
            message.set(1, nonzero: sign * .random(in: 0...315_576_000_000 - 1, using: &random))
            message.set(2, nonzero: sign * .random(in: 0..<1_000_000_000, using: &random))
        case .fieldMask:
            let paths = ["a", "foo_bar", "a.b_c.d", "x1"].shuffled(using: &random).prefix(
                .random(in: 0...3, using: &random))
            if let field = descriptor.field(number: 1), !paths.isEmpty {
                message[field] = .list(paths.map { .string($0) })
            }
        case .value:
            // Without a message in it, where no more may be.
            let fields = descriptor.fields.filter { depth > 0 || !$0.kind.isMessage }
            guard let field = fields.randomElement(using: &random), var value = value(field, depth) else { break }
            if case .double(let number) = value, !number.isFinite { value = .double(1.5) }
            message[field] = .one(value)
        case .any:
            // One has a field that is called `@type`: it cannot be told from the type in JSON.
            let packed = schema.messages.filter {
                !$0.isMapEntry && $0.problem == nil && !$0.fullName.contains("Any") && $0.field(named: "@type") == nil
            }
            guard depth > 0, let inner = packed.randomElement(using: &random) else { break }
            var bytes: [UInt8] = []
            self.message(inner, depth: depth - 1).appendWire(to: &bytes, in: schema)
            message.set(1, .string("type.googleapis.com/\(inner.fullName)"))
            if !bytes.isEmpty { message.set(2, .bytes(bytes)) }
        case .wrapper, .struct, .listValue:
            if let field = descriptor.fields.first, depth > 0 || !field.kind.isMessage {
                message[field] = content(field, depth)
            }
        }
        return message
    }
}

extension DynamicMessage {
    fileprivate mutating func set(_ number: Int, nonzero value: Int64) {
        if value != 0 { set(number, .int(value)) }
    }
}
