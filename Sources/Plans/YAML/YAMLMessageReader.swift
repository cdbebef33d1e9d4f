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
        if whole != nil, keys.isEmpty { return true }
        return message.fields.first.map(has) ?? false
            || knows(all: keys) && message.fields.allSatisfy { $0.isOptional || has($0) }
            || message.shape != nil && keys.contains { knows($0.name) }
    }

    func knows(all keys: [YAMLMapping.Key]) -> Bool { keys.allSatisfy { knows($0.name) } }

    /// The names of the fields, as JSON has them.
    var names: [String] { message.fields.map(\.name) }

    private func knows(_ name: String) -> Bool {
        isUnread || names.contains(name)
            || shape.map { $0.index(of: name) != nil || name == MessageValue.unknownName } ?? false
    }

    /// Whether nobody knows which fields there are.
    private var isUnread: Bool { message is UnreadMessageCodec }

    /// Of what is an object of its fields.
    private var shape: (any MessageShape)? { message.shape.flatMap { $0.wellKnown == nil ? $0 : nil } }

    // MARK: Messages

    /// Of what is written as something else than an object of its fields: what that is.
    private var whole: ValueShape? { message.shape.flatMap { $0.wellKnown == nil ? nil : .message($0) } }

    /// Whether something is a message that is written as something else than an object of its fields: `"2026-11-28T10:00:00Z"`, a list,
    /// an object with `@type`. Another object stands below the one field that they have.
    func isWhole(_ node: Node) -> Bool {
        guard case .message(let shape)? = whole, case .mapping(let pairs) = node else {
            return whole != nil && node.scalar?.isNull != true
        }
        return shape.wellKnown == .any && pairs.contains { $0.key.scalar?.string == YAMLTree.typeKey }
    }

    /// - Parameter node: Of keys and values, unless ``isWhole(_:)``.
    func request(_ node: Node) throws(PlanError) -> MessageValue {
        var request = MessageValue()
        if let text = try wholeText(node, of: "a request", places: nil) {
            request.fields = [MessageValue.Field(names.first ?? "", text, isJSON: true)]
        }
        for field in try whole != nil ? [] : fields(of: reader.mapping(node, of: "a request"), "a request") {
            if let node = field.node, !field.isOptional && shape == nil || node.scalar?.isNull != true {
                let text = try text(node, field, places: nil)
                request.fields.append(MessageValue.Field(field.name, text, isJSON: isJSON(text, node, field.shape)))
            } else if !field.isOptional, shape == nil {
                request.fields.append(MessageValue.Field(field.name, ""))
            }
        }
        try check(node) { () throws(MessageProblem) in
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
        if let text = try wholeText(node, of: "send", places: allowsFields) {
            let place = inWhole(node)
            template.fields = [
                RequestTemplate.Field(
                    message.fields[0], try self.template(text, at: place, allowsFields: allowsFields), isJSON: true)
            ]
        }
        for field in try whole != nil ? [] : fields(of: reader.mapping(node, of: "send"), "send") {
            if let inner = field.node, !field.isOptional || inner.scalar?.isNull != true {
                let text = try self.template(inner, field, allowsFields: allowsFields)
                let known = message.fields.first { $0.name == field.name }
                template.fields.append(
                    RequestTemplate.Field(
                        known ?? MessageField(field.name, isOptional: field.isOptional), text,
                        isJSON: isJSON(text.text, inner, field.shape)))
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
            throw reader.error(at: FieldPath(error.path).node(in: inWhole(node)), error.description)
        }
    }

    /// What is written as something else than an object of its fields, or stands below the one that it has; `nil` where nothing does.
    private func wholeText(_ node: Node, of what: String, places: Bool?) throws(PlanError) -> String? {
        guard let whole else { return nil }
        if !isWhole(node) {
            let known = try reader.mapping(node, of: what, keys: names)
            guard names.contains(where: { known[$0] != nil }) else { return nil }
        }
        var tree = YAMLTree(reader: reader, places: places)
        try tree.append(inWhole(node), value: whole, of: names.first ?? what)
        return tree.text.string
    }

    /// The node of the message, where it may stand below another.
    private func inWhole(_ node: Node) -> Node {
        guard whole != nil, !isWhole(node), case .mapping(let pairs) = node else { return node }
        return pairs.first { $0.key.scalar?.string == names.first }?.value ?? node
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
            if entry.key.name == MessageValue.unknownName {
                found.append((.max, Field(name: MessageValue.unknownName, isOptional: true, node: entry.value)))
                continue
            }
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
        let names = shape.fieldNames
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
        return try template(try text(node, field, places: allowsFields), at: node, allowsFields: allowsFields)
    }

    private func template(_ text: String, at node: Node, allowsFields: Bool) throws(PlanError) -> Template {
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
