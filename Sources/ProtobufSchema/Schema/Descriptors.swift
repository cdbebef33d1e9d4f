public import RPCCore

/// The type of a field; the numbers are those of `FieldDescriptorProto.Type`.
public enum FieldKind: UInt8, Sendable {
    case double = 1, float, int64, uint64, int32, fixed64, fixed32, bool, string, group, message, bytes, uint32, `enum`,
        sfixed32, sfixed64, sint32, sint64

    /// As it is written in a `.proto` file; that of a message or an enum is its own name.
    var keyword: String { "\(self)" }

    /// Whether several of them can be written in one value.
    var isPackable: Bool {
        switch self {
        case .string, .bytes, .message, .group: false
        default: true
        }
    }

    var isMessage: Bool { self == .message || self == .group }

    /// How one of them is laid out.
    var wireType: WireType {
        switch self {
        case .double, .fixed64, .sfixed64: .fixed64
        case .float, .fixed32, .sfixed32: .fixed32
        case .string, .bytes, .message: .length
        case .group: .startGroup
        case .int64, .uint64, .int32, .bool, .uint32, .enum, .sint32, .sint64: .varint
        }
    }
}

/// A message's definition.
public final class MessageDescriptor: Sendable {
    /// `demo.v1.Book`.
    public let fullName: String
    public let file: String
    /// Where it is declared in its file, as `SourceCodeInfo` counts.
    let path: [Int32]
    /// In the order of their numbers, extensions among them.
    public let fields: [FieldDescriptor]
    public let oneofs: [OneofDescriptor]
    public let isDeprecated: Bool
    package let isMapEntry: Bool
    let isMessageSet: Bool
    /// What its JSON is like; `nil` for an object of its fields.
    let wellKnown: WellKnownType?
    /// Why it cannot be used; `nil` for one that can.
    public let problem: String?

    private let byNumber: [Int: Int]
    private let byName: [String: Int]

    init(
        fullName: String, file: String, path: [Int32], fields: [FieldDescriptor], oneofs: [OneofDescriptor],
        raw: RawMessage, problem: String?
    ) {
        self.fullName = fullName
        self.file = file
        self.path = path
        self.fields = fields
        self.oneofs = oneofs
        isDeprecated = raw.isDeprecated
        isMapEntry = raw.isMapEntry
        isMessageSet = raw.isMessageSet
        wellKnown = WellKnownType(fullName, fields)
        self.problem = problem
        byNumber = Dictionary(fields.enumerated().map { ($1.number, $0) }, uniquingKeysWith: { first, _ in first })
        // The exact JSON name wins over another field's original name.
        let names = fields.enumerated().map { ($1.jsonName, $0) }
        let originals = fields.enumerated().filter { !$1.isExtension }.map { ($1.name, $0) }
        byName = Dictionary(names + originals, uniquingKeysWith: { first, _ in first })
    }

    /// The last part of its full name.
    public var name: String { fullName.lastPart }

    public func field(number: Int) -> FieldDescriptor? {
        // Most messages have the numbers from 1 on.
        if number > 0, number <= fields.count, fields[number - 1].number == number { return fields[number - 1] }
        return byNumber[number].map { fields[$0] }
    }

    /// - Parameter name: The one in JSON, or the original one.
    public func field(named name: String) -> FieldDescriptor? { byName[name].map { fields[$0] } }
}

/// Fields of which a message has one at most.
public struct OneofDescriptor: Hashable, Sendable {
    public var name: String
    /// Whether it was made by the compiler for one optional field, and is nothing to people.
    public var isSynthetic: Bool
}

/// A field's definition.
public final class FieldDescriptor: Sendable {
    public let name: String
    public let jsonName: String
    public let number: Int
    public let kind: FieldKind
    /// Of the message or enum that it holds, among those of the schema.
    let type: Int
    /// The full name of that message or enum.
    public let typeName: String
    public let isRepeated: Bool
    /// Whether it is repeated as the entries of a map.
    public let isMap: Bool
    public let isRequired: Bool
    /// Whether a message can be without it, which is another thing than the usual value.
    public let hasPresence: Bool
    /// Its place among the oneofs of its message.
    public let oneof: Int?
    public let defaultText: String?
    public let isDeprecated: Bool
    public let isExtension: Bool
    let isPacked: Bool
    let validatesUTF8: Bool
    let isProto3Optional: Bool
    /// Its place among the fields of its message, as they are declared.
    let index: Int32

    init(_ field: Input) {
        name = field.raw.name
        jsonName = field.jsonName
        number = field.raw.number
        kind = field.kind.isMessage ? field.isDelimited ? .group : .message : field.kind
        type = field.type
        typeName = field.typeName
        isRepeated = field.raw.label == .repeated
        isMap = field.isMap
        isRequired = !isRepeated && field.features.presence == .required
        oneof = field.raw.oneof
        hasPresence =
            !isRepeated
            && (field.kind.isMessage || oneof != nil || field.isExtension || field.features.presence != .implicit)
        defaultText = field.raw.defaultText
        isDeprecated = field.raw.isDeprecated
        isExtension = field.isExtension
        isPacked = isRepeated && kind.isPackable && field.features.packsRepeated
        validatesUTF8 = field.features.validatesUTF8
        isProto3Optional = field.raw.isProto3Optional
        index = field.index
    }

    /// What a field is made from, when its names are looked up.
    struct Input {
        var raw: RawFieldDescriptor
        var kind: FieldKind
        var type: Int
        var typeName: String
        var jsonName: String
        var isMap: Bool
        var isDelimited: Bool
        var isExtension: Bool
        var index: Int32
        var features: Features
    }
}

/// An enum's definition.
public final class EnumDescriptor: Sendable {
    public struct Value: Hashable, Sendable {
        public var name: String
        public var number: Int32
        public var isDeprecated = false
    }

    public let fullName: String
    public let file: String
    let path: [Int32]
    /// As they are declared; several may have one number.
    public let values: [Value]
    /// Whether a number that has no name is no value of it.
    public let isClosed: Bool
    public let problem: String?

    private let byNumber: [Int32: Int]
    private let byName: [String: Int]
    private let prefix = Lazily<String?>()

    init(fullName: String, file: String, path: [Int32], values: [Value], isClosed: Bool, problem: String?) {
        self.fullName = fullName
        self.file = file
        self.path = path
        self.values = values
        self.isClosed = isClosed
        self.problem = problem
        byNumber = Dictionary(values.enumerated().map { ($1.number, $0) }, uniquingKeysWith: { first, _ in first })
        byName = Dictionary(values.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    public var name: String { fullName.lastPart }

    /// The first name of a number.
    public func name(of number: Int32) -> String? { byNumber[number].map { values[$0].name } }

    public func number(of name: String) -> Int32? { byName[name].map { values[$0].number } }

    /// What the names of all values begin with, up to an underscore, and is left out where they are known to be of the enum:
    /// `SIZE_`.
    var commonPrefix: String? {
        prefix {
            guard values.count > 1, var common = values.first?.name.utf8[...] else { return nil }
            for value in values.dropFirst() where !common.isEmpty {
                let length = zip(common, value.name.utf8).prefix { $0 == $1 }.count
                common = common.prefix(length)
            }
            guard let end = common.lastIndex(of: UInt8(ascii: "_")), let prefix = String(common[...end]) else {
                return nil
            }
            return values.contains { $0.name == prefix } ? nil : prefix
        }
    }
}

/// A service's definition.
public final class ServiceDescriptor: Sendable {
    /// `demo.v1.Library`.
    public let fullName: String
    public let file: String
    let path: [Int32]
    public let methods: [MethodDescriptor]
    public let problem: String?

    init(fullName: String, file: String, path: [Int32], methods: [MethodDescriptor], problem: String?) {
        self.fullName = fullName
        self.file = file
        self.path = path
        self.methods = methods
        self.problem = problem
    }

    public var name: String { fullName.lastPart }
}

/// A method's definition.
public struct MethodDescriptor: Sendable {
    /// `GetBook`.
    public var name: String
    /// The full name of its service.
    public var service: String
    public var kind: CallKind
    /// The full names of the messages.
    public var input: String
    public var output: String
    /// Why it cannot be called: a message that it needs cannot be used. `nil` for one that can.
    public var problem: String?
    let path: [Int32]
    /// The `MethodOptions`, as bytes.
    let options: [UInt8]

    /// `demo.v1.Library/GetBook`.
    public var fullName: String { "\(service)/\(name)" }
}
