public import RPCCore

/// Text with places that are filled in for each request, parsed once.
///
/// | place | what stands there |
/// |---|---|
/// | `{i}`, `{i:0}` | the number of the request in its step, counted from 1, or from the number given |
/// | `{uuid}` | a random UUID (RFC 9562, version 4) |
/// | `{now}`, `{now:unix}`, `{now:ms}` | the time at which the plan means the request: ISO 8601, or seconds or milliseconds since 1970 |
/// | `{random}`, `{random:1-6}`, `{random:en\|es\|fr}` | a number from 0 to 999999999, from a range, one of the words |
/// | `{name}`, `{field:name}` | a field of the record; the longer form for fields that are called as a place is |
/// | `{{`, `}}` | a brace |
///
/// Compares by its text.
public struct Template: Hashable, Sendable {
    /// The text as it is written.
    public let text: String
    let pieces: [Piece]

    /// - Parameter allowsFields: Whether the request is made from a record, so that names stand for its fields.
    public init(_ text: String, allowsFields: Bool = false) throws(TemplateError) {
        var parser = TemplateParser(text: text, allowsFields: allowsFields)
        pieces = try parser.parse()
        self.text = text
    }

    /// A template without places that makes this text.
    public init(literal: String) {
        pieces = [.text(literal)]
        // Text that stands for itself as it is, such as JSON, is written so.
        if literal.contains("\""), (try? Template(literal))?.constant == literal {
            text = literal
        } else {
            text = literal.reduce(into: "") { text, character in
                if character == "{" || character == "}" { text.append(character) }
                text.append(character)
            }
        }
    }

    /// A template of one place, for a field of a record.
    init(field name: String) {
        text = "{field:\(name)}"
        pieces = [.field(name)]
    }

    /// What it makes, where that is the same for every request.
    public var constant: String? {
        var text = ""
        for piece in pieces {
            guard case .text(let part) = piece else { return nil }
            text += part
        }
        return text
    }

    /// The fields of a record that it uses.
    public var fields: [String] {
        pieces.compactMap { if case .field(let name) = $0 { name } else { nil } }
    }

    enum Piece: Hashable, Sendable {
        case text(String)
        case number(from: Int)
        case uuid
        case now(TimeForm)
        case random(ClosedRange<Int>)
        case choice([String])
        case field(String)
    }

    enum TimeForm: String, Hashable, Sendable {
        case iso
        case unix
        case milliseconds = "ms"
    }

    public static func == (first: Template, second: Template) -> Bool { first.text == second.text }

    public func hash(into hasher: inout Hasher) { hasher.combine(text) }
}

/// What is wrong with a template.
public struct TemplateError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Where, in characters from the beginning of the text, counted from 0.
    public var position: Int
    /// What is wrong, and what was expected.
    public var problem: String

    public var description: String { problem }
}

/// A request with places to fill in.
public struct RequestTemplate: Hashable, Sendable {
    public struct Field: Hashable, Sendable {
        /// One that may be missing is, where its template makes no text.
        public var field: MessageField
        public var template: Template
        /// Whether its text is JSON, and not what JSON says as a string: how it is written down, which makes no other message.
        public var isJSON: Bool

        public init(_ field: MessageField, _ template: Template, isJSON: Bool = false) {
            self.field = field
            self.template = template
            self.isJSON = isJSON
        }

        public static func == (one: Self, other: Self) -> Bool {
            one.field == other.field && one.template == other.template
        }

        public func hash(into hasher: inout Hasher) {
            hasher.combine(field)
            hasher.combine(template)
        }
    }

    /// In the order of the message's definition. Those that are not there are left out.
    public var fields: [Field]

    public init(_ fields: [Field]) {
        self.fields = fields
    }

    /// A template that makes this request.
    public init(_ request: MessageValue) {
        self.init(request.fields.map { Field(MessageField($0.name), Template(literal: $0.text), isJSON: $0.isJSON) })
    }

    /// The template of a field; `nil` where it is left out.
    public subscript(_ name: String) -> Template? { fields.first { $0.field.name == name }?.template }

    /// The request with its places as they are written.
    public var written: MessageValue {
        MessageValue(fields.map { MessageValue.Field($0.field.name, $0.template.text) })
    }

    /// One line for a list: `User {i} · en`.
    public var summary: String { fields.map(\.template.text).joined(separator: " · ") }

    /// Whether chance fills in a place.
    var usesChance: Bool {
        fields.flatMap(\.template.pieces).contains { piece in
            switch piece {
            case .uuid, .random, .choice: true
            case .text, .number, .now, .field: false
            }
        }
    }

    /// The fields of a record that it uses.
    public var recordFields: [String] { fields.flatMap(\.template.fields) }

    /// The request that it makes each time; `nil` where a place is filled in.
    public var constant: MessageValue? {
        var value = MessageValue()
        for field in fields {
            guard let text = field.template.constant else { return nil }
            value.fields.append(MessageValue.Field(field.field.name, text, isJSON: field.isJSON))
        }
        return value
    }
}
