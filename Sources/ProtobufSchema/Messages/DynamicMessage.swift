/// A message whose definition became known while the program runs.
public struct DynamicMessage: Hashable, Sendable {
    /// How many messages may be in one another, in the wire format and in JSON. Other implementations stop there, too.
    static let maximumDepth = 100
    static let tooDeep = "messages are more than \(maximumDepth) deep in one another"

    public let descriptor: MessageDescriptor
    /// The fields that are set, in the order of their numbers.
    public private(set) var fields: [Field] = []
    /// What was read and is not in the definition, as it was read.
    public internal(set) var unknown: [UInt8] = []

    public struct Field: Sendable {
        public let descriptor: FieldDescriptor
        public var content: Content
    }

    public enum Content: Hashable, Sendable {
        case one(Value)
        case list([Value])
        case map([MapKey: Value])
    }

    public enum Value: Hashable, Sendable {
        case bool(Bool)
        /// Of every signed kind.
        case int(Int64)
        /// Of every unsigned kind.
        case uint(UInt64)
        case float(Float)
        case double(Double)
        case string(String)
        case bytes([UInt8])
        case `enum`(Int32)
        case message(DynamicMessage)
    }

    public enum MapKey: Hashable, Comparable, Sendable {
        case bool(Bool)
        case int(Int64)
        case uint(UInt64)
        case string(String)
        /// A text that is no UTF-8, which older syntaxes allow.
        case bytes([UInt8])

        public static func < (one: MapKey, other: MapKey) -> Bool {
            switch (one, other) {
            case (.bool(let one), .bool(let other)): !one && other
            case (.int(let one), .int(let other)): one < other
            case (.uint(let one), .uint(let other)): one < other
            // By bytes, which is also the order of scalars.
            case (.string(let one), .string(let other)): one.utf8.lexicographicallyPrecedes(other.utf8)
            case (.bytes(let one), .bytes(let other)): one.lexicographicallyPrecedes(other)
            case (.string, .bytes): true
            default: false
            }
        }

        var value: Value {
            switch self {
            case .bool(let value): .bool(value)
            case .int(let value): .int(value)
            case .uint(let value): .uint(value)
            case .string(let value): .string(value)
            case .bytes(let value): .bytes(value)
            }
        }

        init?(_ value: Value) {
            switch value {
            case .bool(let value): self = .bool(value)
            case .int(let value): self = .int(value)
            case .uint(let value): self = .uint(value)
            case .string(let value): self = .string(value)
            case .bytes(let value): self = .bytes(value)
            default: return nil
            }
        }
    }

    public init(_ descriptor: MessageDescriptor) {
        self.descriptor = descriptor
    }

    public static func == (one: DynamicMessage, other: DynamicMessage) -> Bool {
        one.descriptor === other.descriptor && one.unknown == other.unknown
            && one.fields.count == other.fields.count
            && zip(one.fields, other.fields).allSatisfy {
                $0.descriptor === $1.descriptor && $0.content == $1.content
            }
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(ObjectIdentifier(descriptor))
        for field in fields {
            hasher.combine(field.descriptor.number)
            hasher.combine(field.content)
        }
    }

    /// The content of a field; `nil` where it is not set. To set one of a oneof takes the other away.
    public subscript(_ field: FieldDescriptor) -> Content? {
        get {
            let index = place(of: field)
            return index < fields.count && fields[index].descriptor === field ? fields[index].content : nil
        }
        set {
            if newValue != nil, let oneof = field.oneof {
                fields.removeAll {
                    $0.descriptor.oneof == oneof && $0.descriptor !== field && !$0.descriptor.isExtension
                }
            }
            let index = place(of: field)
            let isThere = index < fields.count && fields[index].descriptor === field
            switch (newValue, isThere) {
            case (let content?, true): fields[index].content = content
            case (let content?, false): fields.insert(Field(descriptor: field, content: content), at: index)
            case (nil, true): fields.remove(at: index)
            case (nil, false): break
            }
        }
    }

    /// The value of a field that is not repeated.
    func value(_ number: Int) -> Value? {
        guard let field = descriptor.field(number: number), case .one(let value)? = self[field] else { return nil }
        return value
    }

    mutating func set(_ number: Int, _ value: Value) {
        guard let field = descriptor.field(number: number) else { return }
        self[field] = .one(value)
    }

    /// Takes a field out, to be changed and set again without a copy.
    mutating func take(_ field: FieldDescriptor) -> Content? {
        let index = place(of: field)
        guard index < fields.count, fields[index].descriptor === field else { return nil }
        return fields.remove(at: index).content
    }

    private func place(of field: FieldDescriptor) -> Int {
        // Messages are written in the order of their fields, as a rule.
        if let last = fields.last, last.descriptor.number < field.number { return fields.count }
        return fields.firstIndex { $0.descriptor.number >= field.number } ?? fields.count
    }
}

extension FieldDescriptor {
    /// What a field without presence holds where it is not set; of a message field there is none.
    func zero(in schema: Schema) -> DynamicMessage.Value? {
        switch kind {
        case .double: .double(0)
        case .float: .float(0)
        case .int64, .int32, .sfixed32, .sfixed64, .sint32, .sint64: .int(0)
        case .uint64, .uint32, .fixed64, .fixed32: .uint(0)
        case .bool: .bool(false)
        case .string: .string("")
        case .bytes: .bytes([])
        case .enum: .enum(schema.enums[type].values.first?.number ?? 0)
        case .message, .group: nil
        }
    }
}
