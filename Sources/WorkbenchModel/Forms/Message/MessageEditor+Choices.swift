import Plans
import RPCCore

/// What is chosen for a row from a list, and how rows are found.
extension MessageEditor {
    mutating func choose(_ text: String) {
        guard let row, row.kind == .value, let place, place.isOne else { return }
        if place.value == nil { setInitial(at: row.path, place.field) }
        change { $0[row.path[...]] = .leaf(text) }
    }

    mutating func chooseMember(_ index: Int) {
        guard let row, case .oneof = row.kind, case (let message, let node?, _)? = root.node(row.path, in: kind.root)
        else {
            return
        }
        let path = row.path + [.field(index)]
        if message.fields[index] == nil { setInitial(at: path, node.field(index)) }
        select(path)
    }

    mutating func chooseType(_ name: String) {
        guard let row, let message = root.node(row.path, in: kind.root)?.message else { return }
        let url = "type.googleapis.com/\(name)"
        guard message.typeURL != url else { return }
        changeMessage(at: row.path) { $0 = DraftMessage(typeURL: url, isOpen: true) }
        select(row.path)
    }

    /// The values of an enum, with their numbers and what is said of them.
    func values(of shape: any EnumShape) -> Menu {
        var chosen = 0
        let items = (0..<shape.count).map { index in
            let value = shape.value(index)
            if place?.value == .leaf(value.name) { chosen = index }
            let about = [value.isAlias ? "alias" : "", shape.comment(ofValue: index)].filter { !$0.isEmpty }
            return Menu.Item(
                title: value.name, detail: ([String(value.number)] + about).joined(separator: " · "),
                choice: .form(.choose(value.name)))
        }
        let other = shape.isClosed ? [] : [Menu.Item(title: "another number", choice: .form(.edit))]
        return Menu(shape.name, .nothing, selected: chosen, isSearched: true, items + other)
    }

    func members(ofOneof oneof: Int) -> Menu? {
        guard let row, case (let message, let node?, _)? = root.node(row.path, in: kind.root) else { return nil }
        let members = node.members(ofOneof: oneof)
        let chosen = members.firstIndex { message.fields[$0] != nil } ?? 0
        return Menu(
            node.shape.oneofs[oneof], .nothing, selected: chosen, isSearched: true,
            members.map { index in
                let field = node.field(index)
                return Menu.Item(title: field.name, detail: field.typeText, choice: .form(.chooseMember(index)))
            })
    }

    func types() -> Menu {
        Menu(
            "Type of the message", .nothing, isSearched: true,
            kind.root.shape.typeNames.map { Menu.Item(title: $0, choice: .form(.chooseType($0))) })
    }

    // MARK: Finding

    mutating func find(_ text: String) {
        sought = text
        mode = .finding(text)
        find(text, from: selected, isTyped: true)
    }

    /// - Parameter isTyped: Whether it is looked for anew: whoever types all of a name means that field, whatever else has it in
    ///   its own.
    mutating func find(_ text: String, from start: Int, forward: Bool = true, isTyped: Bool = false) {
        guard !text.isEmpty, count > 0 else { return }
        let wanted = text.lowercased()
        var rules: [(String) -> Bool] = [{ $0.contains(wanted) }]
        if isTyped { rules.insert({ $0 == wanted }, at: 0) }
        for isMeant in rules {
            for step in 0..<count {
                let index = ((start + (forward ? step : -step)) % count + count) % count
                guard isMeant(name(of: rows[index]).lowercased()) else { continue }
                remark = nil
                return select(index)
            }
        }
        // What is folded away is shown where it has the name.
        for (index, row) in rows.enumerated() {
            guard case .fold = row.kind, case (_, let node?, _)? = root.node(row.path, in: kind.root) else { continue }
            let field = (0..<node.count).first { node.field($0).name.lowercased().contains(text.lowercased()) }
            guard let field else { continue }
            select(index)
            changeMessage(at: row.path, arranging: true) { $0.shown = .all }
            return select(row.path + [.field(field)])
        }
        remark = "no field is called \(text)"
    }

    func name(of row: DraftRow) -> String {
        switch row.kind {
        case .value: place(row).map { $0.key ?? ($0.part == nil ? $0.field.name : "") } ?? ""
        case .oneof(let oneof): root.node(row.path, in: kind.root)?.node?.shape.oneofs[oneof] ?? ""
        case .extra(let index): extraInputs[index].label
        case .fold, .type, .other, .unknown: ""
        }
    }
}
