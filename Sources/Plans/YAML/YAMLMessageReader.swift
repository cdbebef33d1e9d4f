import RPCCore
import Yams

/// Reads messages, and templates of them, out of the nodes of a plan: protobuf's JSON, written as YAML.
///
/// What is nested becomes JSON. A text field takes the scalar as it stands, `0123` and `yes` too; numbers are those of JSON, and are
/// read from their text, however long they are.
struct YAMLMessageReader {
    let reader: YAMLReader
    let message: any MessageCodec

    /// One that people can learn from, as it is written.
    var example: String {
        message.example.fields.map { "\($0.name): \($0.text)" }.joined(separator: ", ")
    }

    /// Whether keys may be those of a request: the first field is there, or all of them are fields and none is missing.
    func isRequest(_ keys: [YAMLMapping.Key]) -> Bool {
        func has(_ field: MessageField) -> Bool { keys.contains { $0.name == field.name } }
        return message.fields.first.map(has) ?? false
            || knows(all: keys) && message.fields.allSatisfy { $0.isOptional || has($0) }
            || message.shape != nil && keys.contains { knows($0.name) }
    }

    func knows(all keys: [YAMLMapping.Key]) -> Bool { keys.allSatisfy { knows($0.name) } }

    /// The names of the fields, as JSON has them.
    var names: [String] { message.fields.map(\.name) }

    private func knows(_ name: String) -> Bool {
        isUnread || names.contains(name) || shape?.index(of: name) != nil
    }

    /// Whether nobody knows which fields there are.
    private var isUnread: Bool { message is UnreadMessageCodec }

    /// Of what is an object of its fields.
    private var shape: (any MessageShape)? { message.shape.flatMap { $0.wellKnown == nil ? $0 : nil } }

    // MARK: Messages

    func request(_ mapping: YAMLMapping) throws(PlanError) -> MessageValue {
        var request = MessageValue()
        for field in try fields(of: mapping, "a request") {
            if let node = field.node, !field.isOptional && shape == nil || node.scalar?.isNull != true {
                let text = try text(node, field, places: nil)
                request.fields.append(MessageValue.Field(field.name, text, isJSON: isJSON(text, node, field.shape)))
            } else if !field.isOptional, shape == nil {
                request.fields.append(MessageValue.Field(field.name, ""))
            }
        }
        try check(mapping.node) { () throws(MessageProblem) in
            guard !isUnread else { return }
            var bytes: [UInt8] = []
            try message.write(request, as: .json, to: &bytes)
        }
        return request
    }

    /// - Parameters:
    ///   - allowsFields: Whether it is filled from a record, so that names stand for its fields.
    ///   - count: How many messages are made of it at most.
    func template(_ node: Node, allowsFields: Bool, count: Int) throws(PlanError) -> RequestTemplate {
        var template = RequestTemplate([])
        for field in try fields(of: reader.mapping(node, of: "send"), "send") {
            if let inner = field.node, !field.isOptional || inner.scalar?.isNull != true {
                let text = try self.template(inner, field, allowsFields: allowsFields)
                let known = message.fields.first { $0.name == field.name }
                template.fields.append(
                    RequestTemplate.Field(known ?? MessageField(field.name, isOptional: field.isOptional), text))
            } else if !field.isOptional {
                throw reader.error(at: node, "send has no '\(field.name)'")
            }
        }
        try check(node) { () throws(MessageProblem) in
            guard !isUnread else { return }
            var fields = FieldSelection()
            for name in template.recordFields { _ = fields.add(name, isRequired: true) }
            let placed = PlacedTemplate(template, fields: fields, count: count)
            _ = try message.writer(of: placed.message, as: .json)
        }
        return template
    }

    /// What is wrong with a message is told where it stands.
    private func check(_ node: Node, _ body: () throws(MessageProblem) -> Void) throws(PlanError) {
        do throws(MessageProblem) {
            try body()
        } catch {
            throw reader.error(at: FieldPath(error.path).node(in: node), error.description)
        }
    }

    private struct Field {
        var name: String
        var isOptional: Bool
        var shape: FieldShape?
        var node: Node?
    }

    /// The fields of the message, each with what stands there, in the order of the definition.
    private func fields(of mapping: YAMLMapping, _ what: String) throws(PlanError) -> [Field] {
        guard !isUnread else {
            return mapping.entries.map { Field(name: $0.key.name, isOptional: true, node: $0.value) }
        }
        guard let shape else {
            let known = try reader.mapping(mapping.node, of: what, keys: names)
            return message.fields.map { Field(name: $0.name, isOptional: $0.isOptional, node: known[$0.name]) }
        }
        var found: [(index: Int, field: Field)] = []
        for entry in mapping.entries {
            let index = try index(of: entry.key, in: shape)
            guard !found.contains(where: { $0.index == index }) else {
                throw reader.error(at: entry.key.node, "'\(entry.key.name)' is given twice, by its two names")
            }
            let field = shape.field(index)
            found.append(
                (
                    index,
                    Field(
                        name: names.contains(field.jsonName) ? field.jsonName : field.name,
                        isOptional: field.presence != .required, shape: field, node: entry.value)
                ))
        }
        return found.sorted { $0.index < $1.index }.map(\.field)
    }

    private func index(of key: YAMLMapping.Key, in shape: any MessageShape) throws(PlanError) -> Int {
        if let index = shape.index(of: key.name) { return index }
        let names = (0..<min(shape.count, 1000)).flatMap { [shape.field($0).jsonName, shape.field($0).name] }
        let advice =
            NearestName.suggestion(for: key.name, among: names).map { "did you mean '\($0)'?" }
            ?? (names.isEmpty
                ? "it has none" : "the fields are \(names.prefix(20).uniqued().joined(separator: ", "))")
        throw reader.error(at: key.node, "\(shape.name) has no field '\(key.name.prefix(40))'; \(advice)")
    }

    // MARK: Values

    /// Whether the text of a field is JSON, and not what JSON says as a string.
    private func isJSON(_ text: String, _ node: Node, _ shape: FieldShape?) -> Bool {
        guard node.scalar != nil else { return true }
        guard let shape, shape.presence != .repeated, shape.presence != .map else { return false }
        return shape.value.isJSON(text)
    }

    private func template(_ node: Node, _ field: Field, allowsFields: Bool) throws(PlanError) -> Template {
        guard node.scalar == nil, takesNested else {
            return try reader.template(node, of: field.name, allowsFields: allowsFields)
        }
        let text = try text(node, field, places: allowsFields)
        do throws(TemplateError) {
            return try Template(text, allowsFields: allowsFields)
        } catch {
            throw reader.error(at: node, error.problem)
        }
    }

    /// Whether a field may be more than a text.
    private var takesNested: Bool { isUnread || message.shape != nil }

    /// What stands in a field: a scalar as it is, and JSON of what is nested.
    /// - Parameter places: For a template, whether names of the fields of a record are among its places.
    private func text(_ node: Node, _ field: Field, places: Bool?) throws(PlanError) -> String {
        guard node.scalar == nil, takesNested else { return try reader.string(node, of: field.name) }
        var tree = YAMLTree(reader: reader, places: places)
        try tree.append(node, field.shape, of: field.name)
        return tree.text.string
    }
}

/// Makes JSON of what is nested in a message.
private struct YAMLTree {
    let reader: YAMLReader
    /// For a template, whether names of the fields of a record are among its places.
    let places: Bool?
    var text = JSONText()

    mutating func append(_ node: Node, _ field: FieldShape?, of name: String) throws(PlanError) {
        guard let field else { return try append(node, value: nil, of: name) }
        switch field.presence {
        case .repeated where isNested(node):
            text.append(raw: "[")
            for (index, node) in try reader.sequence(node, of: "'\(name)'").enumerated() {
                if index > 0 { text.append(raw: ",") }
                try append(node, value: field.value, of: name)
            }
            text.append(raw: "]")
        case .map where isNested(node):
            text.append(raw: "{")
            for (index, entry) in try reader.mapping(node, of: "'\(name)'").entries.enumerated() {
                if index > 0 { text.append(raw: ",") }
                text.append(entry.key.name)
                text.append(raw: ":")
                try append(entry.value, value: field.value, of: name)
            }
            text.append(raw: "}")
        default: try append(node, value: field.value, of: name)
        }
    }

    private func isNested(_ node: Node) -> Bool { node.scalar == nil }

    private mutating func append(_ node: Node, value: ValueShape?, of name: String) throws(PlanError) {
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
            var shape: (any MessageShape)?
            if case .message(let message)? = value, message.wellKnown == nil { shape = message }
            text.append(raw: "{")
            for (index, entry) in try reader.mapping(node, of: "'\(name)'").entries.enumerated() {
                if index > 0 { text.append(raw: ",") }
                let field = shape.flatMap { shape in shape.index(of: entry.key.name).map { shape.field($0) } }
                if let shape, field == nil {
                    let names = (0..<min(shape.count, 1000)).flatMap {
                        [shape.field($0).jsonName, shape.field($0).name]
                    }
                    let near = NearestName.suggestion(for: entry.key.name, among: names)
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
    fileprivate func isJSON(_ text: String) -> Bool {
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

extension FieldPath {
    /// The node that stands there, or the nearest one around it.
    func node(in root: Node) -> Node {
        var node = root
        for step in steps {
            switch node {
            case .sequence(let nodes):
                guard let index = Int(step.text), nodes.indices.contains(index) else { return node }
                node = nodes[index]
            case .mapping(let pairs):
                let pair = pairs.first { pair in pair.key.scalar.map { step.means(.name($0.string)) } ?? false }
                guard let pair else { return node }
                node = pair.value
            default: return node
            }
        }
        return node
    }
}

extension Sequence where Element: Hashable {
    fileprivate func uniqued() -> [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}
