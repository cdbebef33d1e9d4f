import RPCCore
import Testing

@testable import WorkbenchModel

@Suite("Looking at the wire")
struct WireTests {
    /// The pane open, with a hundred rows of which ten fit.
    private func scene() -> State {
        var state = State.connected()
        _ = update(&state, .pressed(.wire))
        let rows = PaneMetrics(rows: 10)
        state.layOut(Layout([.sent: rows, .received: rows, .wire: rows, .detail: rows]))
        _ = update(&state, .wire(.progressed(WireSummary(), rows: 0..<100)))
        return state
    }

    @Test("F opens the pane and listens, and gives the focus back when it closes it")
    func toggles() {
        var state = State.connected()
        _ = update(&state, .pressed(.focusReceived))
        expect(&state, .pressed(.wire), effects: [.wire(.listen)]) { state in
            state.wire.isOpen = true
            state.wire.origin = .received
            state.focus = .wire
            state.detailsWire = true
            state.detailDirection = nil
        }
        #expect(state.detailsWire)
        expect(&state, .pressed(.wire), effects: [.wire(.stop)]) { state in
            state.wire.isOpen = false
            state.focus = .received
            state.detailsWire = false
            state.detailDirection = .received
        }
        #expect(!state.detailsWire)
    }

    @Test("a pane that the wire covers comes back in place of it")
    func covered() {
        var state = scene()
        #expect(update(&state, .pressed(.focusReceived)).isEmpty)
        #expect(state.wire.isOpen)
        #expect(update(&state, .pressed(.focusCompose)) == [.wire(.stop)])
        #expect(state.focus == .compose)
        // Wherever it was asked for.
        state = scene()
        #expect(update(&state, .pressed(.addRequest)).contains(.wire(.stop)))
        #expect(update(&state, .pressed(.focusWire)) == [.wire(.listen)])
    }

    @Test("rows are followed until one is chosen, and keep their places when old ones are forgotten")
    func moves() {
        var state = scene()
        #expect(state.wire.position.selected == 99)
        _ = update(&state, .wire(.progressed(WireSummary(), rows: 0..<120)))
        #expect(state.wire.position.selected == 119)
        _ = update(&state, .pressed(.up))
        _ = update(&state, .wire(.progressed(WireSummary(), rows: 50..<170)))
        #expect(state.wire.position.selected == 118)
        #expect(!state.wire.position.isFollowing)
        _ = update(&state, .wire(.progressed(WireSummary(), rows: 150..<270)))
        #expect(state.wire.position.selected == 150)
        _ = update(&state, .clicked(.wire, row: 3))
        #expect(state.wire.position.selected == 153)
        _ = update(&state, .pressed(.follow))
        #expect(state.wire.position.selected == 269)
    }

    @Test("enter shows the row, and y copies it")
    func detail() {
        var state = scene()
        _ = update(&state, .pressed(.up))
        #expect(update(&state, .pressed(.copy)) == [.terminal(.copyRecord(row: 98))])
        _ = update(&state, .pressed(.showDetail))
        #expect(state.focus == .detail)
        #expect(state.detailsWire)
        #expect(update(&state, .pressed(.copy)) == [.terminal(.copyRecord(row: 98))])
        _ = update(&state, .pressed(.focusSent))
        #expect(!state.detailsWire)
    }

    @Test("what is looked for, and what the rows are narrowed to, are the wire's own")
    func finds() throws {
        var state = scene()
        _ = update(&state, .pressed(.find))
        _ = update(&state, .edited("GOAWAY"))
        let wanted = try MessagePattern(parsing: "GOAWAY")
        #expect(
            update(&state, .overlayAccepted) == [.wire(.find(wanted, row: 99, goesForward: true))])
        _ = update(&state, .wire(.found(row: 7)))
        #expect(state.wire.position.selected == 7)
        #expect(update(&state, .pressed(.findNext)) == [.wire(.find(wanted, row: 8, goesForward: true))])
        #expect(update(&state, .pressed(.findPrevious)) == [.wire(.find(wanted, row: 6, goesForward: false))])
        _ = update(&state, .wire(.found(row: nil)))
        #expect(state.notice == Notice(.warning, "not found: GOAWAY"))
        _ = update(&state, .pressed(.filter))
        _ = update(&state, .edited("/^s1/"))
        let narrowed = try MessagePattern(parsing: "/^s1/")
        #expect(update(&state, .overlayAccepted) == [.wire(.filter(narrowed))])
        #expect(state.wire.filter == "/^s1/")
        #expect(state.wire.position.isFollowing)
        _ = update(&state, .pressed(.filter))
        _ = update(&state, .edited("/(/"))
        #expect(update(&state, .overlayAccepted).isEmpty)
        _ = update(&state, .edited(""))
        #expect(update(&state, .overlayAccepted) == [.wire(.filter(nil))])
    }

    @Test("z holds the pane as it is, and lets it go on")
    func holds() {
        var state = scene()
        #expect(update(&state, .pressed(.holdWire)).isEmpty)
        #expect(state.wire.isHeld)
        #expect(update(&state, .pressed(.holdWire)) == [.wire(.goOn)])
        #expect(!state.wire.isHeld)
        _ = update(&state, .pressed(.wire))
        _ = update(&state, .pressed(.holdWire))
        #expect(state.notice?.text == "the wire pane is not open")
    }
}
