import Testing
import WorkbenchModel

@Suite("Faults of the demo server")
struct FaultBoardTests {
    static let kinds = [
        FaultKind(name: "refuse", form: "refuse=N", meaning: "refuses", expectation: "a number"),
        FaultKind(name: "stall", form: "stall", meaning: "says nothing"),
    ]

    private func state(ordered: [String] = [], server: String = "demo:") -> State {
        var state = State.connected()
        state.server.name = server
        state.faults = FaultBoard(Self.kinds, orders: ordered.map { FaultOrder($0) })
        return state
    }

    /// A workbench on which the menu of faults is open.
    private func menu(ordered: [String] = []) -> State {
        var state = state(ordered: ordered)
        _ = update(&state, .pressed(.faults))
        return state
    }

    private func board(_ orders: String...) -> FaultBoard {
        FaultBoard(Self.kinds, orders: orders.map { FaultOrder($0) })
    }

    @Test("orders read and write as on the command line", arguments: ["refuse=2", "stall", "status=503,retry-after=2"])
    func text(_ text: String) {
        #expect(FaultOrder(text).text == text)
    }

    @Test("there is one order of each name, and they stand in the order of the faults")
    func board() {
        #expect(board("stall", "refuse=1", "refuse=2").orders.map(\.text) == ["refuse=2", "stall"])
        #expect(board("refuse=2").order(of: "refuse")?.value == "2")
        #expect(board("refuse=2").order(of: "stall") == nil)
    }

    @Test("the faults are narrowed by what is typed, and stay so while they are ordered")
    func narrowed() {
        var state = menu()
        _ = update(&state, .edited("stall"))
        _ = update(&state, .overlayAccepted)
        #expect(state.faults.orders.map(\.text) == ["stall"])
        guard case .menu(let menu)? = state.overlay else { Issue.record("no menu is open"); return }
        #expect(menu.items.map(\.title) == ["stall"] && menu.items[0].isMarked)
    }

    @Test("faults given at the start go with the first connection, and with no other server")
    func start() {
        var state = state(ordered: ["refuse=2"])
        #expect(
            update(&state, .started) == [.connect(to: "demo:", faults: [FaultOrder("refuse=2")]), .plan(.findKept)])
        state = self.state(ordered: ["refuse=2"], server: "http://localhost:9")
        #expect(state.orderedFaults.isEmpty)
        #expect(update(&state, .started) == [.connect(to: "http://localhost:9"), .plan(.findKept)])
    }

    @Test("another server cannot be made to fail, and the notice says what to do")
    func otherServer() {
        var state = state(server: "http://localhost:9")
        expect(&state, .pressed(.faults)) {
            $0.notice = Notice(
                .warning, "only the demo server can be made to fail: choose the server demo: first")
        }
    }

    @Test("the server is not changed under a running call")
    func running() {
        var state = State.running()
        expect(&state, .pressed(.faults)) {
            $0.notice = Notice(
                .warning, "a call is running: half-close it or cancel it before the server is made to fail")
        }
    }

    @Test("the menu shows each fault with its meaning, and which are ordered")
    func items() {
        let items = Menu.faults(board("refuse=2")).items
        #expect(items.map(\.title) == ["refuse=2", "stall", "take all back"])
        #expect(items.map(\.detail) == ["refuses", "says nothing", ""])
        #expect(items.map(\.isMarked) == [true, false, false])
        #expect(Menu.faults(board()).items.map(\.title) == ["refuse", "stall"])
    }

    @Test("a fault without a value is ordered at once, and the menu stays open")
    func orderPlain() {
        var state = menu()
        _ = update(&state, .steppedInOverlay(by: 1))
        expect(&state, .overlayAccepted, effects: [.connect(to: "demo:", faults: [FaultOrder("stall")])]) {
            $0.faults = board("stall")
            var menu = Menu.faults(board("stall"))
            menu.selected = 1
            $0.overlays = [.menu(menu)]
            $0.notice = Notice(.info, "the demo server fails from now on: stall")
            $0.server = ServerStatus(name: "demo:", health: .checking)
        }
    }

    @Test("a value is asked for, and checked by whoever knows the server")
    func orderWithValue() {
        var state = menu()
        _ = update(&state, .overlayAccepted)
        _ = update(&state, .edited(" many "))
        let many = FaultOrder(name: "refuse", value: "many")
        #expect(update(&state, .overlayAccepted) == [.checkFault(many)])
        #expect(update(&state, .faultChecked(many, problem: "a number")) == [])
        guard case .form(let form)? = state.overlay else { Issue.record("the form is gone"); return }
        #expect(form.title == "Order refuse=N")
        #expect(form.fields.map(\.problem) == ["a number"])
        _ = update(&state, .edited("2"))
        let two = FaultOrder(name: "refuse", value: "2")
        #expect(update(&state, .overlayAccepted) == [.checkFault(two)])
        expect(&state, .faultChecked(two, problem: nil), effects: [.connect(to: "demo:", faults: [two])]) {
            $0.faults = board("refuse=2")
            $0.overlays = [.menu(.faults(board("refuse=2")))]
            $0.notice = Notice(.info, "the demo server fails from now on: refuse=2")
            $0.server = ServerStatus(name: "demo:", health: .checking)
        }
    }

    @Test("an answer to a form that was left orders nothing")
    func leftForm() {
        var state = menu()
        expect(&state, .faultChecked(FaultOrder("refuse=2"), problem: nil))
        _ = update(&state, .overlayDismissed)
        expect(&state, .faultChecked(FaultOrder("refuse=2"), problem: nil))
    }

    @Test("an ordered fault is taken back by its name, or all are")
    func takeBack() {
        var state = menu(ordered: ["refuse=2", "stall"])
        #expect(
            update(&state, .faultChosen("refuse")) == [.connect(to: "demo:", faults: [FaultOrder("stall")])])
        #expect(state.faults == board("stall"))
        state = menu(ordered: ["refuse=2", "stall"])
        _ = update(&state, .steppedInOverlay(by: 2))
        expect(&state, .overlayAccepted, effects: [.connect(to: "demo:")]) {
            $0.faults = board()
            var menu = Menu.faults(board())
            menu.selected = 1
            $0.overlays = [.menu(menu)]
            $0.notice = Notice(.info, "the demo server fails no more")
            $0.server = ServerStatus(name: "demo:", health: .checking)
        }
    }

    @Test("a call remembers the faults it was made under")
    func call() {
        var state = state(ordered: ["stall"])
        _ = update(&state, .pressed(.run))
        #expect(state.call?.faults == [FaultOrder("stall")])
    }
}
