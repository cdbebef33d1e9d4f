import RPCCore

/// A row of a message's form.
struct DraftRow: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        /// A field, an element or an entry, by its path.
        case value
        /// A group of fields of which one can be set.
        case oneof(Int)
        /// The fields that are not set, so many.
        case fold(Int)
        /// The type of what an `Any` holds.
        case type
        /// What the definition does not have.
        case other(Int)
        /// Fields of the wire that the definition does not have.
        case unknown
        /// What is not of the message: how often it is sent, say.
        case extra(Int)
    }

    var kind: Kind
    /// Of a value its own, and else that of the message that it belongs to.
    var path: DraftPath
    var depth: Int

    /// The rows of a message and of all that is open in it.
    static func rows(of message: DraftMessage, _ node: NodeShape, at path: DraftPath, depth: Int) -> [DraftRow] {
        var rows: [DraftRow] = []
        append(message, node, path, depth, to: &rows)
        return rows
    }

    private static func append(
        _ message: DraftMessage, _ node: NodeShape, _ path: DraftPath, _ depth: Int, to rows: inout [DraftRow]
    ) {
        var oneofs: Set<Int> = []
        let indices: [Int]
        switch message.shown {
        case .all: indices = Array(0..<node.count)
        case .some(let shown): indices = shown.union(message.fields.keys).sorted()
        }
        for index in indices {
            var inner = depth
            if let oneof = node.oneof(ofField: index) {
                if oneofs.insert(oneof).inserted {
                    rows.append(DraftRow(kind: .oneof(oneof), path: path, depth: depth))
                }
                guard message.fields[index] != nil else { continue }
                inner += 1
            }
            rows.append(DraftRow(kind: .value, path: path + [.field(index)], depth: inner))
            guard let value = message.fields[index], value.isOpen == true else { continue }
            append(value, node.field(index), path + [.field(index)], inner + 1, to: &rows)
        }
        for index in message.others.indices { rows.append(DraftRow(kind: .other(index), path: path, depth: depth)) }
        if message.unknown != nil { rows.append(DraftRow(kind: .unknown, path: path, depth: depth)) }
        if indices.count < node.count {
            rows.append(DraftRow(kind: .fold(node.count - indices.count), path: path, depth: depth))
        }
    }

    private static func append(
        _ value: DraftValue, _ field: FieldShape, _ path: DraftPath, _ depth: Int, to rows: inout [DraftRow]
    ) {
        switch value {
        case .message(let message): appendHeld(message, field.value, path, depth, to: &rows)
        case .list(let list):
            for (index, element) in list.elements.enumerated() {
                append(held: element, field.value, path + [.element(index)], depth, to: &rows)
            }
        case .map(let map):
            for (index, entry) in map.entries.enumerated() {
                append(held: entry.value, field.value, path + [.entry(index)], depth, to: &rows)
            }
        case .leaf, .raw: break
        }
    }

    private static func append(
        held value: DraftValue, _ shape: ValueShape, _ path: DraftPath, _ depth: Int, to rows: inout [DraftRow]
    ) {
        rows.append(DraftRow(kind: .value, path: path, depth: depth))
        if case .message(let message) = value, message.isOpen {
            appendHeld(message, shape, path, depth + 1, to: &rows)
        }
    }

    private static func appendHeld(
        _ message: DraftMessage, _ shape: ValueShape, _ path: DraftPath, _ depth: Int, to rows: inout [DraftRow]
    ) {
        guard let branch = shape.branch else { return }
        if branch.wellKnown == .any { rows.append(DraftRow(kind: .type, path: path, depth: depth)) }
        if let node = NodeShape(branch, typeURL: message.typeURL) { append(message, node, path, depth, to: &rows) }
    }
}

/// What a row is about.
struct RowPlace {
    /// The message that has the field.
    var node: NodeShape
    var index: Int
    var field: FieldShape
    /// What stands there; `nil` where nothing is set.
    var value: DraftValue?
    /// The step from the field to one of several values.
    var part: DraftStep?
    var key: String?

    /// Whether it is one value, and not several.
    var isOne: Bool { part != nil || field.presence != .repeated && field.presence != .map }
}

extension DraftMessage {
    /// What a path leads to.
    func place(_ path: DraftPath, in root: NodeShape) -> RowPlace? {
        var (message, node, place): (DraftMessage?, NodeShape?, RowPlace?) = (self, root, nil)
        for step in path {
            switch step {
            case .field(let index):
                if let outer = place {
                    guard case .message(let inner)? = outer.value, let branch = outer.field.value.branch else {
                        return nil
                    }
                    (message, node) = (inner, NodeShape(branch, typeURL: inner.typeURL))
                }
                guard let node, index < node.count, let message else { return nil }
                place = RowPlace(node: node, index: index, field: node.field(index), value: message.fields[index])
            case .element(let index):
                guard case .list(let list)? = place?.value, list.elements.indices.contains(index) else { return nil }
                place?.value = list.elements[index]
                place?.part = step
            case .entry(let index):
                guard case .map(let map)? = place?.value, map.entries.indices.contains(index) else { return nil }
                place?.value = map.entries[index].value
                place?.key = map.entries[index].key
                place?.part = step
            }
        }
        return place
    }

    /// The fields of the message that a path leads to, and itself where it is empty.
    func node(_ path: DraftPath, in root: NodeShape) -> (
        message: DraftMessage, node: NodeShape?, shape: any MessageShape
    )? {
        guard !path.isEmpty else { return (self, root, root.shape) }
        guard let place = place(path, in: root), case .message(let message)? = place.value,
            let branch = place.field.value.branch
        else { return nil }
        return (message, NodeShape(branch, typeURL: message.typeURL), branch)
    }
}
