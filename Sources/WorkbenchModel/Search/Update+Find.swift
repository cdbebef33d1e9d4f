import RPCCore

extension State {
    mutating func openFind() -> [Effect] {
        let pane = searchedPane
        let field = Field("text", text: pattern, .messages, hint: Self.patternHint)
        let form = LineForm("Find in \(pane.title.lowercased())", field) { state, _, text in
            state.pattern = text
            return text.isEmpty ? [] : state.find(in: pane, forward: true, includingSelected: true)
        }
        return open(Form(form))
    }

    /// The pane that a search goes through: the one in sight where that is a list.
    private var searchedPane: Pane { [.compose, .sent, .wire].contains(focus) ? focus : .received }

    static let patternHint = "letters of either case; an expression between slashes: /^Hi/"

    /// Looks for the next match.
    mutating func findAgain(forward: Bool) -> [Effect] {
        guard !pattern.isEmpty else { return openFind() }
        return find(in: searchedPane, forward: forward, includingSelected: false)
    }

    /// Looks for the pattern from the chosen row on.
    mutating func find(in pane: Pane, forward: Bool, includingSelected: Bool) -> [Effect] {
        let step = includingSelected ? 0 : (forward ? 1 : -1)
        guard let wanted = try? MessagePattern(parsing: pattern) else { return [] }
        guard pane != .compose else { return findInComposer(wanted, step: step, forward: forward) }
        guard pane != .wire else { return findInWire(wanted, step: step, forward: forward) }
        guard let call else { return say(.warning, "no call has been run yet") }
        let direction: Direction = pane == .sent ? .sent : .received
        let narrowed = filters[direction].flatMap { try? MessagePattern(parsing: $0.text) }
        finding = SearchState(text: pattern, progress: .init(searched: 0, total: list(of: pane).count))
        let query = FindQuery(
            callID: call.id, direction: direction, patterns: [wanted] + [narrowed].compactMap { $0 },
            start: (selectedNumber(in: direction) ?? 1) + step, goesForward: forward)
        // A pane that is narrowed says itself how many there are.
        return [.search(.find(query))] + (narrowed == nil ? count(query) : [])
    }

    private mutating func findInComposer(_ wanted: MessagePattern, step: Int, forward: Bool) -> [Effect] {
        let count = composer.rows.count
        let start = composer.selected + step
        let order = (0..<count).map { offset in
            ((forward ? start + offset : start - offset) % max(1, count) + count) % max(1, count)
        }
        let match = order.first { (try? wanted.isFound(in: composer.rows[$0].summary)) == true }
        guard let match else { return say(.warning, "not found: \(pattern)") }
        _ = focus(on: .compose)
        withPosition(of: .compose) { $0.select(match, in: $1, rows: $2) }
        let matches = order.filter { (try? wanted.isFound(in: composer.rows[$0].summary)) == true }
        return say(.info, "match \(matches.count { $0 <= match }) of \(matches.count)")
    }

    mutating func handle(_ message: SearchMessage) -> [Effect] {
        switch message {
        case .progressed(let progress):
            finding?.progress = progress
            return []
        case .found(let direction, let number):
            finding = nil
            return number.map { goTo($0, in: direction) }
                ?? say(.warning, "not found: \(pattern)\(keptText(direction))")
        case .counted(let direction, let callID, let text, let matches, let searched):
            return counted(direction, callID: callID, text, matches, searched: searched)
        case .filtered(let direction, let callID, let matches, let searched):
            return filtered(direction, callID: callID, matches, searched: searched)
        case .jumped(let direction, let number):
            return number.map { goTo($0, in: direction) }
                ?? say(.warning, "there is no such message\(keptText(direction))")
        case .failed(let reason):
            finding = nil
            for direction in Direction.allCases { filters[direction]?.isActive = false }
            return say(.failure, "the search has failed: \(reason)")
        }
    }

    /// Goes to a message, or to the first one behind it where the pane is narrowed to others.
    mutating func goTo(_ number: Int, in direction: Direction) -> [Effect] {
        let row = row(ofNumber: number, in: direction)
        _ = focus(on: direction.pane)
        withPosition(of: direction.pane) { $0.select(row, in: $1, rows: $2) }
        detail = ListPosition()
        return []
    }

    private func keptText(_ direction: Direction) -> String {
        let oldest = call?.oldest(of: direction)
        return oldest.map { $0 > 1 ? "; messages are kept from number \($0)" : "" } ?? ""
    }
}

extension String {
    /// Whether the text contains another, whatever the case of its letters.
    public func containsIgnoringCase(_ other: String) -> Bool {
        other.isEmpty || lowercased().contains(other.lowercased())
    }
}
