import RPCCore

/// The fields of a message in a form: those of its definition, or one that is all of it where its JSON is no object of its fields.
struct NodeShape: Sendable {
    let shape: any MessageShape
    let isWhole: Bool

    /// The name of the field that is all of a message.
    static let whole = "value"

    /// Of a message by itself, which is no field of another.
    init(root shape: any MessageShape) {
        self.shape = shape
        isWhole = shape.wellKnown != nil
    }

    /// Of what stands in a field; `nil` where that has no fields: an `Any` without a type, or of one that nobody knows.
    init?(_ shape: any MessageShape, typeURL: String?) {
        guard shape.wellKnown == .any else {
            guard shape.wellKnown == nil else { return nil }
            self.init(root: shape)
            return
        }
        guard let typeURL, let inner = shape.type(Self.typeName(inURL: typeURL)) else { return nil }
        self.init(root: inner)
    }

    /// What follows the last slash.
    static func typeName(inURL url: String) -> String {
        String(url[(url.lastIndex(of: "/").map(url.index(after:)) ?? url.startIndex)...])
    }

    var count: Int { isWhole ? 1 : shape.count }

    func field(_ index: Int) -> FieldShape {
        guard isWhole else { return shape.field(index) }
        return FieldShape(
            name: Self.whole, jsonName: Self.whole, number: 1, typeText: shape.name, presence: .explicit,
            value: .message(shape))
    }

    func index(of name: String) -> Int? {
        isWhole ? (name == Self.whole ? 0 : nil) : shape.index(of: name)
    }

    func oneof(ofField index: Int) -> Int? { isWhole ? nil : shape.oneof(ofField: index) }

    func comment(ofField index: Int) -> String { isWhole ? shape.comment : shape.comment(ofField: index) }

    /// What is wrong with the JSON of a field.
    func fault(in json: String, ofField index: Int) -> JSONMessageFault? {
        let bytes = Array(json.utf8)
        return isWhole ? shape.fault(in: bytes) : shape.fault(in: bytes, ofField: index)
    }

    /// The places of the fields that are in a oneof.
    func members(ofOneof oneof: Int) -> [Int] { (0..<count).filter { self.oneof(ofField: $0) == oneof } }
}

extension ValueShape {
    /// The message whose fields have rows of their own; `nil` for what is written in one row.
    var branch: (any MessageShape)? {
        guard case .message(let shape) = self, shape.wellKnown == nil || shape.wellKnown == .any else { return nil }
        return shape
    }

    /// Whether it is written as JSON of any kind.
    var isFreeJSON: Bool {
        guard case .message(let shape) = self else { return false }
        return [.struct, .listValue, .value].contains(shape.wellKnown)
    }

    /// Whether null is a value of it.
    var takesNull: Bool {
        switch self {
        case .message(let shape): shape.wellKnown == .value
        case .enum(let shape): shape.name == "google.protobuf.NullValue"
        case .scalar: false
        }
    }

    /// The one field of a wrapper; otherwise itself.
    var unwrapped: ValueShape {
        guard case .message(let shape) = self, shape.wellKnown == .wrapper else { return self }
        return shape.field(0).value
    }

    /// Whether it is a text to JSON, be it a time or bytes.
    var isText: Bool {
        switch unwrapped {
        case .scalar(.string), .scalar(.bytes): return true
        case .message(let shape):
            return [.timestamp, .duration, .fieldMask].contains(shape.wellKnown)
        default: return false
        }
    }

    /// The JSON of a text that stands in a row.
    func tree(of text: String, _ writing: Writing) -> JSONTree {
        if isFreeJSON { return JSONTree(text, writing) ?? .verbatim(text) }
        if isText { return .text(text) }
        switch text {
        case "null" where takesNull: return .null
        case "true": return .bool(true)
        case "false": return .bool(false)
        default: return JSONNumber.isValid(text) ? .number(text) : .text(text)
        }
    }

    /// What stands there when it is set.
    var initialText: String {
        switch unwrapped {
        case .scalar(.string), .scalar(.bytes): return ""
        case .scalar(.bool): return "false"
        case .scalar: return "0"
        case .enum(let shape): return shape.count > 0 ? shape.value(0).name : "0"
        case .message(let shape):
            switch shape.wellKnown {
            case .timestamp: return "1970-01-01T00:00:00Z"
            case .duration: return "0s"
            case .struct: return "{}"
            case .listValue: return "[]"
            case .value: return "null"
            default: return ""
            }
        }
    }
}

extension FieldShape {
    /// What stands there when it is set.
    func initialValue() -> DraftValue {
        switch presence {
        case .map: .map(DraftMap(isOpen: true))
        case .repeated: .list(DraftList(isOpen: true))
        default: value.initialValue
        }
    }
}

extension ValueShape {
    var initialValue: DraftValue { branch == nil ? .leaf(initialText) : .message(DraftMessage(isOpen: true)) }
}
