import GreeterCore

extension State {
    mutating func openFind() -> [Effect] {
        let pane: Pane = focus == .compose || focus == .sent ? focus : .received
        let field = Form.Field("text", pattern, hint: "letters of either case are the same")
        return open(.form(Form(.find(pane), fields: [field])))
    }

    /// Looks for the next match. While receiving is paused, the key of "next" lets one message through instead.
    mutating func findAgain(forward: Bool) -> [Effect] {
        if forward, let call, call.isLive, call.isPaused { return [.step(id: call.id)] }
        guard !pattern.isEmpty else { return openFind() }
        return find(
            in: focus == .compose || focus == .sent ? focus : .received, forward: forward, includingSelected: false)
    }

    /// Looks for the pattern from the chosen row on.
    mutating func find(in pane: Pane, forward: Bool, includingSelected: Bool) -> [Effect] {
        let step = includingSelected ? 0 : (forward ? 1 : -1)
        guard pane != .compose else { return findInComposer(step: step, forward: forward) }
        guard let call else { return say(.warning, "no call has been run yet") }
        let half: StreamHalf = pane == .sent ? .sent : .received
        let position = half == .sent ? sent : received
        return [
            .find(
                FindQuery(
                    callID: call.id, half: half, pattern: pattern, start: position.selected + 1 + step,
                    goesForward: forward))
        ]
    }

    private mutating func findInComposer(step: Int, forward: Bool) -> [Effect] {
        let count = composer.rows.count
        let start = composer.selected + step
        let order = (0..<count).map { offset in
            ((forward ? start + offset : start - offset) % max(1, count) + count) % max(1, count)
        }
        let match = order.first { composer.rows[$0].summary.containsIgnoringCase(pattern) }
        return found(.compose, number: match.map { $0 + 1 })
    }

    mutating func found(_ pane: Pane, number: Int?) -> [Effect] {
        guard let number else {
            let oldest = pane == .sent ? call?.oldestSent : pane == .received ? call?.oldestReceived : nil
            let kept = oldest.map { $0 > 1 ? "; messages are kept from number \($0)" : "" } ?? ""
            return say(.warning, "not found: \(pattern)\(kept)")
        }
        _ = focus(on: pane)
        withPosition(of: pane) { $0.select(number - 1, in: $1, rows: $2) }
        detail = ListPosition()
        return []
    }
}

extension String {
    /// Whether the text contains another, whatever the case of its letters.
    public func containsIgnoringCase(_ other: String) -> Bool {
        other.isEmpty || lowercased().contains(other.lowercased())
    }
}
