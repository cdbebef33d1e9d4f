import Plans
import RPCCore
import TestSupport
import Testing

@testable import WorkbenchModel

@Suite("Server, panes, overlays")
struct WorkbenchTests {
    // MARK: Server

    @Test("the start connects, and a connection is asked for its health")
    func start() {
        var state = State(server: ServerStatus(name: "demo:"), fields: Greeter.request.fields, sample: .sample)
        expect(&state, .started, effects: [.connect(to: "demo:"), .plan(.findKept)]) { $0.server.health = .checking }
        let status = ServerStatus(name: "demo:", address: State.address)
        expect(&state, .serverConnected(status), effects: [.checkHealth]) {
            $0.server = ServerStatus(name: "demo:", address: State.address, health: .checking)
        }
        expect(&state, .healthChecked(.healthy(.well))) { $0.server.health = .healthy(.well) }
        // Who asks is told; what is asked by itself only shows.
        _ = update(&state, .pressed(.checkHealth))
        _ = update(&state, .healthChecked(.healthy(.well)))
        #expect(state.notice?.level == .success && state.notice?.text.hasPrefix("the server is healthy") == true)
    }

    @Test("a server that cannot be connected says why and what to try")
    func connectFails() {
        var state = State(server: ServerStatus(name: "http://nowhere"), fields: Greeter.request.fields, sample: .sample)
        let error = CallError(.unavailable, "no address for nowhere", at: .resolve, advice: "check the name")
        let status = ServerStatus(name: "http://nowhere", health: .unreachable(error))
        expect(&state, .serverConnected(status)) {
            $0.server = status
            $0.notice = Notice(.failure, "UNAVAILABLE: no address for nowhere (at resolve); try: check the name")
        }
    }

    @Test("an answer of a server that was left is ignored")
    func staleServer() {
        var state = State.connected()
        expect(&state, .serverConnected(ServerStatus(name: "http://elsewhere")))
    }

    @Test("an unhealthy server is announced, but not over a running call")
    func unhealthy() {
        let error = CallError(.unavailable, "connection refused", at: .connect)
        var state = State.connected()
        expect(&state, .healthChecked(.unreachable(error))) {
            $0.server.health = .unreachable(error)
            $0.notice = Notice(.failure, "UNAVAILABLE: connection refused (at connect)")
        }
        state = .running()
        expect(&state, .healthChecked(.unreachable(error))) { $0.server.health = .unreachable(error) }
    }

    @Test("T goes over to the other side of the demo server at once, and asks for the port of another")
    func switchTransport() {
        var state = State.connected()
        expect(&state, .pressed(.switchTransport), effects: [.connect(to: "demo:grpc")]) {
            $0.server = ServerStatus(name: "demo:grpc", health: .checking)
        }
        expect(&state, .pressed(.switchTransport), effects: [.connect(to: "demo:")]) {
            $0.server = ServerStatus(name: "demo:", health: .checking)
        }
        state = .connected()
        let address = ServerAddress(scheme: .https, host: "h", port: 8, basePath: "/base")
        state.server = ServerStatus(name: "\(address)", address: address)
        #expect(update(&state, .pressed(.switchTransport)) == [])
        guard case .form(let form)? = state.overlay else { Issue.record("there is no form"); return }
        #expect(form.title == "Server")
        #expect(form.fields[0].text == "grpcs://h:8")
        state = .running()
        expect(&state, .pressed(.switchTransport)) {
            $0.notice = Notice(.warning, "a call is running: cancel it before changing the transport")
        }
    }

    @Test("a comparison asks for the other server, runs there and here, and shows what came of it until it is left")
    func compare() {
        var state = State.connected()
        #expect(update(&state, .pressed(.compare)) == [])
        guard case .form(let form)? = state.overlay else { Issue.record("there is no form"); return }
        #expect(form.fields[0].text == "demo:grpc")
        _ = update(&state, .edited("ftp://x"))
        #expect(update(&state, .overlayAccepted) == [])
        _ = update(&state, .edited(" grpc://h:1 "))
        let run = ComparedRun(
            id: 1, kind: .clientStream, plan: state.composer.document, options: CallOptions(deadline: .seconds(30)),
            retry: state.settings.retry, other: "grpc://h:1", faults: [])
        let empty = ComparisonState(id: 1, servers: ["demo:", "grpc://h:1"])
        expect(&state, .overlayAccepted, effects: [.compare(run)]) {
            $0.comparisons = 1
            $0.entered = ["Run the plan here and there": [" grpc://h:1 "]]
            $0.overlays = [.comparison(empty)]
        }
        let table = ComparisonTable(rows: [.init("status", "OK", "OK")], differences: [])
        expect(&state, .compared(id: 2, .success(table)))
        var left = state
        expect(&left, .overlayDismissed, effects: [.stopComparing]) { $0.overlays = [] }
        expect(&left, .compared(id: 1, .success(table)))
        expect(&state, .compared(id: 1, .success(table))) {
            $0.overlays = [.comparison(ComparisonState(id: 1, servers: empty.servers, result: .success(table)))]
        }
        expect(&state, .overlayAccepted) { $0.overlays = [] }
        state = .running()
        expect(&state, .pressed(.compare)) {
            $0.notice = Notice(.warning, "a call is running: half-close it or cancel it first")
        }
    }

    @Test("the address that is offered is the one that was asked for")
    func offersServer() {
        var state = State.connected()
        state.server.name = "demo:"
        _ = update(&state, .pressed(.chooseServer))
        expect(&state, .overlayAccepted, effects: [.connect(to: "demo:")]) {
            $0.entered = ["Server": ["demo:"]]
            $0.overlays = []
            $0.server = ServerStatus(name: "demo:", health: .checking)
        }
    }

    @Test("another server is connected once its address can be read")
    func chooseServer() {
        var state = State.connected()
        _ = update(&state, .pressed(.chooseServer))
        _ = update(&state, .edited("ftp://x"))
        #expect(update(&state, .overlayAccepted) == [])
        guard case .form(let form)? = state.overlay else { Issue.record("the form is gone"); return }
        #expect(form.fields[0].problem?.contains("schemes are") == true)
        _ = update(&state, .edited(" http://localhost:9 "))
        expect(&state, .overlayAccepted, effects: [.connect(to: "http://localhost:9")]) {
            $0.entered = ["Server": [" http://localhost:9 "]]
            $0.overlays = []
            $0.server = ServerStatus(name: "http://localhost:9", health: .checking)
        }
    }

    @Test("the server stays while a call runs")
    func chooseServerWhileRunning() {
        var state = State.running()
        expect(&state, .pressed(.chooseServer)) {
            $0.notice = Notice(.warning, "a call is running: cancel it before changing the server")
        }
    }

    @Test("health can be asked for, given a server")
    func checkHealth() {
        var state = State.connected()
        expect(&state, .pressed(.checkHealth), effects: [.checkHealth]) {
            $0.server.health = .checking
            $0.isHealthAsked = true
        }
        state = State(server: ServerStatus(name: "x"), fields: Greeter.request.fields, sample: .sample)
        expect(&state, .pressed(.checkHealth)) {
            $0.notice = Notice(.failure, "no server is connected: choose one first")
        }
    }

    // MARK: Kind and settings

    @Test("the kind menu begins at the present kind and sets another")
    func kind() {
        var state = State.connected(kind: .unary)
        expect(&state, .pressed(.chooseKind)) { $0.overlays = [.menu(.kinds(.unary))] }
        expect(&state, .steppedInOverlay(by: 2)) { $0.overlays = [.menu(.kinds(.clientStream))] }
        expect(&state, .overlayAccepted) {
            $0.overlays = []
            $0.settings.kind = .clientStream
            $0.chosenKind = .clientStream
        }
        _ = update(&state, .pressed(.chooseKind))
        expect(&state, .itemClicked(3)) {
            $0.overlays = []
            $0.settings.kind = .bidirectional
            $0.chosenKind = .bidirectional
        }
        expect(&state, .itemClicked(3))
        expect(&state, .kindChosen(.serverStream)) {
            $0.settings.kind = .serverStream
            $0.chosenKind = .serverStream
        }
    }

    @Test("holding open is a choice for each kind that streams requests")
    func hold() {
        var state = State.connected(kind: .clientStream)
        expect(&state, .pressed(.toggleHold)) {
            $0.settings.holdsOpen = true
            $0.notice = Notice(.info, "the next client stream call stays open until it is half-closed")
        }
        state.settings.kind = .unary
        expect(&state, .pressed(.toggleHold)) {
            $0.notice = Notice(.warning, "a unary call sends no stream that could be held open")
        }
        #expect(!state.settings.holdsOpen)
    }

    @Test(
        "settings are read as people write them",
        arguments: [
            ("none", "yes", nil, true), ("5s", "no", Duration.seconds(5), false),
            (" 250ms", "Y", .milliseconds(250), true),
        ])
    func settings(deadline: String, hold: String, expected: Duration?, holds: Bool) {
        var state = State.connected()
        _ = update(&state, .pressed(.settings))
        _ = update(&state, .edited(deadline))
        _ = update(&state, .steppedInOverlay(by: 1))
        _ = update(&state, .edited(hold))
        expect(&state, .overlayAccepted) {
            $0.overlays = []
            $0.settings.deadline = expected
            $0.settings.holdsOpen = holds
        }
    }

    @Test("a method is called instead of the usual one, by the kind that it was set for, until it is taken away")
    func method() {
        var state = State.connected(kind: .clientStream)
        func set(_ text: String) {
            _ = update(&state, .pressed(.settings))
            _ = update(&state, .steppedInOverlay(by: 9))
            _ = update(&state, .edited(text))
            _ = update(&state, .overlayAccepted)
        }
        set(" /v1/other ")
        #expect(state.settings.methods == [.clientStream: "/v1/other"])
        guard case .startCall(let call)? = update(&state, .pressed(.run)).first else {
            Issue.record("no call was started")
            return
        }
        #expect(call.options.method == "/v1/other")
        state.call = nil
        state.settings.kind = .unary
        guard case .startCall(let other)? = update(&state, .pressed(.run)).first else {
            Issue.record("no call was started")
            return
        }
        #expect(other.options.method == nil)
        state.call = nil
        state.settings.kind = .clientStream
        // The server is a gateway: a gRPC method is none of its routes.
        set("SayHelloStream")
        guard case .form(let form)? = state.overlays.last else {
            Issue.record("the form was left")
            return
        }
        #expect(form.fields[9].problem == "a route of the gateway, which begins with /")
        _ = update(&state, .edited(""))
        _ = update(&state, .overlayAccepted)
        #expect(state.settings.methods.isEmpty)
    }

    @Test("settings that cannot be read say where", arguments: [("0s", "yes", 0), ("soon", "no", 0), ("1s", "?", 1)])
    func badSettings(deadline: String, hold: String, field: Int) {
        var state = State.connected()
        let before = state.settings
        _ = update(&state, .pressed(.settings))
        _ = update(&state, .edited(deadline))
        _ = update(&state, .steppedInOverlay(by: 1))
        _ = update(&state, .edited(hold))
        _ = update(&state, .overlayAccepted)
        guard case .form(let form)? = state.overlay else { Issue.record("the form is gone"); return }
        #expect(form.fields[field].problem != nil)
        #expect(state.settings == before)
    }

    @Test(
        "a policy that cannot be says so at the part that is wrong",
        arguments: [
            ("retry", "perhaps", "off, restart"), ("attempts", "many", "from 1 to 100"),
            ("attempts", "101", "the number of attempts is not a whole number from 1 to 100"),
            ("back-off", "soon", "such as 500ms"),
            ("back-off", "0s", "the initial back-off is not a time of more than 0s"),
            ("max back-off", "1ms", "at least the initial one, 500ms"), ("multiplier", "x", "such as 2"),
            ("multiplier", "0.5", "the multiplier is not a number of at least 1"),
            ("jitter", "some", "none full equal"),
            ("repeat post", "maybe", "yes:"),
        ])
    func badPolicy(label: String, text: String, problem: String) throws {
        var state = State.connected()
        let before = state.settings
        _ = update(&state, .pressed(.settings))
        guard case .form(let opened)? = state.overlay else { Issue.record("no form is open"); return }
        let field = try #require(opened.fields.firstIndex { $0.label == label })
        _ = update(&state, .steppedInOverlay(by: field))
        _ = update(&state, .edited(text))
        _ = update(&state, .overlayAccepted)
        guard case .form(let form)? = state.overlay else { Issue.record("the form is gone"); return }
        #expect(form.fields.filter { $0.problem != nil }.map(\.label) == [label])
        #expect(form.fields[form.focus].problem?.contains(problem) == true)
        #expect(state.settings == before)
    }

    // MARK: Panes

    @Test("tab goes round the panes that are on screen")
    func tab() {
        var state = State.connected()
        expect(&state, .pressed(.previousPane)) { $0.focus = .detail }
        expect(&state, .pressed(.nextPane)) { $0.focus = .compose }
        state.layout = Layout([.compose: PaneMetrics(rows: 3), .received: PaneMetrics(rows: 3)])
        expect(&state, .pressed(.nextPane)) {
            $0.focus = .received
            $0.detailDirection = .received
        }
        expect(&state, .pressed(.nextPane)) {
            $0.focus = .compose
            $0.detailDirection = nil
        }
    }

    @Test("tab goes to the next pane where one is shown at a time, too")
    func tabAlone() {
        var state = State.connected()
        var seen: [Pane] = []
        for _ in 1...6 {
            seen.append(state.focus)
            state.layout = Layout([state.focus: PaneMetrics(rows: 3)])
            _ = update(&state, .pressed(.nextPane))
        }
        #expect(seen == [.compose, .sent, .received, .attempts, .detail, .compose])
    }

    @Test(
        "numbers choose panes, and the detail tells of the pane looked at last",
        arguments: [
            (Action.focusCompose, Pane.compose, nil), (.focusSent, .sent, .sent),
            (.focusReceived, .received, .received), (.focusAttempts, .attempts, nil), (.focusDetail, .detail, nil),
            (.showDetail, .detail, nil),
        ] as [(Action, Pane, Direction?)])
    func choosePane(action: Action, pane: Pane, direction: Direction?) {
        var state = State.connected()
        state.detail = ListPosition(top: 5)
        expect(&state, .pressed(action)) {
            $0.focus = pane
            $0.detailDirection = direction
            if direction != nil { $0.detail = ListPosition() }
        }
    }

    private func scrollable() -> State {
        var state = State.running()
        state.layout.panes[.detail] = PaneMetrics(rows: 4, content: 20)
        let progress = CallProgress(.sent((1...100).map { .request($0) }))
        _ = update(&state, .callProgressed(id: 1, progress, oldestSent: 1, oldestReceived: 1))
        _ = update(&state, .pressed(.focusSent))
        return state
    }

    @Test("movement chooses rows within the list and stops following")
    func movement() {
        var state = scrollable()
        expect(&state, .pressed(.up)) { $0.sent = ListPosition(selected: 98, top: 90) }
        expect(&state, .pressed(.pageUp)) { $0.sent = ListPosition(selected: 89, top: 89) }
        expect(&state, .pressed(.first)) { $0.sent = ListPosition(selected: 0, top: 0) }
        expect(&state, .pressed(.up))
        expect(&state, .pressed(.pageDown)) { $0.sent = ListPosition(selected: 9, top: 0) }
        expect(&state, .pressed(.down)) { $0.sent = ListPosition(selected: 10, top: 1) }
        expect(&state, .pressed(.last)) { $0.sent = ListPosition(selected: 99, top: 90) }
        expect(&state, .pressed(.first)) { $0.sent = ListPosition(selected: 0, top: 0) }
        expect(&state, .pressed(.follow)) { $0.sent = ListPosition(selected: 99, top: 90, isFollowing: true) }
    }

    @Test("the detail pane scrolls as far as its content goes")
    func detailScroll() {
        var state = scrollable()
        _ = update(&state, .pressed(.focusDetail))
        expect(&state, .pressed(.down)) { $0.detail = ListPosition(selected: 1, top: 1) }
        for _ in 0..<10 { _ = update(&state, .pressed(.pageDown)) }
        #expect(state.detail.top == 16)
    }

    @Test("the wheel scrolls the pane under it, a click chooses a row")
    func mouse() {
        var state = scrollable()
        _ = update(&state, .pressed(.focusCompose))
        expect(&state, .scrolled(.sent, by: -3)) { $0.sent = ListPosition(selected: 96, top: 87) }
        expect(&state, .clicked(.sent, row: 2)) {
            $0.focus = .sent
            $0.detailDirection = .sent
            $0.sent = ListPosition(selected: 89, top: 87)
        }
        expect(&state, .clicked(.compose, row: nil)) {
            $0.focus = .compose
            $0.detailDirection = nil
        }
        expect(&state, .clicked(.compose, row: 1)) { $0.composer.selected = 1 }
        expect(&state, .clicked(.compose, row: 30))
    }

    @Test("a new layout keeps the chosen row in view, and the focus on a pane that is there")
    func layout() {
        var state = scrollable()
        _ = update(&state, .pressed(.up))
        let layout = Layout([.compose: PaneMetrics(rows: 2), .received: PaneMetrics(rows: 2)])
        var expected = state
        expected.layout = layout
        expected.focus = .compose
        expected.sent.top = 98
        state.layOut(layout)
        #expect(state == expected)
    }

    // MARK: Finding and copying

    @Test("find looks on from the chosen row in the transcript")
    func find() {
        var state = scrollable()
        _ = update(&state, .pressed(.first))
        _ = update(&state, .pressed(.find))
        _ = update(&state, .edited("bob"))
        let begun = SearchState(text: "bob", progress: .init(searched: 0, total: 100))
        let query = FindQuery(callID: 1, direction: .sent, patterns: [.text("bob")], start: 1, goesForward: true)
        func effects(_ query: FindQuery) -> [Effect] { [.search(.find(query)), .search(.count(query, text: "bob"))] }
        expect(&state, .overlayAccepted, effects: effects(query)) {
            $0.found = FoundMessages(.sent, callID: 1, "bob")
            $0.entered = ["Find in sent": ["bob"]]
            $0.overlays = []
            $0.pattern = "bob"
            $0.finding = begun
        }
        expect(&state, .search(.found(.sent, number: 42))) {
            $0.sent = ListPosition(selected: 41, top: 32)
            $0.finding = nil
        }
        let next = FindQuery(callID: 1, direction: .sent, patterns: [.text("bob")], start: 43, goesForward: true)
        expect(&state, .pressed(.findNext), effects: effects(next)) { $0.finding = begun }
        let previous = FindQuery(callID: 1, direction: .sent, patterns: [.text("bob")], start: 41, goesForward: false)
        expect(&state, .pressed(.findPrevious), effects: effects(previous))
        expect(&state, .search(.found(.sent, number: nil))) {
            $0.finding = nil
            $0.notice = Notice(.warning, "not found: bob")
        }
    }

    @Test("which match is chosen is said, and of how many as far as they were counted")
    func counted() {
        var state = scrollable()
        func found(_ numbers: [Int], searched: Int, _ text: String = "bob", call: Int = 1) -> Message {
            .search(.counted(.sent, callID: call, text, NumberSet(numbers), searched: searched))
        }
        _ = update(&state, .pressed(.find))
        _ = update(&state, .edited("bob"))
        _ = update(&state, .overlayAccepted)
        _ = update(&state, .search(.found(.sent, number: 42)))
        #expect(state.matchText(in: .sent) == nil)
        _ = update(&state, found([7, 42], searched: 50))
        #expect(state.matchText(in: .sent) == "match 2 of 2+" && state.matchText(in: .received) == nil)
        _ = update(&state, found([7, 42, 99], searched: 100))
        #expect(state.matchText(in: .sent) == "match 2 of 3")
        _ = update(&state, .pressed(.up))
        #expect(state.matchText(in: .sent) == "3 match")
        // What comes late, of another search or another call, is not taken for it.
        _ = update(&state, found([1], searched: 100, "eve"))
        _ = update(&state, found([1], searched: 100, call: 2))
        #expect(state.matchText(in: .sent) == "3 match")
    }

    @Test("find goes round the composer")
    func findInComposer() {
        var state = State.connected()
        _ = update(&state, .pressed(.find))
        _ = update(&state, .edited("B"))
        expect(&state, .overlayAccepted) {
            $0.entered = ["Find in compose": ["B"]]
            $0.overlays = []
            $0.pattern = "B"
            $0.composer.selected = 1
            $0.notice = Notice(.info, "match 1 of 1")
        }
        expect(&state, .pressed(.findNext))
        expect(&state, .pressed(.findPrevious))
    }

    @Test("the next of nothing asks what to look for")
    func findNothing() {
        var state = State.connected()
        _ = update(&state, .pressed(.findNext))
        guard case .form(let form)? = state.overlay else { Issue.record("no form is open"); return }
        #expect(form.title == "Find in compose")
        expect(&state, .overlayAccepted) { $0.overlays = [] }
    }

    @Test("copying takes what the focus is on")
    func copy() {
        var state = scrollable()
        expect(&state, .pressed(.copy), effects: [.terminal(.copyMessage(.sent, number: 100, .plain))])
        expect(&state, .copied(.copied)) { $0.notice = Notice(.info, "copied to the clipboard") }
        _ = update(&state, .pressed(.focusDetail))
        expect(&state, .pressed(.copy), effects: [.terminal(.copyMessage(.sent, number: 100, .plain))])
        _ = update(&state, .pressed(.focusReceived))
        expect(&state, .pressed(.copy)) {
            $0.notice = Notice(.warning, "nothing to copy here: choose a message in the sent or received pane")
        }
        _ = update(&state, .pressed(.focusCompose))
        expect(&state, .pressed(.copy), effects: [.terminal(.copyText("Alice · en"))])
        _ = update(&state, .pressed(.focusAttempts))
        expect(&state, .pressed(.copy), effects: [.terminal(.copyLines(.attempts))]) { $0.notice = nil }
    }

    // MARK: Overlays

    @Test("help scrolls as far as the layout allows and is left by its key")
    func help() {
        var state = State.connected()
        state.layout.overlay = PaneMetrics(rows: 10, content: 12)
        expect(&state, .pressed(.help)) { $0.overlays = [.help(Help())] }
        var help = Help()
        for (message, top) in [(Message.steppedInOverlay(by: 5), 2), (.scrolled(.sent, by: -1), 1)] {
            help.position = ListPosition(selected: 2, top: top)
            expect(&state, message) { $0.overlays = [.help(help)] }
        }
        expect(&state, .overlayDismissed) { $0.overlays = [] }
    }

    @Test("the palette finds an action by its words and performs it")
    func palette() {
        var state = State.connected(kind: .unary)
        _ = update(&state, .pressed(.palette))
        _ = update(&state, .edited("Kind CALL"))
        guard case .menu(let menu)? = state.overlay else { Issue.record("no palette is open"); return }
        #expect(menu.items.map(\.choice) == [.pressed(.chooseKind)])
        expect(&state, .overlayAccepted) {
            $0.recentActions = [.chooseKind]
            $0.overlays = [.menu(.kinds(.unary))]
        }
    }

    @Test(
        "the palette finds an action by what people call it",
        arguments: [
            ("save", Action.writePlan), ("search", .find), ("stop", .cancel), ("exit", .quit), ("retry", .runAgain),
            ("connect", .chooseServer), ("hlfcls", .halfClose), ("undo", .undo), ("move-up", .moveStepUp),
            ("maximize", .zoomIn), ("screenshot", .capture), ("timeout", .settings), ("run", .run),
            ("token", .settings), ("header", .settings), ("theme", .settings), ("reconnect", .chooseServer),
            ("client stream", .chooseKind),
        ])
    func paletteAliases(query: String, action: Action) {
        var state = State.connected()
        _ = update(&state, .pressed(.palette))
        _ = update(&state, .edited(query))
        guard case .menu(let menu)? = state.overlay else { Issue.record("no palette is open"); return }
        #expect(menu.items.first?.choice == .pressed(action), "\(menu.items.map(\.title))")
    }

    @Test("the palette finds every action by its name")
    func paletteNames() {
        for action in Action.allCases where action.isInPalette {
            var menu = Menu.palette()
            _ = menu.edit(action.rawValue)
            #expect(menu.items.contains { $0.choice == .pressed(action) }, "\(action)")
        }
    }

    @Test("what was chosen by name last comes first in the palette")
    func recentActions() {
        var state = State.connected()
        for query in ["settings", "preview", "settings"] {
            _ = update(&state, .pressed(.palette))
            _ = update(&state, .edited(query))
            _ = update(&state, .overlayAccepted)
            _ = update(&state, .overlayDismissed)
        }
        _ = update(&state, .pressed(.palette))
        guard case .menu(let menu)? = state.overlay else { Issue.record("no palette is open"); return }
        #expect(menu.items.prefix(2).map(\.choice) == [.pressed(.settings), .pressed(.preview)])
        #expect(Set(menu.items.map(\.choice)) == Set(Menu.palette().items.map(\.choice)))
    }

    @Test("a prompt brings back what was entered in it, and what was being typed")
    func recall() {
        var state = State.connected()
        for text in ["one", "two", "one"] {
            _ = update(&state, .pressed(.find))
            _ = update(&state, .edited(text))
            _ = update(&state, .overlayAccepted)
        }
        _ = update(&state, .pressed(.find))
        _ = update(&state, .edited("thr"))
        let texts = [-1, -1, -1, 1, 1, 1].map { distance in
            _ = update(&state, .steppedInOverlay(by: distance))
            return state.editedText
        }
        #expect(texts == ["one", "two", "two", "one", "thr", "thr"])
    }

    @Test("a message that becomes a request keeps what it must have")
    func composesWhole() {
        var state = State.connected()
        _ = update(&state, .messageRead(Greeter.request("Chloé", language: "fr")))
        guard case .form(let form)? = state.overlay else { Issue.record("no form is open"); return }
        #expect(form.fields.prefix(2).map(\.text) == ["Chloé", "fr"])
    }

    @Test("a pane is given most of the screen, all of it, and what it had before")
    func zoom() {
        var state = State.connected()
        let zooms = [Action.zoomIn, .zoomIn, .zoomIn, .zoomOut, .zoomIn, .zoomOut].map { action in
            _ = update(&state, .pressed(action))
            return state.zoom
        }
        #expect(zooms == [.most, .whole, .none, .none, .most, .none])
    }

    @Test("a slash before what is looked for is no part of it", arguments: [Action.palette, .help])
    func slash(_ list: Action) {
        var state = State.connected()
        _ = update(&state, .pressed(list))
        _ = update(&state, .edited("/save"))
        #expect(state.editedText == "save")
        _ = update(&state, .edited("save/"))
        #expect(state.editedText == "save/")
    }

    @Test("a palette without a match does nothing")
    func emptyPalette() {
        var state = State.connected()
        _ = update(&state, .pressed(.palette))
        _ = update(&state, .edited("zzz"))
        expect(&state, .overlayAccepted)
    }

    @Test("the palette offers every action but plain movement")
    func paletteIsComplete() {
        let offered = Set(Menu.palette().items.map(\.choice))
        for action in Action.allCases where ![.up, .down, .palette].contains(action) {
            #expect(offered.contains(.pressed(action)))
        }
    }

    @Test("escape clears the notice when nothing lies on top")
    func dismissNotice() {
        var state = State.connected()
        state.notice = Notice(.info, "x")
        expect(&state, .overlayDismissed) { $0.notice = nil }
    }

    // MARK: Leaving

    @Test("quit asks while a stream is open")
    func quit() {
        var state = State.connected()
        expect(&state, .pressed(.quit), effects: [.terminal(.quit)])
        state = .running()
        _ = update(&state, .pressed(.quit))
        guard case .question(let question)? = state.overlay else { Issue.record("nothing is asked"); return }
        #expect(question.lines == ["A stream is open. Quit all the same?"])
        #expect(question.choices.map(\.key) == ["y", "n"])
        var staying = state
        expect(&staying, .itemClicked(1)) {
            $0.overlays = []
            $0.departure = nil
        }
        expect(&state, .overlayAccepted, effects: [.cancelCall(id: 1), .terminal(.quit)]) {
            $0.overlays = []
            $0.departure = nil
            $0.call?.isCancelAsked = true
        }
    }

    @Test("leaving at once ends the call and the program", arguments: [Message.pressed(.leave), .terminated])
    func leave(message: Message) {
        var state = State.running()
        expect(&state, message, effects: [.cancelCall(id: 1), .terminal(.quit)]) { $0.call?.isCancelAsked = true }
    }

    @Test(
        "what only the terminal can do is an effect",
        arguments: [(Action.redraw, TerminalEffect.redraw), (.suspend, .suspend)])
    func terminal(action: Action, effect: TerminalEffect) {
        var state = State.connected()
        expect(&state, .pressed(action), effects: [.terminal(effect)])
    }
}
