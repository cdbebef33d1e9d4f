import RPCCore

extension State {
    mutating func toggleWire() -> [Effect] { wire.isOpen ? closeWire(to: wire.origin) : openWire() }

    /// Goes to the pane, which is opened where it is not.
    mutating func focusWire() -> [Effect] { wire.isOpen ? focus(on: .wire) : openWire() }

    private mutating func openWire() -> [Effect] {
        wire.isOpen = true
        wire.isHeld = false
        wire.position.isFollowing = true
        wire.origin = focus
        return focus(on: .wire)
    }

    mutating func closeWire(to pane: Pane) -> [Effect] {
        guard wire.isOpen else { return [] }
        wire.isOpen = false
        detailsWire = false
        return focus(on: pane)
    }

    mutating func holdWire() -> [Effect] {
        guard wire.isOpen else { return say(.warning, "the wire pane is not open") }
        wire.isHeld.toggle()
        notice = Notice(.info, wire.isHeld ? "the wire pane is held as it is" : "the wire pane goes on")
        return wire.isHeld ? [] : [.wire(.goOn)]
    }

    mutating func handle(_ message: WireMessage) -> [Effect] {
        switch message {
        case .progressed(let summary, let rows):
            wire.summary = summary
            wire.rows = rows
            settle()
        case .found(let row):
            guard let row else { return say(.warning, "not found: \(pattern)") }
            withPosition(of: .wire) { $0.select(row, in: $1, rows: $2) }
            detail = ListPosition()
        }
        return []
    }

    // MARK: Finding

    mutating func openWireFilter() -> [Effect] {
        let hint = "s1, DATA, stalled, or /^GOAWAY|RST/; nothing: all"
        let field = Field("text", text: wire.filter, .messages, hint: hint)
        return open(Form(LineForm("Show only what matches on the wire", field) { $0.filterWire(by: $2, $1) }))
    }

    mutating func filterWire(by text: String, _ pattern: MessagePattern) -> [Effect] {
        wire.filter = text
        // Rows are counted anew.
        wire.position = ListPosition(isFollowing: true)
        return [.wire(.filter(text.isEmpty ? nil : pattern))]
    }

    func findInWire(_ wanted: MessagePattern, step: Int, forward: Bool) -> [Effect] {
        [.wire(.find(wanted, row: wire.position.selected + step, goesForward: forward))]
    }
}
