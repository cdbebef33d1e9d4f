import Plans
public import RPCCore

/// The fields that a list of messages shows in columns of their own: a person chooses them for a method, and its plan keeps them.
extension State {
    /// What the list of a direction shows in columns; empty where a line says what there is.
    public func columns(of direction: Direction) -> [String] {
        let codec = shownMethod?.schema.codec(of: direction)
        return chosenColumns.filter { codec?.hasField($0) == true }
    }

    /// Offers the fields of the messages that are looked at.
    mutating func openColumns() -> [Effect] {
        guard let menu = columnMenu() else {
            return say(.warning, "there are no messages whose fields could be chosen")
        }
        return open(menu)
    }

    mutating func toggleColumn(_ path: String) -> [Effect] {
        var columns = chosenColumns
        if let index = columns.firstIndex(of: path) { columns.remove(at: index) } else { columns.append(path) }
        // Who chooses for himself has none but those that he has chosen.
        if let name = shownMethod?.ref.fullName { usualColumns[name] = nil }
        if isPresentMethodShown {
            var document = composer.document
            document.columns = columns
            composer.set(document)
        } else {
            call?.plan.columns = columns
        }
        settle()
        guard let menu = columnMenu() else { return [] }
        alter(Menu.self) { $0.replaceItems(by: menu.allItems) }
        return []
    }

    private var isPresentMethodShown: Bool { call.map { $0.method == method } ?? true }

    private var chosenColumns: [String] {
        let own = isPresentMethodShown ? composer.document.columns : call?.plan.columns ?? []
        return own.isEmpty ? shownMethod.flatMap { usualColumns[$0.ref.fullName] } ?? [] : own
    }

    /// The method of the messages on screen, or of those that come next.
    var shownMethod: MethodEntry? {
        guard let call else { return presentMethod }
        return call.method ?? usualMethods.first { $0.ref.kind == call.kind }
    }

    private func columnMenu() -> Menu? {
        let direction = focus == .sent ? Direction.sent : focus == .detail ? detailDirection ?? .received : .received
        guard let codec = shownMethod?.schema.codec(of: direction) else { return nil }
        let chosen = chosenColumns
        // What is chosen comes first, in its order.
        let paths = chosen.filter(codec.hasField) + codec.columnPaths.filter { !chosen.contains($0) }
        guard !paths.isEmpty else { return nil }
        let items = paths.map { Menu.Item(title: $0, isMarked: chosen.contains($0), choice: .columnToggled($0)) }
        return Menu(
            "Columns of \(codec.name.lastPart)", hint: "enter chooses or leaves out, esc closes", .mark,
            isSearched: true,
            staysOpen: true, items)
    }
}
