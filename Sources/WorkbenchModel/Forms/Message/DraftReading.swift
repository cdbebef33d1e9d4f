import RPCCore

/// Makes what a form shows of JSON.
struct DraftReader {
    let writing: Writing

    /// What stands in a field; `nil` where it is not set.
    func value(_ tree: JSONTree, of field: FieldShape) -> DraftValue? {
        switch (field.presence, tree) {
        case (.repeated, .null), (.map, .null): return nil
        case (.repeated, .list(let elements)):
            return .list(DraftList(elements: elements.map { one($0, field.value) ?? .raw("null") }))
        case (.map, .object(let members)):
            return .map(
                DraftMap(
                    entries: members.map { member in
                        DraftMap.Entry(key: member.name, value: one(member.value, field.value) ?? .raw("null"))
                    }))
        case (.repeated, _), (.map, _): return .raw(tree.json(writing))
        default: return one(tree, field.value)
        }
    }

    private func one(_ tree: JSONTree, _ shape: ValueShape) -> DraftValue? {
        if tree == .null { return shape.takesNull ? .leaf("null") : nil }
        if let branch = shape.branch { return message(tree, branch).map { .message($0) } ?? .raw(tree.json(writing)) }
        if shape.isFreeJSON { return .leaf(tree.json(writing)) }
        switch tree {
        case .text(let text), .place(let text): return .leaf(text)
        case .number(let number) where !shape.isText: return .leaf(number)
        case .bool(let flag) where !shape.isText: return .leaf(flag ? "true" : "false")
        default: return .raw(tree.json(writing))
        }
    }

    /// - Returns: `nil` where it is none that can be shown by its fields.
    private func message(_ tree: JSONTree, _ shape: any MessageShape) -> DraftMessage? {
        guard case .object(var members) = tree else { return nil }
        var message = DraftMessage()
        if shape.wellKnown == .any {
            if let place = members.firstIndex(where: { $0.name == "@type" }) {
                guard case .text(let url) = members[place].value else { return nil }
                message.typeURL = url
                members.remove(at: place)
            }
            guard NodeShape(shape, typeURL: message.typeURL) != nil || members.isEmpty else { return nil }
        }
        if let node = NodeShape(shape, typeURL: message.typeURL) { fill(&message, members, node) }
        return message
    }

    func fill(_ message: inout DraftMessage, _ members: [JSONTree.Member], _ node: NodeShape) {
        for member in members {
            if member.name == MessageValue.unknownName, message.unknown == nil, case .text(let text) = member.value {
                message.unknown = text
                continue
            }
            guard let index = node.index(of: member.name), message.fields[index] == nil else {
                message.others.append(member)
                continue
            }
            message.fields[index] = value(member.value, of: node.field(index))
        }
        message.fold(count: node.count)
    }
}

/// Makes JSON of what a form shows.
struct DraftWriter {
    let writing: Writing

    func tree(_ value: DraftValue, of field: FieldShape) -> JSONTree {
        switch value {
        case .list(let list): .list(list.elements.map { one($0, field.value) })
        case .map(let map):
            .object(map.entries.map { JSONTree.Member(name: $0.key, value: one($0.value, field.value)) })
        default: one(value, field.value)
        }
    }

    func one(_ value: DraftValue, _ shape: ValueShape) -> JSONTree {
        switch value {
        case .leaf(let text): return shape.tree(of: text, writing)
        case .raw(let json): return .verbatim(json)
        case .message(let message):
            guard let branch = shape.branch else { return .null }
            return .object(members(of: message, branch))
        case .list, .map: return .null
        }
    }

    private func members(of message: DraftMessage, _ shape: any MessageShape) -> [JSONTree.Member] {
        let type = message.typeURL.map { [JSONTree.Member(name: "@type", value: .text($0))] } ?? []
        guard let node = NodeShape(shape, typeURL: message.typeURL) else { return type + message.others }
        return type + members(of: message, node, beside: type.first?.name)
    }

    /// - Parameter taken: A name that is another member's: a field that would have it has its original one.
    func members(of message: DraftMessage, _ node: NodeShape, beside taken: String? = nil) -> [JSONTree.Member] {
        message.fields.keys.sorted().compactMap { index in
            message.fields[index].map { value in
                let field = node.field(index)
                let name = field.jsonName == taken ? field.name : field.jsonName
                return JSONTree.Member(name: writing.written(name), value: tree(value, of: field))
            }
        } + message.others + (message.unknownMember.map { [$0] } ?? [])
    }
}

extension DraftMessage {
    fileprivate var unknownMember: JSONTree.Member? {
        unknown.map { JSONTree.Member(name: MessageValue.unknownName, value: .text($0)) }
    }
}
