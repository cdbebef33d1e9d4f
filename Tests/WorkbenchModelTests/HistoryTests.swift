import Plans
import RPCCore
import TestSupport
import Testing
import WorkbenchModel

@Suite("The history on screen")
struct HistoryTests {
    /// A history of so many calls, the newest with the highest number, that answers what the state asks for.
    private struct Store {
        var calls: [HistoryEntry]

        init(_ count: Int) {
            calls = (1...count).reversed().map { HistoryEntry.sample(Int64($0)) }
        }

        func page(_ query: HistoryQuery) -> [HistoryEntry] {
            switch query.part {
            case .newest: Array(calls.prefix(query.limit))
            case .before(let call): Array(calls.filter { $0.id < call }.prefix(query.limit))
            case .after(let call): Array(calls.filter { $0.id > call }.suffix(query.limit))
            }
        }

        /// Lets a message happen, and answers the lists that are asked for.
        func perform(_ message: Message, on state: inout State) {
            for case .history(.list(let query)) in update(&state, message) {
                _ = update(&state, .history(.listed(query, .success(page(query)))))
            }
        }
    }

    private func browser(_ state: State) throws -> HistoryBrowser {
        try #require(
            state.overlays.lazy.compactMap { if case .history(let browser) = $0 { browser } else { nil } }.first)
    }

    /// A workbench with the list of these calls on top.
    private func listing(_ entries: HistoryEntry..., from state: State = .connected()) -> State {
        var state = state
        _ = update(&state, .pressed(.history))
        _ = update(&state, .history(.listed(HistoryQuery(.newest), .success(entries))))
        return state
    }

    /// A workbench with a call of the history on screen.
    private func opening(_ facts: RecordedFacts, from state: State = .connected()) -> State {
        var state = listing(facts.entry, from: state)
        _ = update(&state, .overlayAccepted)
        _ = update(&state, .history(.opened(facts.entry.id, .success(facts))))
        return state
    }

    // MARK: The list

    @Test("the newest calls are asked for when it is opened")
    func opens() throws {
        var state = State.connected()
        let query = HistoryQuery(text: "", .newest, limit: 100)
        expect(&state, .pressed(.history), effects: [.history(.list(query))]) {
            $0.overlays = [.history(HistoryBrowser())]
        }
        #expect(try browser(state).entries.isEmpty)
        #expect(try browser(state).pending == query)
        _ = update(&state, .history(.listed(query, .success([.sample(2), .sample(1)]))))
        #expect(try browser(state).entries.map(\.id) == [2, 1])
        #expect(try browser(state).selection?.id == 2)
        #expect(try browser(state).pending == nil)
    }

    @Test("a list longer than the window is gone through to its end and back, with a bounded number of rows in memory")
    func window() throws {
        let store = Store(1234)
        var state = State.connected()
        store.perform(.pressed(.history), on: &state)
        var seen = [try #require(browser(state).selection).id]
        for direction in [1, -1] {
            for _ in 1..<store.calls.count {
                store.perform(.steppedInOverlay(by: direction), on: &state)
                let browser = try browser(state)
                #expect(browser.entries.count <= HistoryBrowser.rowLimit)
                seen.append(try #require(browser.selection).id)
            }
        }
        let all = store.calls.map(\.id)
        #expect(seen == all + all.reversed().dropFirst())
    }

    @Test("leaps of a page end at the last call and at the first")
    func leaps() throws {
        let store = Store(501)
        var state = State.connected()
        store.perform(.pressed(.history), on: &state)
        for _ in 0..<60 { store.perform(.steppedInOverlay(by: 10), on: &state) }
        #expect(try browser(state).selection?.id == 1)
        for _ in 0..<60 { store.perform(.steppedInOverlay(by: -10), on: &state) }
        #expect(try browser(state).selection?.id == 501)
    }

    @Test("what is typed is looked for in all calls, and what comes late for an earlier text is ignored")
    func typing() throws {
        var state = listing(.sample(2), .sample(1))
        let (first, second) = (HistoryQuery(text: "a", .newest), HistoryQuery(text: "ab", .newest))
        #expect(update(&state, .edited("a")) == [.history(.list(first))])
        #expect(update(&state, .edited("ab")) == [.history(.list(second))])
        _ = update(&state, .history(.listed(first, .success([.sample(9)]))))
        #expect(try browser(state).entries.map(\.id) == [2, 1])
        #expect(try browser(state).isStale)
        _ = update(&state, .history(.listed(second, .success([.sample(1)]))))
        #expect(try browser(state).entries.map(\.id) == [1])
    }

    @Test("a text that is accepted before its calls are known opens the first of them")
    func hasty() {
        var state = listing(.sample(2), .sample(1))
        _ = update(&state, .edited("x"))
        #expect(update(&state, .overlayAccepted) == [])
        let effects = update(
            &state, .history(.listed(HistoryQuery(text: "x", .newest), .success([.sample(1)]))))
        #expect(effects == [.history(.open(1))])
    }

    @Test(
        "what keeps it from being read is said", arguments: [HistoryProblem.off, .failed("written by a newer version")])
    func problem(_ problem: HistoryProblem) throws {
        var state = State.connected()
        _ = update(&state, .pressed(.history))
        _ = update(&state, .history(.listed(HistoryQuery(.newest), .failure(problem))))
        #expect(try browser(state).problem == problem)
        expect(&state, .overlayAccepted)
        expect(&state, .overlayDismissed) { $0.overlays = [] }
    }

    // MARK: Opening

    @Test("an earlier call takes the place of the one on screen, with a number of its own")
    func opened() {
        let facts = RecordedFacts.sample(7)
        var state = State.running()
        _ = update(&state, .callProgressed(id: 1, CallProgress(.ended(.success)), oldestSent: 1, oldestReceived: 1))
        state = listing(facts.entry, from: state)
        #expect(update(&state, .overlayAccepted) == [.history(.open(7))])
        #expect(update(&state, .overlayAccepted) == [])
        #expect(update(&state, .history(.opened(7, .success(facts)))) == [.history(.show(7, callID: 2))])
        #expect(state.overlays.isEmpty)
        #expect(state.call?.id == 2)
        #expect(state.call?.recorded == facts.entry)
        #expect(state.call?.isLive == false)
        #expect(state.call?.progress == facts.progress)
        #expect(state.notice?.text == "call 7 of 2026-11-22 12:00:07, from the history: it is not live")
    }

    @Test("a call that goes on is not put aside for an earlier one")
    func live() throws {
        var state = listing(.sample(7), from: .running())
        #expect(update(&state, .overlayAccepted) == [])
        #expect(try browser(state).problem?.text.hasPrefix("a call is running") == true)
        #expect(state.call?.recorded == nil)
    }

    @Test("a call that is not wanted any more does not open")
    func unwanted() throws {
        var state = listing(.sample(7), .sample(6))
        _ = update(&state, .overlayAccepted)
        _ = update(&state, .steppedInOverlay(by: 1))
        expect(&state, .history(.opened(7, .success(.sample(7)))))
        _ = update(&state, .overlayAccepted)
        _ = update(&state, .overlayDismissed)
        expect(&state, .history(.opened(6, .success(.sample(6)))))
    }

    @Test("why a call does not open is said in the list")
    func refused() throws {
        var state = listing(.sample(7))
        _ = update(&state, .overlayAccepted)
        _ = update(&state, .history(.opened(7, .failure(.failed("call 7 goes on")))))
        #expect(try browser(state).problem == .failed("call 7 goes on"))
        #expect(try browser(state).work == nil)
    }

    @Test("the replay of the call on screen completes it, and that of another changes nothing")
    func replayed() {
        var state = opening(.sample(7))
        let complete = CallProgress(
            .sent([.request(1), .request(2), .request(3)]), .received([.reply(1)]), .ended(.success))
        expect(&state, .history(.replayed(callID: 9, .success(complete))))
        expect(&state, .history(.replayed(callID: 1, .success(complete)))) { $0.call?.progress = complete }
        expect(&state, .history(.replayed(callID: 1, .failure(.failed("it is damaged"))))) {
            $0.notice = Notice(.warning, "call 7 cannot be read to its end: it is damaged")
        }
    }

    @Test("of a call that was cut off nothing is awaited any more")
    func brokenOff() {
        var progress = CallProgress(
            .attemptStarted(Attempt(start: .zero, wallTime: .init(timeIntervalSince1970: 0))), .sent([.request(1)]),
            .retryScheduled(.sample))
        #expect(progress.retry != nil)
        progress.breakOff()
        #expect(progress.retry == nil)
        #expect(progress.mark(ofRequest: 1) == .unknown)
        #expect(progress.sendStatus == .closed(by: .failure))
        var ended = CallProgress(.ended(.success))
        ended.breakOff()
        #expect(!ended.isBrokenOff)
    }

    // MARK: Running again

    private func started(
        _ facts: RecordedFacts, resends: Int64? = nil, isHeldOpen: Bool = false,
        at server: ServerStatus = ServerStatus(name: "demo:", address: State.address)
    ) -> CallState {
        var call = CallState(
            id: 2, kind: facts.entry.kind, plan: facts.plan ?? PlanDocument(),
            options: CallOptions(deadline: .seconds(30), deadlineStart: isHeldOpen ? .halfClose : .call),
            isHeldOpen: isHeldOpen)
        call.resends = resends
        return call.at(server)
    }

    @Test("an earlier call runs again at its server, where that is the present one, with its own plan")
    func again() {
        let facts = RecordedFacts.sample(7)
        var state = opening(facts)
        expect(&state, .pressed(.runAgain), effects: [.startCall(started(facts))]) {
            $0.call = started(facts)
            $0.notice = nil
            $0.sent = ListPosition(isFollowing: true)
        }
    }

    @Test("a stream that was held open is held open again")
    func heldOpen() {
        var facts = RecordedFacts.sample(7)
        facts.entry.kind = .bidirectional
        facts.options.deadlineStart = .halfClose
        var state = opening(facts)
        #expect(update(&state, .pressed(.runAgain)) == [.startCall(started(facts, isHeldOpen: true))])
    }

    @Test("what was typed, or came from standard input, is sent again as it was, and again after that")
    func resends() {
        var facts = RecordedFacts.sample(7)
        facts.plan = nil
        facts.options.deadlineStart = .halfClose
        for kind in CallKind.allCases {
            facts.entry.kind = kind
            var state = opening(facts)
            #expect(update(&state, .pressed(.runAgain)) == [.startCall(started(facts, resends: 7))])
            _ = update(&state, .callProgressed(id: 2, CallProgress(.ended(.success)), oldestSent: 1, oldestReceived: 1))
            guard case .startCall(let call)? = update(&state, .pressed(.runAgain)).first else {
                Issue.record("it is not run")
                continue
            }
            #expect(call.resends == 7)
        }
    }

    @Test("what is sent again as it was pairs its replies as it did")
    func resendsByKey() {
        let correlation = Correlation(request: "name", reply: "message")
        var facts = RecordedFacts.sample(7)
        facts.plan = nil
        facts.entry.kind = .bidirectional
        facts.progress.apply(.paired(Pairing(correlation: correlation)))
        var state = opening(facts)
        guard case .startCall(let call)? = update(&state, .pressed(.runAgain)).first else {
            Issue.record("it is not run")
            return
        }
        #expect(call.resends == 7 && call.plan.correlate == correlation)
    }

    @Test("a call of another method is named by it, and calls it again")
    func otherMethod() {
        let method = MethodEntry(Greeter.method(.clientStream))
        var facts = RecordedFacts.sample(7)
        facts.entry.method = method.ref
        facts.method = method
        #expect(facts.entry.title == "Greeter/SayHelloClientStream")
        #expect(HistoryEntry.sample(7).title == CallKind.clientStream.title)
        var state = opening(facts)
        state.server.address?.scheme = .grpc
        guard case .startCall(let call)? = update(&state, .pressed(.runAgain)).first else {
            Issue.record("it is not run")
            return
        }
        #expect(call.method == method)
    }

    @Test("a route that had a credential in it is not called with the mask in its place")
    func maskedRoute() {
        var facts = RecordedFacts.sample(7)
        facts.options.method = "/v1/helloworld?access_token=\(Secret.mask)"
        var state = opening(facts)
        #expect(update(&state, .pressed(.runAgain)).allSatisfy { if case .startCall = $0 { false } else { true } })
        #expect(state.notice?.text.contains("has a credential in it, which is not kept") == true)
    }

    @Test("another server is connected first")
    func elsewhere() {
        var facts = RecordedFacts.sample(7)
        facts.entry.server = "http://elsewhere:8000"
        var state = opening(facts)
        #expect(update(&state, .pressed(.runAgain)) == [.connect(to: "http://elsewhere:8000")])
        #expect(state.notice?.text == "connecting to http://elsewhere:8000, to run call 7 again")
        #expect(state.call?.recorded != nil)
        let address = ServerAddress(scheme: .http, host: "elsewhere", port: 8000)
        let server = ServerStatus(name: "http://elsewhere:8000", address: address)
        let effects = update(&state, .serverConnected(server))
        #expect(effects == [.checkHealth, .startCall(started(facts, at: server))])
        #expect(state.pendingRun == nil)
    }

    @Test("it is not run where its server cannot be had, nor at a server that was chosen since")
    func unreachable() {
        var facts = RecordedFacts.sample(7)
        facts.entry.server = "http://elsewhere:8000"
        let error = CallError(.invalidArgument, "no such server", at: .connect)
        var state = opening(facts)
        _ = update(&state, .pressed(.runAgain))
        var failed = state
        let status = ServerStatus(name: "http://elsewhere:8000", health: .unreachable(error))
        #expect(update(&failed, .serverConnected(status)) == [])
        #expect(failed.pendingRun == nil)
        #expect(failed.notice?.level == .failure)
        _ = update(&state, .pressed(.chooseServer))
        fill(&state, "demo:")
        #expect(update(&state, .overlayAccepted) == [.connect(to: "demo:")])
        #expect(
            update(&state, .serverConnected(ServerStatus(name: "demo:", address: State.address))) == [.checkHealth])
    }

    @Test("the same server in other words is the same server")
    func sameServer() {
        var facts = RecordedFacts.sample(7)
        facts.entry.server = "http://localhost:80"
        var state = State.connected()
        state.server.name = "http://localhost/"
        state = opening(facts, from: state)
        #expect(update(&state, .pressed(.runAgain)) == [.startCall(started(facts, at: state.server))])
    }

    @Test("a call that was imported runs only when the user agrees, who is told the files that its plan reads")
    func imported() throws {
        var facts = RecordedFacts.sample(7)
        facts.entry.isImported = true
        facts.plan?.steps.append(.records(RecordsStep(from: .file("/etc/users.csv"))))
        var state = opening(facts)
        #expect(update(&state, .pressed(.runAgain)) == [])
        guard case .question(let question)? = state.overlay else { throw NoQuestion() }
        #expect(question.lines == ["It was imported, and calls", "demo:", "It reads /etc/users.csv."])
        #expect(!question.hasDefault)
        #expect(update(&state, .itemClicked(0)) == [.startCall(started(facts))])
    }

    private struct NoQuestion: Error {}

    // MARK: Its plan

    @Test("the plan of the call on screen is edited, with the kind of the call, once unsaved changes are done with")
    func compose() {
        var facts = RecordedFacts.sample(7)
        facts.entry.kind = .serverStream
        var state = opening(facts)
        _ = update(&state, .pressed(.deleteStep))
        _ = update(&state, .pressed(.composeCall))
        guard case .question? = state.overlay else { Issue.record("nothing is asked"); return }
        _ = update(&state, .itemClicked(1))
        #expect(state.composer.document.steps == facts.plan?.steps)
        #expect(state.composer.document.kind == .serverStream)
        #expect(state.settings.kind == .serverStream)
    }

    @Test("a call that was typed has no plan to edit")
    func composeTyped() {
        var facts = RecordedFacts.sample(7)
        facts.plan = nil
        var state = opening(facts)
        let before = state.composer
        _ = update(&state, .pressed(.composeCall))
        #expect(state.composer == before)
        #expect(state.notice?.level == .warning)
    }

    // MARK: Deleting

    @Test("a call is deleted when the user agrees")
    func delete() throws {
        var state = listing(.sample(2), .sample(1))
        #expect(update(&state, .history(.deletionAsked)) == [])
        guard case .question(let question)? = state.overlay else { throw NoQuestion() }
        #expect(question.title == "Delete call 2")
        #expect(!question.hasDefault)
        #expect(update(&state, .itemClicked(0)) == [.history(.delete(2))])
        #expect(update(&state, .history(.deletionAsked)) == [])
        #expect(update(&state, .overlayAccepted) == [])
        #expect(update(&state, .history(.deleted(2, nil))) == [])
        #expect(try browser(state).entries.map(\.id) == [1])
        #expect(try browser(state).work == nil)
        #expect(state.notice?.text == "call 2 is deleted")
    }

    @Test("a call that goes on, or cannot be deleted, stays")
    func stays() throws {
        var running = HistoryEntry.sample(2)
        running.stage = .running
        var state = listing(running, .sample(1))
        #expect(update(&state, .history(.deletionAsked)) == [])
        #expect(try browser(state).problem?.text.hasPrefix("call 2 goes on") == true)
        _ = update(&state, .steppedInOverlay(by: 1))
        _ = update(&state, .history(.deletionAsked))
        _ = update(&state, .itemClicked(0))
        _ = update(&state, .history(.deleted(1, .failed("the disk is read-only"))))
        #expect(try browser(state).entries.count == 2)
        #expect(try browser(state).problem == .failed("the disk is read-only"))
    }

    @Test("a call that is deleted while it is on screen leaves the screen")
    func deleteShown() {
        var state = opening(.sample(7))
        state = listing(.sample(7), from: state)
        _ = update(&state, .history(.deletionAsked))
        _ = update(&state, .itemClicked(0))
        let effects = update(&state, .history(.deleted(7, nil)))
        #expect(effects == [.history(.list(HistoryQuery(.newest))), .history(.close)])
        #expect(state.call == nil)
    }
}

extension HistoryEntry {
    /// An entry of a call that went well.
    static func sample(_ id: Int64) -> HistoryEntry {
        HistoryEntry(
            id: id, started: "2026-11-22 12:00:\(id < 10 ? "0" : "")\(id)", server: "demo:", kind: .clientStream,
            sent: 3, received: 1, answered: 3, lasted: .milliseconds(12))
    }
}

extension RecordedFacts {
    static func sample(_ id: Int64) -> RecordedFacts {
        var progress = CallProgress(.ended(.success))
        progress.count(sent: 3, received: 1, answered: 3)
        return RecordedFacts(
            entry: .sample(id), options: CallOptions(),
            plan: PlanDocument(names: ["Ana", "Bob", "Zoë"]), progress: progress)
    }
}

extension RetrySchedule {
    fileprivate static let sample = RetrySchedule(
        attempt: 2, maximumAttempts: 4, start: .seconds(1), delay: .seconds(1), bound: .seconds(1),
        formula: "random(0, 1s)", firstRequest: 1, throttle: ThrottleLevel(tokens: 9, maximum: 10))
}
