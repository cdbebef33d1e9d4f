import RPCCore
import Yams

/// Reads messages, and templates of them, out of the nodes of a plan.
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
    }

    func knows(all keys: [YAMLMapping.Key]) -> Bool {
        isUnread || keys.allSatisfy { key in message.fields.contains { $0.name == key.name } }
    }

    /// Whether nobody knows which fields there are.
    private var isUnread: Bool { message is UnreadMessageCodec }

    func request(_ mapping: YAMLMapping) throws(PlanError) -> MessageValue {
        var request = MessageValue()
        for (field, node) in try fields(of: mapping, "a request") {
            if let node, !field.isOptional || node.scalar?.isNull != true {
                request.fields.append(try value(node, of: field.name))
            } else if !field.isOptional {
                request.fields.append(MessageValue.Field(field.name, ""))
            }
        }
        return request
    }

    /// - Parameter allowsFields: Whether it is filled from a record, so that names stand for its fields.
    func template(_ node: Node, allowsFields: Bool) throws(PlanError) -> RequestTemplate {
        var template = RequestTemplate([])
        for (field, inner) in try fields(of: reader.mapping(node, of: "send"), "send") {
            if let inner, !field.isOptional || inner.scalar?.isNull != true {
                template.fields.append(
                    RequestTemplate.Field(field, try self.template(inner, of: field.name, allowsFields: allowsFields)))
            } else if !field.isOptional {
                throw reader.error(at: node, "send has no '\(field.name)'")
            }
        }
        return template
    }

    /// The fields of the message, each with what stands there, in the order of the definition.
    private func fields(
        of mapping: YAMLMapping, _ what: String
    ) throws(PlanError) -> [(field: MessageField, node: Node?)] {
        guard !isUnread else {
            return mapping.entries.map { (MessageField($0.key.name, isOptional: true), $0.value) }
        }
        let known = try reader.mapping(mapping.node, of: what, keys: message.fields.map(\.name))
        return message.fields.map { ($0, known[$0.name]) }
    }

    /// Whether a field may be more than a text.
    private var takesNested: Bool { isUnread || message.shape != nil }

    private func value(_ node: Node, of field: String) throws(PlanError) -> MessageValue.Field {
        guard node.scalar == nil, takesNested else {
            return MessageValue.Field(field, try reader.string(node, of: field))
        }
        return MessageValue.Field(field, try json(node, of: field), isJSON: true)
    }

    private func template(_ node: Node, of field: String, allowsFields: Bool) throws(PlanError) -> Template {
        guard node.scalar == nil, takesNested else {
            return try reader.template(node, of: field, allowsFields: allowsFields)
        }
        do {
            return try Template(try json(node, of: field), allowsFields: allowsFields)
        } catch let error as TemplateError {
            throw reader.error(at: node, error.problem)
        } catch let error as PlanError {
            throw error
        } catch {
            throw reader.error(at: node, "\(error)")
        }
    }

    /// What stands there as JSON.
    private func json(_ node: Node, of field: String) throws(PlanError) -> String {
        var text = JSONText()
        try append(node, of: field, to: &text)
        return text.string
    }

    private func append(_ node: Node, of field: String, to text: inout JSONText) throws(PlanError) {
        switch node {
        case .scalar(let scalar):
            let isPlain = scalar.style == .plain || scalar.style == .any
            if scalar.isNull {
                text.append(raw: "null")
            } else if isPlain, ["true", "false"].contains(scalar.string) || scalar.string.isJSONNumber {
                text.append(raw: scalar.string)
            } else {
                text.append(scalar.string)
            }
        case .sequence(let nodes):
            text.append(raw: "[")
            for (index, node) in nodes.enumerated() {
                if index > 0 { text.append(raw: ",") }
                try append(node, of: field, to: &text)
            }
            text.append(raw: "]")
        case .mapping:
            text.append(raw: "{")
            for (index, entry) in try reader.mapping(node, of: "'\(field)'").entries.enumerated() {
                if index > 0 { text.append(raw: ",") }
                text.append(entry.key.name)
                text.append(raw: ":")
                try append(entry.value, of: field, to: &text)
            }
            text.append(raw: "}")
        case .alias: throw reader.error(at: node, "'\(field)' is an alias of nothing")
        }
    }
}

extension String {
    /// Whether it is a number as JSON has them (RFC 8259, 6).
    var isJSONNumber: Bool { wholeMatch(of: /-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/) != nil }
}
