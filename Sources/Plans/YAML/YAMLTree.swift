import RPCCore
import Yams

/// Makes JSON of what is nested in a message.
struct YAMLTree {
    let reader: YAMLReader
    /// For a template, whether names of the fields of a record are among its places.
    let places: Bool?
    var text = JSONText()

    /// The key that names the type of a message of any type.
    static let typeKey = "@type"
    /// Keys that are no fields, and may stand in any message.
    private static let otherKeys = [typeKey, MessageValue.unknownName]

    mutating func append(_ node: Node, _ field: FieldShape?, of name: String) throws(PlanError) {
        guard let field else { return try append(node, value: nil, of: name) }
        switch field.presence {
        case .repeated where isNested(node):
            text.append(raw: "[")
            for (index, node) in try reader.sequence(node, of: "'\(name)'").enumerated() {
                if index > 0 { text.append(raw: ",") }
                try append(node, value: field.value, of: "\(name)[\(index)]")
            }
            text.append(raw: "]")
        case .map where isNested(node):
            text.append(raw: "{")
            for (index, entry) in try reader.mapping(node, of: "'\(name)'").entries.enumerated() {
                if index > 0 { text.append(raw: ",") }
                text.append(entry.key.name)
                text.append(raw: ":")
                try append(entry.value, value: field.value, of: "\(name)[\"\(entry.key.name)\"]")
            }
            text.append(raw: "}")
        default: try append(node, value: field.value, of: name)
        }
    }

    private func isNested(_ node: Node) -> Bool { node.scalar == nil }

    mutating func append(_ node: Node, value: ValueShape?, of name: String) throws(PlanError) {
        switch node {
        case .scalar(let scalar): try append(scalar, value, of: name)
        case .alias: throw reader.error(at: node, "'\(name)' is an alias of nothing")
        case .sequence(let nodes):
            if case .message(let shape)? = value, shape.wellKnown == nil {
                throw expected("keys and values", node, name)
            }
            if case .scalar? = value { throw expected("a single value", node, name) }
            text.append(raw: "[")
            for (index, node) in nodes.enumerated() {
                if index > 0 { text.append(raw: ",") }
                try append(node, value: nil, of: name)
            }
            text.append(raw: "]")
        case .mapping:
            if case .scalar? = value { throw expected("a single value", node, name) }
            var (shape, whole): ((any MessageShape)?, ValueShape?)
            if case .message(let message)? = value { (shape, whole) = members(of: message, node) }
            text.append(raw: "{")
            for (index, entry) in try reader.mapping(node, of: "'\(name)'").entries.enumerated() {
                if index > 0 { text.append(raw: ",") }
                let isWhole = whole != nil && entry.key.name == "value"
                if isWhole || Self.otherKeys.contains(entry.key.name) {
                    text.append(entry.key.name)
                    text.append(raw: ":")
                    try append(entry.value, value: isWhole ? whole : nil, of: entry.key.name)
                    continue
                }
                let field = shape.flatMap { shape in shape.index(of: entry.key.name).map { shape.field($0) } }
                if let shape, field == nil {
                    let near = NearestName.suggestion(for: entry.key.name, among: shape.fieldNames)
                    throw reader.error(
                        at: entry.key.node,
                        "\(shape.name) has no field '\(entry.key.name.prefix(40))'"
                            + (near.map { "; did you mean '\($0)'?" } ?? ""))
                }
                text.append(field?.jsonName ?? entry.key.name)
                text.append(raw: ":")
                try append(entry.value, field, of: entry.key.name)
            }
            text.append(raw: "}")
        }
    }

    /// Whose fields the keys of a mapping are; of a message of any type, those of the type that it names, or what stands below `value`
    /// where that is no object of its fields.
    private func members(of message: any MessageShape, _ node: Node) -> ((any MessageShape)?, ValueShape?) {
        guard message.wellKnown == .any else { return (message.wellKnown == nil ? message : nil, nil) }
        let url = node.mapping?.first { $0.key.scalar?.string == Self.typeKey }?.value.scalar?.string
        guard let name = url?.split(separator: "/").last, let type = message.type(String(name)) else {
            return (nil, nil)
        }
        return type.wellKnown == nil ? (type, nil) : (nil, .message(type))
    }

    private func expected(_ what: String, _ node: Node, _ name: String) -> PlanError {
        reader.error(at: node, "'\(name)' is \(YAMLReader.kind(of: node)); expected \(what)")
    }

    private mutating func append(_ scalar: Node.Scalar, _ value: ValueShape?, of name: String) throws(PlanError) {
        let isPlain = scalar.style == .plain || scalar.style == .any
        if scalar.isNull { return text.append(raw: "null") }
        if try hasPlaces(scalar, of: name) { return text.append(scalar.string) }
        let isRaw = value.map { $0.isJSON(scalar.string) && isPlain } ?? (isPlain && scalar.string.isJSONWord)
        if isRaw { text.append(raw: scalar.string) } else { text.append(scalar.string) }
    }

    private func hasPlaces(_ scalar: Node.Scalar, of name: String) throws(PlanError) -> Bool {
        guard let places else { return false }
        return try reader.template(.scalar(scalar), of: name, allowsFields: places).constant == nil
    }
}

extension ValueShape {
    /// Whether a text stands for JSON as it is, and not for a string of JSON.
    func isJSON(_ text: String) -> Bool {
        switch self {
        case .scalar(let type):
            switch type {
            case .string, .bytes, .int64, .uint64, .fixed64, .sfixed64, .sint64: false
            case .bool: text == "true" || text == "false"
            case .double, .float, .int32, .uint32, .fixed32, .sfixed32, .sint32: text.isJSONNumber
            }
        case .enum: Int32(text) != nil && text.isJSONNumber
        case .message(let shape):
            switch shape.wellKnown {
            case .duration, .fieldMask, .timestamp: false
            case .wrapper: shape.field(0).value.isJSON(text)
            case .value: text.isJSONWord
            default: true
            }
        }
    }
}

extension String {
    /// Whether it is a number as JSON has them (RFC 8259, 6).
    var isJSONNumber: Bool { wholeMatch(of: /-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/) != nil }

    fileprivate var isJSONWord: Bool { self == "true" || self == "false" || isJSONNumber }
}
