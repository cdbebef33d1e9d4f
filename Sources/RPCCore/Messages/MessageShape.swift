/// What a kind of message has, for who shows it or asks for it. Each part is made when it is asked for: a message may hold itself,
/// and may have thousands of fields.
public protocol MessageShape: AnyObject, Sendable {
    /// The full name: `demo.v1.Book`.
    var name: String { get }

    /// What is written beside the definition; empty where nothing is. Not yet made safe for a terminal.
    var comment: String { get }

    /// What its JSON is like; `nil` for an object of its fields.
    var wellKnown: WellKnownType? { get }

    /// How many fields it has.
    var count: Int { get }

    /// One of its fields, counted from 0, in the order of their numbers.
    func field(_ index: Int) -> FieldShape

    /// The place of a field.
    /// - Parameter name: The one in JSON, or the original one.
    func index(of name: String) -> Int?

    /// What is written beside a field. Not yet made safe for a terminal.
    func comment(ofField index: Int) -> String

    /// ``FieldShape/oneof`` of a field, without making the rest of it.
    func oneof(ofField index: Int) -> Int?

    /// The groups of fields of which one can be set, by their names; a field says which one it is in.
    var oneofs: [String] { get }

    /// The full names of all messages that are known along with it, sorted: what an `Any` may hold.
    var typeNames: [String] { get }

    /// A message of ``typeNames``.
    func type(_ name: String) -> (any MessageShape)?

    /// What fields of the wire say that are in no definition, one a line: `?7: varint 5`.
    /// - Parameter text: Their bytes as base64: the text of a member ``MessageValue/unknownName``.
    func lines(ofUnknown text: String) -> [String]

    /// What is wrong with the JSON of a whole message.
    func fault(in json: [UInt8]) -> JSONMessageFault?

    /// What is wrong with the JSON of what one field holds: of all elements where there are several.
    func fault(in json: [UInt8], ofField index: Int) -> JSONMessageFault?
}

/// A field, as far as it is needed to show it and to ask for it.
public struct FieldShape: Sendable {
    /// When it counts as set.
    public enum Presence: Hashable, Sendable {
        /// When it is not the usual value.
        case implicit
        /// When it is there.
        case explicit
        /// It must be there.
        case required
        case repeated
        case map
    }

    /// As it is declared.
    public var name: String
    /// As JSON has it.
    public var jsonName: String
    public var number: Int
    /// Its type as it is declared: `repeated string`.
    public var typeText: String
    public var presence: Presence
    /// Its place among the oneofs of its message.
    public var oneof: Int?
    /// The keys of a map.
    public var key: ScalarType?
    /// What it holds; each element of a list, each value of a map.
    public var value: ValueShape
    /// What it is where it is not set, as it is declared.
    public var defaultText: String?
    public var isDeprecated: Bool

    public init(
        name: String, jsonName: String, number: Int, typeText: String, presence: Presence, oneof: Int? = nil,
        key: ScalarType? = nil, value: ValueShape, defaultText: String? = nil, isDeprecated: Bool = false
    ) {
        self.name = name
        self.jsonName = jsonName
        self.number = number
        self.typeText = typeText
        self.presence = presence
        self.oneof = oneof
        self.key = key
        self.value = value
        self.defaultText = defaultText
        self.isDeprecated = isDeprecated
    }
}

/// What a field holds.
public enum ValueShape: Sendable {
    case scalar(ScalarType)
    case `enum`(any EnumShape)
    case message(any MessageShape)
}

/// A type that is no message and no enum; the raw value is its name.
public enum ScalarType: String, Hashable, Sendable {
    case double, float, int64, uint64, int32, fixed64, fixed32, bool, string, bytes, uint32, sfixed32, sfixed64, sint32,
        sint64
}

/// What an enum has.
public protocol EnumShape: AnyObject, Sendable {
    /// The full name: `demo.v1.Size`.
    var name: String { get }
    /// Whether a number without a name is none of its values.
    var isClosed: Bool { get }
    /// How many names it has; several may have one number.
    var count: Int { get }

    /// One of its names, counted from 0, in the order of the declaration.
    func value(_ index: Int) -> (name: String, number: Int32, isAlias: Bool)

    /// What is written beside a value. Not yet made safe for a terminal.
    func comment(ofValue index: Int) -> String

    func number(of name: String) -> Int32?

    /// The first name of a number.
    func name(of number: Int32) -> String?
}

/// A message whose JSON is not an object of its fields (https://protobuf.dev/programming-guides/json).
public enum WellKnownType: Hashable, Sendable {
    case any, duration, fieldMask, listValue, `struct`, timestamp, value, wrapper
}

extension MessageShape {
    /// What its first fields are called, in JSON and originally: what may be meant by a name that is none of them.
    package var fieldNames: [String] {
        (0..<min(count, 1_000)).flatMap { index in
            let field = field(index)
            return [field.jsonName, field.name]
        }
    }
}
