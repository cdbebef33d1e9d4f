import RPCCore

/// What the first line of CSV says of messages whose definition is known: each column is a path to a field, `book.title`,
/// `book.labels[env]`, `book.authors[0]`, with the names of JSON or the original ones.
struct ColumnPaths {
    /// A template with a place for each column, by its index; columns without a field have none.
    let template: PlacedTemplate
    private let paths: [FieldPath]

    /// What is wrong with a column.
    struct Problem: Error {
        /// Counted from 0.
        var column: Int
        var text: String
    }

    /// - Parameters:
    ///   - columns: What they are called.
    ///   - shape: Of the messages.
    ///   - others: Columns that need not be fields.
    ///   - first: The index of the first column among the values of a record.
    init(
        _ columns: [String], of shape: any MessageShape, besides others: Set<String>, first: Int
    ) throws(Problem) {
        let root = ColumnNode()
        for (index, column) in columns.enumerated() {
            do throws(MessageProblem) {
                try root.add(column, FieldPath(column).steps[...], .message(shape), column: first + index)
            } catch {
                if others.contains(column) { continue }
                throw Problem(column: index, text: error.reason)
            }
        }
        var fields: [MessageTemplate.Field] = []
        for child in root.children { fields.append(MessageTemplate.Field(child.name, child.node.parts())) }
        template = PlacedTemplate(fields: fields, columns: first + columns.count)
        paths = columns.map { FieldPath($0) }
        guard let gap = root.gap() else { return }
        throw Problem(column: gap - first, text: "an element before it in the list has no column")
    }

    /// The column that a problem is in; `nil` where it is the message as a whole.
    func column(of path: String) -> Int? {
        let path = FieldPath(path)
        return paths.firstIndex { $0.holds(path) }
    }
}

/// What columns make of a message, or of a part of it.
private final class ColumnNode {
    struct Child {
        var name: String
        var key: Key
        var node: ColumnNode
    }

    enum Key: Hashable {
        case field(Int)
        case entry(String)
        case element(Int)
    }

    private(set) var children: [Child] = []
    /// The column that holds all of it.
    private var column: Int?

    /// - Parameter name: The whole header, for errors.
    func add(
        _ name: String, _ steps: ArraySlice<FieldPath.Step>, _ shape: ValueShape, column: Int
    ) throws(MessageProblem) {
        guard let step = steps.first else { return try fill(name, column) }
        guard case .message(let message) = shape, message.wellKnown == nil, case .name(let field) = step else {
            throw Self.problem("'\(name.prefix(100))' goes deeper than the message does")
        }
        guard let index = message.index(of: field) else {
            let names = (0..<min(message.count, 1000)).flatMap { [message.field($0).jsonName, message.field($0).name] }
            let near = NearestName.suggestion(for: field, among: names)
            throw Self.problem(
                "names '\(name.prefix(100))', and \(message.name) has no field '\(field.prefix(40))'"
                    + (near.map { "; did you mean '\($0)'?" } ?? ""))
        }
        let definition = message.field(index)
        let child = try child(.field(index), definition.jsonName)
        let rest = steps.dropFirst()
        switch (definition.presence, rest.first) {
        case (.map, .key(let key)?):
            try child.child(.entry(key), key).add(name, rest.dropFirst(), definition.value, column: column)
        case (.repeated, .key(let text)?):
            guard let element = Int(text), (0..<RecordLimits.fieldCount).contains(element) else {
                throw Self.problem("names '\(name.prefix(100))', and an element of a list has a number, from 0")
            }
            try child.child(.element(element), text).add(name, rest.dropFirst(), definition.value, column: column)
        case (.map, nil), (.repeated, nil): try child.fill(name, column)
        case (.map, _), (.repeated, _):
            throw Self.problem(
                "names '\(name.prefix(100))': say which, as in \(field)[\(definition.presence == .map ? "key" : "0")]")
        case (_, .key?): throw Self.problem("names '\(name.prefix(100))', and '\(field)' is no list and no map")
        default: try child.add(name, rest, definition.value, column: column)
        }
    }

    private func fill(_ name: String, _ column: Int) throws(MessageProblem) {
        guard self.column == nil, children.isEmpty else {
            throw Self.problem("names the field '\(name.prefix(40))' twice, or a part of it as well")
        }
        self.column = column
    }

    private func child(_ key: Key, _ name: String) throws(MessageProblem) -> ColumnNode {
        guard column == nil else {
            throw Self.problem("names a part of a field, all of which has a column as well")
        }
        if let child = children.first(where: { $0.key == key }) { return child.node }
        let node = ColumnNode()
        children.append(Child(name: name, key: key, node: node))
        return node
    }

    private static func problem(_ text: String) -> MessageProblem { MessageProblem(path: "", reason: text) }

    /// The JSON of it, with a place for each column.
    func parts() -> [MessageTemplate.Part] {
        if let column { return [.place(column)] }
        var parts: [MessageTemplate.Part] = []
        let isList = isList
        for (index, child) in ordered.enumerated() {
            parts.append(.text(index == 0 ? (isList ? "[" : "{") : ","))
            if !isList {
                var name: [UInt8] = []
                name.append(jsonString: child.name)
                parts.append(.text(String(decoding: name, as: UTF8.self) + ":"))
            }
            parts += child.node.parts()
        }
        return parts + [.text(isList ? "]" : "}")]
    }

    private var isList: Bool { if case .element? = children.first?.key { true } else { false } }

    private var ordered: [Child] {
        guard isList else { return children }
        return children.sorted { one, other in
            if case (.element(let one), .element(let other)) = (one.key, other.key) { one < other } else { false }
        }
    }

    /// The column of an element before which one is missing.
    func gap() -> Int? {
        if isList {
            for (index, child) in ordered.enumerated() where child.key != .element(index) {
                return child.node.firstColumn
            }
        }
        for child in children { if let gap = child.node.gap() { return gap } }
        return nil
    }

    private var firstColumn: Int? { column ?? children.lazy.compactMap(\.node.firstColumn).first }
}
