import RPCCore

/// One line for a message in a list: what tells it from its neighbours comes first.
struct MessageSummary: Sendable {
    /// A value is cut after so many characters.
    private static let width = 24
    /// So many values are shown.
    private static let count = 6

    private let ranks: [String: Int]
    private let prefixes: [String: String]
    private let cases: Set<String>

    init(_ descriptor: MessageDescriptor, _ schema: Schema) {
        var (ranks, prefixes, cases): ([String: Int], [String: String], Set<String>) = ([:], [:], [])
        for field in descriptor.fields {
            let rank = Self.rank(of: field)
            for name in [field.name, field.jsonName] { ranks[name] = rank }
            if let oneof = field.oneof, !descriptor.oneofs[oneof].isSynthetic {
                cases.formUnion([field.name, field.jsonName])
            }
            if field.kind == .enum, let prefix = schema.enums[field.type].commonPrefix {
                for name in [field.name, field.jsonName] { prefixes[name] = prefix }
            }
        }
        self.ranks = ranks
        self.prefixes = prefixes
        self.cases = cases
    }

    private static let identifying: Set<String> = [
        "name", "id", "key", "title", "text", "message", "status", "code", "error", "state",
    ]

    private static func rank(of field: FieldDescriptor) -> Int {
        if field.isRepeated { return 7 }
        if identifying.contains(field.name) || field.name.hasSuffix("_id") { return 1 }
        switch field.kind {
        case .string: return 2
        case .enum: return 4
        case .bool: return 5
        case .message, .group: return 6
        case .bytes: return 8
        default: return 3
        }
    }

    func line(of value: MessageValue) -> String {
        guard !value.fields.isEmpty else { return "∅" }
        if value.fields.count == 1, let field = value.fields.first, !field.isJSON, !cases.contains(field.name) {
            return text(field)
        }
        let ordered = value.fields.enumerated().sorted { one, other in
            (rank(one.element), one.offset) < (rank(other.element), other.offset)
        }
        let shown = ordered.prefix(Self.count).map { _, field in
            cases.contains(field.name) ? "\(field.name) \(text(field))" : "\(field.name)=\(text(field))"
        }
        let rest = value.fields.count - shown.count
        return shown.joined(separator: " ") + (rest > 0 ? " +\(rest)" : "")
    }

    private func rank(_ field: MessageValue.Field) -> Int { cases.contains(field.name) ? 0 : ranks[field.name] ?? 9 }

    private func text(_ field: MessageValue.Field) -> String {
        var text = field.text[...]
        if let prefix = prefixes[field.name], text.hasPrefix(prefix) { text = text.dropFirst(prefix.count) }
        if !field.isJSON, text.isEmpty { return "\"\"" }
        return text.count > Self.width ? text.prefix(Self.width - 1) + "…" : String(text)
    }
}

extension EnumDescriptor {
    /// What the names of all values begin with, up to an underscore: `SIZE_`.
    fileprivate var commonPrefix: String? {
        guard values.count > 1, let first = values.first?.name else { return nil }
        let common = values.dropFirst().reduce(first) { String($0.commonPrefix(with: $1.name)) }
        guard let end = common.lastIndex(of: "_") else { return nil }
        let prefix = String(common[...end])
        return values.contains { $0.name == prefix } ? nil : prefix
    }
}
