/// Where a field is in a message: `book.title`, `authors[0]`, `labels[env]`.
struct FieldPath {
    private enum Step {
        case field(String)
        /// Of a list by its place, counted from 0; of a map by its key.
        case element(String)
    }

    private let steps: [Step]

    /// - Returns: `nil` where the text is no path.
    init?(_ text: String) {
        var steps: [Step] = []
        for part in text.split(separator: ".", omittingEmptySubsequences: false) {
            guard let open = part.firstIndex(of: "[") else {
                guard !part.isEmpty else { return nil }
                steps.append(.field(String(part)))
                continue
            }
            guard open != part.startIndex, part.last == "]" else { return nil }
            steps.append(.field(String(part[..<open])))
            steps.append(.element(String(part[part.index(after: open)...].dropLast())))
        }
        self.steps = steps
    }

    /// Whether the message may have it.
    func isFound(in message: MessageDescriptor, _ schema: Schema) -> Bool {
        var (inner, last): (MessageDescriptor?, FieldDescriptor?) = (message, nil)
        for step in steps {
            switch step {
            case .field(let name):
                guard let field = inner?.field(named: name) else { return false }
                last = field
                inner = field.kind.isMessage && !field.isRepeated ? schema.messages[field.type] : nil
            case .element:
                guard let field = last, field.isRepeated else { return false }
                let value = field.isMap ? schema.messages[field.type].field(number: 2) : field
                inner = value.flatMap { $0.kind.isMessage ? schema.messages[$0.type] : nil }
                last = nil
            }
        }
        return true
    }

    /// What is there; `nil` where it is not set.
    func content(in message: DynamicMessage, _ schema: Schema) -> (
        content: DynamicMessage.Content, field: FieldDescriptor
    )? {
        var (inner, found): (DynamicMessage?, (content: DynamicMessage.Content, field: FieldDescriptor)?) = (
            message, nil
        )
        for step in steps {
            switch step {
            case .field(let name):
                guard let message = inner, let field = message.descriptor.field(named: name),
                    let content = message[field]
                else { return nil }
                found = (content, field)
            case .element(let key):
                guard let (content, field) = found, let value = content.element(key) else { return nil }
                // The values of a map have a definition of their own.
                found = (.one(value), field.isMap ? schema.messages[field.type].field(number: 2) ?? field : field)
            }
            inner = if case .one(.message(let message))? = found?.content { message } else { nil }
        }
        return found
    }
}

extension DynamicMessage.Content {
    fileprivate func element(_ key: String) -> DynamicMessage.Value? {
        switch self {
        case .one: return nil
        case .list(let values): return Int(key).flatMap { values.indices.contains($0) ? values[$0] : nil }
        case .map(let map):
            let keys: [DynamicMessage.MapKey?] = [
                .string(key), Int64(key).map { .int($0) }, UInt64(key).map { .uint($0) }, Bool(key).map { .bool($0) },
            ]
            return keys.lazy.compactMap { $0.flatMap { map[$0] } }.first
        }
    }
}
