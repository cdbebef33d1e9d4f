import Plans
import RPCCore

/// The fields of a request, with places to fill in.
struct TemplateFields: Hashable, Sendable {
    let message: [MessageField]
    private var fields: [Field<Template?>]

    var order: [WritableKeyPath<Self, FieldInput>] { fields.indices.map { \.fields[$0].input } }

    /// - Parameters:
    ///   - texts: What stands in a field at first.
    ///   - allowsFields: Whether the request is made from a record.
    ///   - hint: What may be written there.
    init(
        _ message: [MessageField], _ texts: (MessageField) -> String, allowsFields: Bool,
        hint: (MessageField) -> String
    ) {
        self.message = message
        fields = message.map {
            Field($0.name, text: texts($0), .template(allowsFields: allowsFields), hint: hint($0))
        }
    }

    /// A template without the fields that are empty, or cannot be read.
    mutating func read() -> RequestTemplate {
        var template = RequestTemplate([])
        for index in fields.indices {
            guard let text = fields[index].readOptional() else { continue }
            template.fields.append(RequestTemplate.Field(message[index], text))
        }
        return template
    }

    /// A template that has all fields that must be there, be they empty.
    mutating func readWhole() -> RequestTemplate {
        var template = read()
        for (index, field) in message.enumerated() where !field.isOptional && template[field.name] == nil {
            template.fields.insert(RequestTemplate.Field(field, Template(literal: "")), at: index)
        }
        return template
    }

    /// Says where a field is missing that must be there, since another is given.
    mutating func refuseGaps(in template: RequestTemplate) {
        guard let given = template.fields.first(where: \.field.isOptional)?.field.name else { return }
        for (index, field) in message.enumerated() where !field.isOptional && fields[index].input.text.isEmpty {
            fields[index].input.problem = "needed where a \(given) is given"
        }
    }
}

extension MessageField {
    /// What a form says of a field that may be missing.
    var optionalHint: String { "\(hint); empty leaves it out" }
}
