import Plans
import RPCCore

/// What the keys do in a row that is edited.
extension MessageEditor {
    /// The most of a file that bytes are read from.
    static let fileLimit = 16 << 20

    mutating func performInEditing(_ edit: LineEdit, _ command: FormCommand) -> Outcome {
        switch command {
        case .activate: return leave(edit)
        case .leave:
            let outcome = leave(edit)
            if case .editing(let still) = mode, still.text == edit.text, still.isKey == edit.isKey { giveUp(edit) }
            return outcome
        case .complete:
            guard let completed = mask(edit)?.completed(edit.text) else { return performInEditing(edit, .nextField(1)) }
            mode = .editing(LineEdit(text: completed))
        case .nextField(let distance):
            let outcome = leave(edit)
            guard case .rows = mode, outcome.effects.isEmpty else { return outcome }
            select(selected + distance)
            if isTypedInto { beginEditing() }
            return outcome
        default: break
        }
        return .nothing
    }

    /// What may follow in the paths of a field mask that is edited.
    func mask(_ edit: LineEdit) -> MaskCompletion? {
        guard !edit.isKey, let place, case .message(let shape) = place.field.value, shape.wellKnown == .fieldMask else {
            return nil
        }
        return MaskCompletion(edit.text, place)
    }

    /// Whether the chosen row is one that text is typed into, and is set.
    private var isTypedInto: Bool {
        guard let row else { return false }
        if case .extra = row.kind { return true }
        guard let place, place.isOne, !place.field.value.isEnum else { return false }
        if case .leaf? = place.value { return true } else { return false }
    }

    /// Leaves the row as it was before, since what was typed is refused.
    private mutating func giveUp(_ edit: LineEdit) {
        let reason = remark
        mode = .rows
        if edit.isNew {
            remove()
        } else if edit.isFresh, case .field? = row?.path.last {
            undo()
        }
        remark = reason.map { "not taken over: \($0)" }
    }

    /// Takes over what was typed.
    mutating func leave(_ edit: LineEdit) -> Outcome {
        guard let row else { return .nothing }
        if case .extra(let index) = row.kind {
            let before = purpose
            setExtra(index, edit.text)
            remark = extraInputs[index].problem
            // What cannot be is not taken over: it is there to be mended.
            if remark == nil { mode = .rows } else { purpose = before }
            return .nothing
        }
        guard let place else { return .nothing }
        if edit.isFresh, edit.text.isEmpty {
            mode = .rows
            return .nothing
        }
        return edit.isKey ? leaveKey(edit, row, place) : leaveValue(edit, row, place)
    }

    private mutating func leaveKey(_ edit: LineEdit, _ row: DraftRow, _ place: RowPlace) -> Outcome {
        let outer = Array(row.path.dropLast())
        guard case .entry(let index)? = place.part, case .map(var map)? = root.place(outer, in: kind.root)?.value else {
            mode = .rows
            return .nothing
        }
        if map.entries.enumerated().contains(where: { $0.offset != index && $0.element.key == edit.text }) {
            remark = "the key is there already: \(edit.text)"
            return .nothing
        }
        if let problem = problem(ofKey: edit.text, place) {
            remark = problem
            return .nothing
        }
        map.entries[index].key = edit.text
        change { $0[outer[...]] = .map(map) }
        mode = .rows
        if edit.isNew, place.field.value.branch == nil, !place.field.value.isEnum { beginEditing(isFresh: true) }
        return .nothing
    }

    private func problem(ofKey key: String, _ place: RowPlace) -> String? {
        guard let sample = writing.sample(of: key) else { return placesProblem(key) }
        let value = DraftWriter(writing: .plain).one(place.field.value.initialValue, place.field.value)
        let json = JSONTree.object([JSONTree.Member(name: sample, value: value)]).json(.plain)
        return place.node.fault(in: json, ofField: place.index)?.reason
    }

    private func placesProblem(_ text: String) -> String? {
        do throws(TemplateError) {
            _ = try writing.parts(of: text)
            return nil
        } catch {
            return error.problem
        }
    }

    private mutating func leaveValue(_ edit: LineEdit, _ row: DraftRow, _ place: RowPlace) -> Outcome {
        let typed = edit.text
        mode = .rows
        guard place.isOne, place.field.value.branch == nil else {
            if !setJSON(typed, row, place) { refuse(edit, "no JSON that \(place.field.name) can hold") }
            return .nothing
        }
        switch LeafInput.meaning(of: typed, place.field.value, writing) {
        case .wrong(let reason): refuse(edit, reason)
        case .file(let path):
            awaited = row.path
            return Outcome(effects: [.form(.readFile(path, limit: Self.fileLimit))])
        case .time(let distance):
            awaited = row.path
            return Outcome(effects: [.form(.time(after: distance))])
        case .text(let text):
            var read = place
            read.value = .leaf(text)
            if let reason = problem(read) {
                refuse(edit, reason)
            } else {
                change { $0[row.path[...]] = .leaf(text) }
                remark = nil
            }
        }
        return .nothing
    }

    /// Leaves what was typed where it is, to be mended, and says what is wrong with it.
    private mutating func refuse(_ edit: LineEdit, _ reason: String) {
        mode = .editing(edit)
        remark = reason
    }

    /// - Returns: whether it is JSON that the field can hold.
    private mutating func setJSON(_ typed: String, _ row: DraftRow, _ place: RowPlace) -> Bool {
        let reader = DraftReader(writing: writing)
        var field = place.field
        if place.isOne { field.presence = .explicit }
        guard let tree = JSONTree(typed, writing), var value = reader.value(tree, of: field) else { return false }
        var read = place
        read.value = value
        if case .raw = value, problem(read) != nil { return false }
        value.isOpen = place.value?.isOpen
        change { $0[row.path[...]] = value }
        return true
    }

    // MARK: What comes from outside

    /// Why what is to be done has to wait.
    static let stillRead = "what was typed last is still being read"

    /// Takes over what a file or the clock has said, wherever the cursor is meanwhile.
    mutating func take(_ text: String) {
        remark = nil
        guard let path = awaited.take(), let place = root.place(path, in: kind.root), place.isOne else { return }
        if place.value == nil { setInitial(at: path, place.field) }
        change { $0[path[...]] = .leaf(text) }
    }

    mutating func take(_ read: Result<[UInt8], FormFailure>, of file: FileReading) {
        switch read {
        case .success(let bytes):
            let text = LeafInput.base64(bytes)
            files[text] = file
            take(text)
        case .failure(let failure):
            guard let path = awaited.take() else { return }
            // What was typed is there to be mended.
            if mode == .rows {
                select(path)
                mode = .editing(LineEdit(text: "@\(file.path)"))
            }
            remark = "not read: \(failure.reason)"
        }
    }

    // MARK: What is wrong

    /// What is wrong with what stands in a row.
    func problem(_ place: RowPlace) -> String? {
        guard let value = place.value else { return place.field.presence == .required ? "a value is required" : nil }
        let text: String
        switch value {
        case .raw(let json):
            guard JSONTree(json, writing) != nil else { return "this is no JSON: \(json.prefix(40))" }
            text = json
        case .leaf(let leaf): text = leaf
        case .message, .list, .map: return nil
        }
        // What is long has been checked when it was taken over.
        guard text.utf8.count <= Self.checkedBytes else { return nil }
        guard let sample = writing.sample(of: text) else { return placesProblem(text) }
        let held: DraftValue = if case .raw = value { .raw(sample) } else { .leaf(sample) }
        let tree = DraftWriter(writing: .plain).one(held, place.field.value)
        let wrapped: JSONTree =
            switch place.part {
            case .element: .list([tree])
            case .entry:
                .object([JSONTree.Member(name: writing.sample(of: place.key ?? "") ?? "", value: tree)])
            case .field, nil: tree
            }
        return place.node.fault(in: wrapped.json(.plain), ofField: place.index)?.reason
    }

    /// Bytes of a value that is checked each time it is drawn.
    private static let checkedBytes = 4096
}
