import Plans
import RPCCore

/// What the keys do in the list of rows.
extension MessageEditor {
    /// What is to be done beside the change of the form.
    struct Outcome {
        var effects: [Effect] = []
        var overlay: (any OverlayComponent)?

        static let nothing = Outcome()
    }

    mutating func performInRows(_ command: FormCommand) -> Outcome {
        remark = nil
        switch command {
        case .move(let distance): select(selected + distance)
        case .first: select(0)
        case .last: select(count - 1)
        case .activate: return activate()
        case .edit: beginEditing()
        case .editKey: if place?.key != nil { mode = .editing(LineEdit(text: place?.key ?? "", isKey: true)) }
        case .open: setOpen(true)
        case .close: close()
        case .toggle: toggle()
        case .add: add()
        case .remove: remove()
        case .moveUp: moveValue(by: -1)
        case .moveDown: moveValue(by: 1)
        case .find: mode = .finding("")
        case .findNext: find(sought, from: selected + 1)
        case .findPrevious: find(sought, from: selected - 1, forward: false)
        case .undo: undo()
        case .redo: redo()
        case .nextField(let distance): select(selected + distance)
        case .choose(let text): choose(text)
        case .chooseMember(let index): chooseMember(index)
        case .chooseType(let name): chooseType(name)
        default: break
        }
        return .nothing
    }

    // MARK: Opening and editing

    private mutating func activate() -> Outcome {
        guard let row else { return .nothing }
        switch row.kind {
        case .value: return activateValue()
        case .oneof(let oneof): return Outcome(overlay: members(ofOneof: oneof))
        case .fold:
            changeMessage(at: row.path, arranging: true) { $0.shown = .all }
        case .type: return Outcome(overlay: types())
        case .other: remark = "the definition has no such field: - takes it away, E shows it as JSON"
        case .unknown: remark = "the definition does not say what they are: - takes them away, E shows them in JSON"
        case .extra: beginEditing()
        }
        return .nothing
    }

    private mutating func activateValue() -> Outcome {
        guard let place, let row else { return .nothing }
        if place.isOne, case .enum(let shape) = place.field.value.unwrapped {
            return Outcome(overlay: values(of: shape))
        }
        guard let value = place.value else {
            setInitial(at: row.path, place.field)
            if place.isOne, place.field.value.branch?.wellKnown == .any { return Outcome(overlay: types()) }
            if place.isOne, place.field.value.branch == nil {
                beginEditing(isFresh: true)
            } else {
                look(into: row.path, place.field)
            }
            return .nothing
        }
        switch value {
        case .leaf("true") where isFlag(place): choose("false")
        case .leaf("false") where isFlag(place): choose("true")
        case .leaf, .raw: beginEditing()
        case .message(let message):
            if place.field.value.branch?.wellKnown == .any, message.typeURL == nil { return Outcome(overlay: types()) }
            if !closeAsFound(row.path) { setOpen(!message.isOpen) }
        case .list, .map:
            if !closeAsFound(row.path) { setOpen(value.isOpen != true) }
        }
        return .nothing
    }

    /// Opens what was just set, for it has fields or elements: to look into it, it need not be set.
    private mutating func look(into path: DraftPath, _ field: FieldShape) {
        select(path)
        setOpen(true)
        lookedInto = LookedInto(root: root, path: path)
        let isList = field.presence == .repeated || field.presence == .map
        let said =
            "\(field.name) is set, and open: enter again closes it and unsets it\(isList ? ", + adds to it" : "")"
        remark = remark.map { "\($0); \(said)" } ?? said
    }

    /// Closes what was opened only to be looked into, in which nothing was set meanwhile, and unsets it.
    /// - Returns: whether it was that.
    private mutating func closeAsFound(_ path: DraftPath) -> Bool {
        guard let seen = lookedInto, seen.path == path, seen.root == root else { return false }
        lookedInto = nil
        undo()
        select(path)
        return true
    }

    private func isFlag(_ place: RowPlace) -> Bool {
        if case .scalar(.bool) = place.field.value.unwrapped { place.isOne } else { false }
    }

    /// - Parameter isFresh: Whether the form has set the value just now.
    mutating func beginEditing(isFresh: Bool = false) {
        guard let row else { return }
        if case .extra(let index) = row.kind {
            mode = .editing(LineEdit(text: extraInputs[index].text))
            return
        }
        guard let place else { return }
        let text: String
        switch place.value {
        case nil:
            setInitial(at: row.path, place.field)
            guard place.isOne, place.field.value.branch == nil else { return }
            return beginEditing(isFresh: true)
        case .leaf(let leaf)? where isFresh && leaf == place.field.value.initialText:
            mode = .editing(LineEdit(text: "", isFresh: true))
            return
        // To be read again, where it was read from a file.
        case .leaf(let leaf)?: text = files[leaf].map { "@\($0.path)" } ?? leaf
        case .raw(let json)?: text = json
        case let value?: text = json(of: value, place)
        }
        guard text.utf8.count <= Self.lineLimit else {
            remark = "too long for a row: E shows it as JSON"
            return
        }
        mode = .editing(LineEdit(text: text))
    }

    /// Bytes of what is edited in one row.
    private static let lineLimit = 16_384

    private func json(of value: DraftValue, _ place: RowPlace) -> String {
        let writer = DraftWriter(writing: writing)
        let tree = place.isOne ? writer.one(value, place.field.value) : writer.tree(value, of: place.field)
        return tree.json(writing)
    }

    private mutating func setOpen(_ isOpen: Bool) {
        guard let row, row.kind == .value, let place else { return }
        guard place.value != nil else { return setInitial(at: row.path, place.field) }
        arrange { value in
            guard var held = value[row.path[...]] else { return }
            held.isOpen = isOpen
            if isOpen, case .message(var message) = held,
                let node = place.field.value.branch.flatMap({
                    NodeShape($0, typeURL: message.typeURL)
                })
            {
                message.fold(count: node.count)
                held = .message(message)
            }
            value[row.path[...]] = held
        }
    }

    /// Closes the value, or goes to what it is in and closes that.
    private mutating func close() {
        guard let row else { return }
        if row.kind == .value, place?.value?.isOpen == true { return setOpen(false) }
        let outer = row.kind == .value ? Array(row.path.dropLast()) : row.path
        guard !outer.isEmpty else { return }
        select(outer)
        if place?.value?.isOpen == true { setOpen(false) }
    }

    // MARK: Setting and unsetting

    /// Sets a field, to what it was before where it was taken away. What else is set of its oneof is dropped.
    mutating func setInitial(at path: DraftPath, _ field: FieldShape) {
        guard case .field(let index)? = path.last else { return }
        let outer = Array(path.dropLast())
        let others = othersSet(ofOneof: index, at: outer)
        changeMessage(at: outer) { message in
            for other in others { message.dropped[other] = message.fields.removeValue(forKey: other) }
            message.fields[index] = message.dropped.removeValue(forKey: index) ?? field.initialValue()
        }
        select(path)
    }

    /// What else is set of the oneof of a field, which is said.
    private mutating func othersSet(ofOneof index: Int, at outer: DraftPath) -> [Int] {
        guard case (let message, let node?, _)? = root.node(outer, in: kind.root),
            let oneof = node.oneof(ofField: index)
        else { return [] }
        let others = node.members(ofOneof: oneof).filter { $0 != index && message.fields[$0] != nil }
        if let other = others.first {
            remark =
                "\(node.field(other).name) is dropped, since one of \(node.shape.oneofs[oneof]) can be set; u brings it back"
        }
        return others
    }

    private mutating func toggle() {
        guard let row else { return }
        if case .fold = row.kind { return changeMessage(at: row.path, arranging: true) { $0.shown = .all } }
        guard row.kind == .value, case .field(let index)? = row.path.last, let place else {
            remark = "space sets and unsets fields"
            return
        }
        guard place.value != nil else { return setInitial(at: row.path, place.field) }
        let outer = Array(row.path.dropLast())
        changeMessage(at: outer) { $0.dropped[index] = $0.fields.removeValue(forKey: index) }
    }

    mutating func changeMessage(
        at path: DraftPath, arranging: Bool = false, _ body: (inout DraftMessage) -> Void
    ) {
        let change: (inout DraftValue) -> Void = { value in
            guard case .message(var message)? = value[path[...]] else { return }
            body(&message)
            value[path[...]] = .message(message)
        }
        if arranging { arrange(change) } else { self.change(change) }
    }

    // MARK: Elements and entries

    private mutating func add() {
        guard let row, row.kind == .value, let place else {
            remark = "+ adds to a list or a map"
            return
        }
        let path = place.part == nil ? row.path : Array(row.path.dropLast())
        switch place.field.presence {
        case .repeated:
            if case .element(let index)? = place.part {
                insert(at: index + 1, into: path, place.field)
            } else {
                insert(at: .max, into: path, place.field)
            }
        case .map: addEntry(to: path, place.field)
        default: remark = "\(place.field.name) holds one value: + adds to a list or a map"
        }
    }

    private mutating func insert(at index: Int, into path: DraftPath, _ field: FieldShape) {
        var list = DraftList()
        if case .list(let present)? = root.place(path, in: kind.root)?.value { list = present }
        let place = min(index, list.elements.count)
        list.isOpen = true
        list.elements.insert(field.value.initialValue, at: place)
        change { $0[path[...]] = .list(list) }
        select(path + [.element(place)])
        if field.value.branch == nil, !field.value.isEnum { beginEditing(isFresh: true) }
    }

    private mutating func addEntry(to path: DraftPath, _ field: FieldShape) {
        var map = DraftMap()
        if case .map(let present)? = root.place(path, in: kind.root)?.value { map = present }
        map.isOpen = true
        map.entries.append(DraftMap.Entry(key: "", value: field.value.initialValue))
        change { $0[path[...]] = .map(map) }
        select(path + [.entry(map.entries.count - 1)])
        mode = .editing(LineEdit(text: "", isKey: true, isNew: true))
    }

    mutating func remove() {
        guard let row else { return }
        if case .other(let index) = row.kind {
            return changeMessage(at: row.path) { if $0.others.indices.contains(index) { $0.others.remove(at: index) } }
        }
        if row.kind == .unknown { return changeMessage(at: row.path) { $0.unknown = nil } }
        guard row.kind == .value, let place else { return }
        guard place.part != nil else { return place.value == nil ? () : toggle() }
        let at = selected
        change { $0[row.path[...]] = nil }
        select(at)
    }

    private mutating func moveValue(by distance: Int) {
        guard let row, let part = place?.part else {
            remark = "elements of lists and entries of maps move"
            return
        }
        let outer = Array(row.path.dropLast())
        change { value in
            switch (value[outer[...]], part) {
            case (.list(var list)?, .element(let index)) where list.elements.indices.contains(index + distance):
                list.elements.swapAt(index, index + distance)
                value[outer[...]] = .list(list)
            case (.map(var map)?, .entry(let index)) where map.entries.indices.contains(index + distance):
                map.entries.swapAt(index, index + distance)
                value[outer[...]] = .map(map)
            default: break
            }
        }
        switch part {
        case .element(let index): select(outer + [.element(index + distance)])
        case .entry(let index): select(outer + [.entry(index + distance)])
        case .field: break
        }
    }
}

extension ValueShape {
    var isEnum: Bool { if case .enum = unwrapped { true } else { false } }
}
