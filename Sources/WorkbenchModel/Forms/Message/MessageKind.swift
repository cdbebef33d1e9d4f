import RPCCore

/// A field of a message with its text, as a plan or a stream has it.
struct WrittenField: Hashable, Sendable {
    var name: String
    var text: String
}

/// A kind of message that a form is for.
struct MessageKind: Hashable, Sendable {
    let codec: any MessageCodec
    let root: NodeShape

    /// `nil` for one that has texts only.
    init?(_ codec: any MessageCodec) {
        guard let shape = codec.shape else { return nil }
        self.codec = codec
        root = NodeShape(root: shape)
    }

    static func == (one: MessageKind, other: MessageKind) -> Bool { one.codec === other.codec }
    func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(codec)) }

    // MARK: Between the fields of a plan and those of a form

    func draft(of fields: [WrittenField], _ writing: Writing) -> DraftMessage {
        let reader = DraftReader(writing: writing)
        var message = DraftMessage()
        for written in fields {
            if written.name == MessageValue.unknownName { message.unknown = written.text }
            guard let index = root.index(of: written.name) else { continue }
            let field = root.field(index)
            // Where it has no parts, the text is what stands in its row.
            if !root.isWhole, field.presence != .repeated, field.presence != .map, field.value.branch == nil {
                message.fields[index] = .leaf(written.text)
            } else if let tree = JSONTree(written.text, writing) {
                message.fields[index] = reader.value(tree, of: field)
            } else {
                message.fields[index] = .raw(written.text)
            }
        }
        message.fold(count: root.count)
        return message
    }

    /// - Parameters:
    ///   - original: The fields as they came, and what the form has made of them.
    func fields(
        of message: DraftMessage, _ original: [WrittenField], _ initial: DraftMessage, _ writing: Writing
    ) -> [WrittenField] {
        var (written, seen): ([WrittenField], Set<Int>) = ([], [])
        for field in original {
            // Written below, if it is still there.
            if field.name == MessageValue.unknownName, !root.isWhole { continue }
            guard let index = root.index(of: field.name), seen.insert(index).inserted else {
                written.append(field)
                continue
            }
            let before = initial.fields[index].map { self.text(of: $0, index, writing) }
            guard let value = message.fields[index] else {
                // What was nothing to the form is kept, unless it was taken away.
                if before == nil { written.append(field) }
                continue
            }
            let text = self.text(of: value, index, writing)
            written.append(text == before ? field : WrittenField(name: field.name, text: text))
        }
        for (index, value) in message.fields.sorted(by: { $0.key < $1.key }) where !seen.contains(index) {
            written.append(WrittenField(name: name(index), text: self.text(of: value, index, writing)))
        }
        written += message.others.map { WrittenField(name: $0.name, text: $0.value.json(writing)) }
        if let unknown = message.unknown { written.append(WrittenField(name: MessageValue.unknownName, text: unknown)) }
        return written
    }

    private func name(_ index: Int) -> String {
        codec.fields.indices.contains(index) ? codec.fields[index].name : root.field(index).jsonName
    }

    func text(of value: DraftValue, _ index: Int, _ writing: Writing) -> String {
        if case .leaf(let text) = value, !root.isWhole { return text }
        return DraftWriter(writing: writing).tree(value, of: root.field(index)).json(writing)
    }

    /// All of a message as JSON on several lines.
    func document(of message: DraftMessage, _ writing: Writing) -> String {
        let writer = DraftWriter(writing: writing)
        if root.isWhole, let value = message.fields[0] {
            return writer.tree(value, of: root.field(0)).document(writing)
        }
        return JSONTree.object(root.isWhole ? [] : writer.members(of: message, root)).document(writing)
    }

    /// The message that JSON is; `nil` where it is none.
    func draft(ofDocument text: String, _ writing: Writing) -> DraftMessage? {
        let reader = DraftReader(writing: writing)
        guard let tree = JSONTree(text, writing) else { return nil }
        var message = DraftMessage()
        if root.isWhole {
            message.fields[0] = reader.value(tree, of: root.field(0))
        } else if case .object(let members) = tree {
            reader.fill(&message, members, root)
        } else {
            return nil
        }
        return message
    }
}
