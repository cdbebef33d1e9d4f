import RPCCore
import Testing

@testable import WorkbenchModel

@Suite("Searching messages")
struct SearchTests {
    /// A call of 100 requests and 100 replies, ten rows on screen, with the focus on the requests.
    private func scene(live: Bool = false) -> State {
        var state = State.connected()
        _ = update(&state, .pressed(.run))
        var progress = CallProgress()
        progress.apply(.attemptStarted(Attempt(start: .zero, wallTime: .distantPast)))
        progress.apply(.sent((1...100).map { .request($0) }))
        progress.apply(.received((1...100).map { .request($0) }))
        if !live {
            progress.apply(.ended(CallOutcome(delivery: Delivery(sent: 100), time: .seconds(1), rule: "done")))
        }
        let rows = PaneMetrics(rows: 10)
        let metrics: [Pane: PaneMetrics] = [.compose: rows, .sent: rows, .received: rows]
        state.layOut(Layout(metrics))
        _ = update(&state, .callProgressed(id: 1, progress, oldestSent: 1, oldestReceived: 1))
        _ = update(&state, .pressed(.focusSent))
        state.notice = nil
        return state
    }

    private func filtered(_ state: inout State, by text: String) throws {
        _ = update(&state, .pressed(.filter))
        _ = update(&state, .edited(text))
        let effects = update(&state, .overlayAccepted)
        #expect(effects == [.search(.filter(.sent, callID: 1, try MessagePattern(parsing: text)))])
    }

    @Test("a filter narrows the pane, and leaves the choice where it was")
    func filter() throws {
        var state = scene()
        _ = update(&state, .pressed(.first))
        for _ in 1...41 { _ = update(&state, .pressed(.down)) }
        #expect(state.selectedNumber(in: .sent) == 42)
        try filtered(&state, by: "x")
        #expect(state.selectedNumber(in: .sent) == nil)
        let part = NumberSet([7, 14])
        _ = update(&state, .search(.filtered(.sent, callID: 1, part, searched: 20)))
        #expect(state.sent.selected == 0)
        let all = NumberSet(stride(from: 7, through: 98, by: 7))
        _ = update(&state, .search(.filtered(.sent, callID: 1, all, searched: 100)))
        #expect(state.selectedNumber(in: .sent) == 42)
        _ = update(&state, .pressed(.down))
        #expect(state.selectedNumber(in: .sent) == 49)
        expectCopy(&state, 49)
        _ = update(&state, .pressed(.last))
        #expect(state.selectedNumber(in: .sent) == 98)
        #expect(state.number(ofRow: 14, in: .sent) == nil)
        #expect(state.number(ofRow: 14, in: .received) == 15)

        _ = update(&state, .pressed(.filter))
        _ = update(&state, .edited(""))
        #expect(update(&state, .overlayAccepted) == [.search(.stopFilter(.sent))])
        #expect(state.filters.isEmpty)
        #expect(state.selectedNumber(in: .sent) == 98)
    }

    private func expectCopy(_ state: inout State, _ number: Int) {
        #expect(update(&state, .pressed(.copy)) == [.terminal(.copyMessage(.sent, number: number, .plain))])
    }

    @Test("who follows goes on following what matches, and a new call is not narrowed")
    func following() throws {
        var state = scene(live: true)
        try filtered(&state, by: "x")
        for last in [20, 40, 60] {
            let matches = NumberSet(stride(from: 10, through: last, by: 10))
            _ = update(&state, .search(.filtered(.sent, callID: 1, matches, searched: last)))
            #expect(state.selectedNumber(in: .sent) == last)
        }
        // What another call's filter still says does not count.
        _ = update(&state, .search(.filtered(.sent, callID: 9, NumberSet(), searched: 0)))
        #expect(state.selectedNumber(in: .sent) == 60)
        var progress = CallProgress()
        progress.apply(.ended(CallOutcome(delivery: Delivery(), time: .zero, rule: "done")))
        _ = update(&state, .callProgressed(id: 1, progress, oldestSent: 1, oldestReceived: 1))
        _ = update(&state, .pressed(.run))
        #expect(state.filters.isEmpty)
    }

    @Test("find in a narrowed pane looks for what has both")
    func findInFilter() throws {
        var state = scene()
        try filtered(&state, by: "/a+/")
        _ = update(&state, .search(.filtered(.sent, callID: 1, NumberSet([5, 50]), searched: 100)))
        _ = update(&state, .pressed(.first))
        _ = update(&state, .pressed(.find))
        _ = update(&state, .edited("bob"))
        let query = FindQuery(
            callID: 1, direction: .sent, patterns: [.text("bob"), .expression(try TextPattern("a+"))], start: 5,
            goesForward: true)
        // A narrowed pane counts by itself.
        #expect(update(&state, .overlayAccepted) == [.search(.find(query))])
        _ = update(&state, .search(.found(.sent, number: 50)))
        #expect(state.selectedNumber(in: .sent) == 50)
        #expect(state.sent.selected == 1)
    }

    @Test("an expression that is none is refused, and says why", arguments: [Action.find, .filter])
    func badPattern(_ action: Action) {
        var state = scene()
        _ = update(&state, .pressed(action))
        _ = update(&state, .edited("/(/"))
        #expect(update(&state, .overlayAccepted).isEmpty)
        guard case .form(let form)? = state.overlay else { Issue.record("the form is gone"); return }
        #expect(form.fields[0].problem?.hasPrefix("no regular expression") == true)
    }

    @Test("escape stops a search, and a filter that takes its time; what is found stays")
    func stop() throws {
        var state = scene()
        _ = update(&state, .pressed(.find))
        _ = update(&state, .edited("bob"))
        _ = update(&state, .overlayAccepted)
        #expect(state.search == nil)
        _ = update(&state, .search(.progressed(.init(searched: 40, total: 100))))
        #expect(state.search == SearchState(text: "bob", progress: .init(searched: 40, total: 100)))
        #expect(update(&state, .overlayDismissed) == [.search(.stopFinding)])
        #expect(state.search == nil && state.finding == nil)

        // Enough of them for a bar.
        var progress = CallProgress()
        progress.apply(.sent((1...50_000).map { .request($0) }))
        state.call?.progress = progress
        try filtered(&state, by: "x")
        _ = update(&state, .search(.filtered(.sent, callID: 1, NumberSet([5]), searched: 4096)))
        #expect(state.search == SearchState(text: "x", progress: .init(searched: 4096, total: 50_000)))
        #expect(update(&state, .overlayDismissed) == [.search(.stopFilter(.sent))])
        #expect(state.search == nil)
        #expect(state.selectedNumber(in: .sent) == 5)
        #expect(update(&state, .overlayDismissed).isEmpty)
    }

    @Test("a search that fails says so, and ends")
    func failure() throws {
        var state = scene()
        try filtered(&state, by: "x")
        _ = update(&state, .search(.failed("part of it is damaged")))
        #expect(state.notice == Notice(.failure, "the search has failed: part of it is damaged"))
        #expect(state.filters[.sent]?.isActive == false)
    }

    @Test(
        "going to a message by its number or a time",
        arguments: [
            ("42", 42, nil), (" 7 ", 7, nil), ("101", nil, nil), ("0", nil, nil), ("-1", nil, nil), ("x", nil, nil),
            ("+2.5s", nil, .elapsed(.milliseconds(2500))), ("+", nil, nil),
            ("12:03", nil, .timeOfDay(.seconds(43_380))), ("00:00:01.5", nil, .timeOfDay(.milliseconds(1500))),
            ("24:00", nil, nil), ("1:2:3:4", nil, nil), ("12:60", nil, nil), ("12:00:60", nil, nil),
        ] as [(String, Int?, CallMoment?)])
    func jump(_ text: String, _ number: Int?, _ moment: CallMoment?) {
        var state = scene()
        _ = update(&state, .pressed(.jump))
        _ = update(&state, .edited(text))
        let effects = update(&state, .overlayAccepted)
        #expect(effects == (moment.map { [.search(.jump(.sent, callID: 1, to: $0))] } ?? []))
        #expect(state.overlays.isEmpty == (number != nil || moment != nil))
        if let number { #expect(state.selectedNumber(in: .sent) == number) }
    }

    @Test("one key goes to the other one of a pair")
    func counterpart() {
        var state = scene()
        _ = update(&state, .pressed(.last))
        #expect(
            update(&state, .pressed(.counterpart)) == [
                .search(.findCounterpart(.sent, callID: 1, number: 100, Pairings()))
            ])
        _ = update(&state, .search(.jumped(.received, number: 99)))
        #expect(state.focus == .received)
        #expect(state.selectedNumber(in: .received) == 99)
        #expect(
            update(&state, .pressed(.counterpart)) == [
                .search(.findCounterpart(.received, callID: 1, number: 99, Pairings()))
            ])
        _ = update(&state, .search(.jumped(.sent, number: nil)))
        #expect(state.notice?.text == "there is no such message")
        #expect(state.focus == .received)
    }

    @Test("from a narrowed pane, too")
    func counterpartInFilter() throws {
        var state = scene()
        try filtered(&state, by: "x")
        _ = update(&state, .search(.filtered(.sent, callID: 1, NumberSet([3, 99]), searched: 100)))
        #expect(
            update(&state, .pressed(.counterpart)) == [
                .search(.findCounterpart(.sent, callID: 1, number: 99, Pairings()))
            ])
        _ = update(&state, .search(.filtered(.sent, callID: 1, NumberSet(), searched: 100)))
        #expect(update(&state, .pressed(.counterpart)).isEmpty)
    }

    @Test("without a call there is nothing to narrow or to go to", arguments: [Action.filter, .jump, .counterpart])
    func noCall(_ action: Action) {
        var state = State.connected()
        #expect(update(&state, .pressed(action)).isEmpty)
        #expect(state.overlays.isEmpty)
        #expect(state.notice?.level == .warning)
    }
}
