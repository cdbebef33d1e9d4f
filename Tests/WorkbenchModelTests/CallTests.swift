import Plans
import RPCCore
import TestSupport
import Testing
import WorkbenchModel

@Suite("Calls on screen")
struct CallTests {
    private func startedCall(_ state: State, id: Int = 1, isHeldOpen: Bool = false) -> CallState {
        CallState(
            id: id, kind: state.settings.kind, plan: state.composer.document,
            options: CallOptions(deadline: .seconds(30), deadlineStart: isHeldOpen ? .halfClose : .call),
            isHeldOpen: isHeldOpen
        ).at(state.server)
    }

    @Test("run starts a call with the composed rows", arguments: [CallKind.unary, .serverStream, .clientStream])
    func run(kind: CallKind) {
        var state = State.connected(kind: kind)
        let call = startedCall(state)
        expect(&state, .pressed(.run), effects: [.startCall(call)]) { $0.call = call }
    }

    @Test("a bidirectional stream is held open, and its deadline counts from the half-close")
    func runBidirectional() {
        var state = State.connected(kind: .bidirectional)
        let call = startedCall(state, isHeldOpen: true)
        expect(&state, .pressed(.run), effects: [.startCall(call)]) { $0.call = call }
    }

    @Test("run is refused while a call goes on")
    func runTwice() {
        var state = State.running()
        expect(&state, .pressed(.run)) {
            $0.notice = Notice(.warning, "a call is running: half-close it or cancel it first")
        }
    }

    @Test("run is refused without a server")
    func runWithoutServer() {
        var state = State(server: ServerStatus(name: "demo:"), fields: Greeter.request.fields, sample: .sample)
        expect(&state, .pressed(.run)) {
            $0.notice = Notice(.failure, "no server is connected: choose one first")
        }
    }

    @Test("what is run before the server is connected waits for it")
    func runTooEarly() {
        var state = State(
            server: ServerStatus(name: "http://127.0.0.1:8000", health: .checking), fields: Greeter.request.fields,
            sample: .sample)
        let call = startedCall(state)
        expect(&state, .pressed(.run)) {
            $0.pendingRun = call
            $0.notice = Notice(.info, "connecting to http://127.0.0.1:8000, to run this then")
        }
        var waiting = state
        let status = ServerStatus(
            name: "http://127.0.0.1:8000", address: ServerAddress(scheme: .http, host: "127.0.0.1", port: 8000))
        let effects = update(&waiting, .serverConnected(status))
        #expect(effects.contains(.startCall(call.at(status))))
        #expect(waiting.pendingRun == nil)
        expect(&state, .pressed(.cancel)) {
            $0.pendingRun = nil
            $0.notice = Notice(.info, "taken back: it was waiting for the server")
        }
    }

    @Test("what is typed before the server is connected is sent into the stream that waits for it")
    func sendTooEarly() {
        var state = State(
            server: ServerStatus(name: "http://127.0.0.1:8000", health: .checking), fields: Greeter.request.fields,
            sample: .sample)
        state.settings.kind = .bidirectional
        for name in ["Dora", "Eve"] {
            _ = update(&state, .pressed(.send))
            _ = update(&state, .edited(name))
            #expect(update(&state, .overlayAccepted) == [])
        }
        let status = ServerStatus(
            name: "http://127.0.0.1:8000", address: ServerAddress(scheme: .http, host: "127.0.0.1", port: 8000))
        let effects = update(&state, .serverConnected(status))
        #expect(
            effects.suffix(2)
                == ["Dora", "Eve"].map { Effect.send(Greeter.request($0, language: "en"), id: 1) })
        #expect(state.call?.isLive == true)
    }

    @Test("a comparison that is asked for before the server is connected is asked for then")
    func compareTooEarly() {
        var state = State(
            server: ServerStatus(name: "http://127.0.0.1:8000", health: .checking), fields: Greeter.request.fields,
            sample: .sample)
        #expect(update(&state, .pressed(.compare)) == [])
        #expect(state.notice?.text.hasPrefix("connecting to http://127.0.0.1:8000 first: compare") == true)
        let status = ServerStatus(
            name: "http://127.0.0.1:8000", address: ServerAddress(scheme: .http, host: "127.0.0.1", port: 8000))
        var taken = state
        _ = update(&taken, .pressed(.cancel))
        _ = update(&taken, .serverConnected(status))
        #expect(taken.overlay == nil)
        _ = update(&state, .serverConnected(status))
        guard case .form? = state.overlay else { Issue.record("nothing is asked"); return }
    }

    @Test("an exchange needs a request, a stream does not")
    func runWithoutRows() {
        var state = State.connected(kind: .unary)
        state.composer = Composer()
        expect(&state, .pressed(.run)) {
            $0.notice = Notice(.warning, "nothing to send: a unary call needs a request; add one")
        }
        state.settings.kind = .clientStream
        let call = startedCall(state)
        expect(&state, .pressed(.run), effects: [.startCall(call)]) {
            $0.call = call
            $0.notice = nil
        }
    }

    @Test("running again repeats the last call as it was, not as the composer has become")
    func runAgain() {
        var state = State.running()
        let plan = state.composer.document
        _ = update(&state, .callProgressed(id: 1, CallProgress(.ended(.success)), oldestSent: 1, oldestReceived: 1))
        _ = update(&state, .pressed(.deleteStep))
        _ = update(&state, .kindChosen(.unary))
        let call = CallState(
            id: 2, kind: .clientStream, plan: plan, options: CallOptions(deadline: .seconds(30)), isHeldOpen: false
        ).at(state.server)
        expect(&state, .pressed(.runAgain), effects: [.startCall(call)]) {
            $0.call = call
            $0.notice = nil
        }
    }

    @Test("running again before any call says so")
    func runAgainFirst() {
        var state = State.connected()
        expect(&state, .pressed(.runAgain)) { $0.notice = Notice(.warning, "no call has been run yet") }
    }

    @Test("half-close is asked for once")
    func halfClose() {
        var state = State.running(kind: .bidirectional)
        expect(&state, .pressed(.halfClose), effects: [.halfClose(id: 1)]) { $0.call?.isHalfCloseAsked = true }
        expect(&state, .pressed(.halfClose)) { $0.notice = Notice(.info, "the send direction is closed already") }
    }

    @Test("cancel is asked for once, and needs a call")
    func cancel() {
        var state = State.connected()
        expect(&state, .pressed(.cancel)) { $0.notice = Notice(.warning, "no call is running") }
        state = .running()
        expect(&state, .pressed(.cancel), effects: [.cancelCall(id: 1)]) { $0.call?.isCancelAsked = true }
        expect(&state, .pressed(.cancel))
    }

    @Test("pausing holds the server back, and a step lets one message through")
    func pause() {
        var state = State.running(kind: .bidirectional)
        expect(&state, .pressed(.step)) { $0.notice = Notice(.warning, "receiving is not paused") }
        expect(&state, .pressed(.pause), effects: [.setPaused(true, id: 1)]) {
            $0.call?.isPaused = true
            $0.notice = Notice(.info, "receiving is paused: the server is held back")
        }
        expect(&state, .pressed(.step), effects: [.step(id: 1)]) { $0.notice = nil }
        _ = update(&state, .pressed(.findNext))
        #expect(state.overlay != nil, "a search takes no message off the wire")
        _ = update(&state, .overlayDismissed)
        expect(&state, .pressed(.pause), effects: [.setPaused(false, id: 1)]) {
            $0.call?.isPaused = false
            $0.notice = Notice(.info, "receiving goes on")
        }
    }

    // MARK: Typed messages

    @Test("a typed message goes into the open stream, and the form stays for the next")
    func send() {
        var state = State.running(kind: .bidirectional)
        _ = update(&state, .pressed(.send))
        _ = update(&state, .edited("Dora"))
        expect(&state, .overlayAccepted, effects: [.send(Greeter.request("Dora", language: "en"), id: 1)]) {
            _ = update(&$0, .edited(""))
        }
    }

    @Test("escape sends nothing of what was typed for the stream, and it is there again")
    func keepsDraft() {
        var state = State.running(kind: .bidirectional)
        _ = update(&state, .pressed(.send))
        _ = update(&state, .edited("Dora"))
        #expect(update(&state, .overlayDismissed) == [])
        #expect(state.overlays.isEmpty)
        _ = update(&state, .pressed(.send))
        #expect(state.editedText == "Dora")
        #expect(update(&state, .overlayAccepted) == [.send(Greeter.request("Dora", language: "en"), id: 1)])
        _ = update(&state, .overlayDismissed)
        _ = update(&state, .pressed(.send))
        #expect(state.editedText == "", "it was sent")
    }

    @Test("a typed message without a call opens a stream for it")
    func sendOpensStream() {
        var state = State.connected(kind: .bidirectional)
        _ = update(&state, .pressed(.send))
        _ = update(&state, .edited("Dora"))
        let effects = update(&state, .overlayAccepted)
        let call = CallState(
            id: 1, kind: .bidirectional, plan: PlanDocument(),
            options: CallOptions(deadline: .seconds(30), deadlineStart: .halfClose), isHeldOpen: true
        ).at(state.server)
        #expect(effects == [.startCall(call), .send(Greeter.request("Dora", language: "en"), id: 1)])
        #expect(state.call == call)
    }

    @Test("nothing can be typed into a stream that ends with its plan")
    func sendIntoPlan() {
        var state = State.running(kind: .clientStream)
        expect(&state, .pressed(.send)) {
            $0.notice = Notice(
                .warning, "this call takes no typed messages: its send direction is closed or was not held open")
        }
    }

    @Test("nothing can be typed where requests do not stream")
    func sendUnary() {
        var state = State.connected(kind: .unary)
        expect(&state, .pressed(.send)) {
            $0.notice = Notice(
                .warning, "a unary call sends no stream: choose client stream or bidirectional")
        }
    }

    @Test("a typed message that came too late is said to be unsent")
    func refused() {
        var state = State.running(kind: .bidirectional)
        expect(&state, .messageRefused) {
            $0.notice = Notice(.warning, "not sent: the stream takes no more messages now")
        }
    }

    // MARK: Progress

    @Test("progress moves the panes that follow")
    func progress() {
        var state = State.running()
        let progress = CallProgress(.sent((1...25).map { .request($0) }), .received((1...3).map { .reply($0) }))
        expect(&state, .callProgressed(id: 1, progress, oldestSent: 1, oldestReceived: 1)) {
            $0.call?.progress = progress
            $0.sent = ListPosition(selected: 24, top: 15, isFollowing: true)
            $0.received = ListPosition(selected: 2, top: 0, isFollowing: true)
        }
    }

    @Test("progress leaves a scrolled pane where it is, unless its rows are gone")
    func progressWhileScrolled() {
        var state = State.running()
        state.sent = ListPosition(selected: 3, top: 2)
        var progress = CallProgress(.sent((1...25).map { .request($0) }))
        expect(&state, .callProgressed(id: 1, progress, oldestSent: 1, oldestReceived: 1)) {
            $0.call?.progress = progress
        }
        progress.apply(.sent((26...50).map { .request($0) }))
        expect(&state, .callProgressed(id: 1, progress, oldestSent: 21, oldestReceived: 1)) {
            $0.call?.progress = progress
            $0.call?.oldestSent = 21
            $0.sent = ListPosition(selected: 20, top: 20)
        }
    }

    @Test("a call that the server cut short is told so, with what is uncertain and what was not sent")
    func cutShort() {
        var state = State.running()
        var delivery = Delivery(sent: 3, answered: 1, received: 1)
        (delivery.isCutShort, delivery.unsent) = (true, 197)
        let outcome = CallOutcome(delivery: delivery, time: .seconds(1), rule: "the server ended the call: OK")
        let progress = CallProgress(
            .sent((1...3).map { .request($0) }), .received([.reply(1)]), .acknowledged(upTo: 1), .ended(outcome))
        _ = update(&state, .callProgressed(id: 1, progress, oldestSent: 1, oldestReceived: 1))
        #expect(
            state.notice
                == Notice(
                    .warning,
                    "OK, but the server stopped listening before the end of the requests, 197 of which were not sent, and "
                        + "2 are uncertain: 3 sent, 1 received; the server ended the call: OK"))
        #expect((1...3).map { progress.mark(ofRequest: $0) } == [.answered, .unknown, .unknown])
    }

    @Test("progress of another call is ignored")
    func staleProgress() {
        var state = State.running()
        expect(&state, .callProgressed(id: 7, CallProgress(.ended(.success)), oldestSent: 1, oldestReceived: 1))
    }

    @Test("a success is summed up")
    func success() {
        var state = State.running()
        let progress = CallProgress(
            .sent([.request(1)]), .received([.reply(1)]),
            .ended(CallOutcome(delivery: Delivery(), time: .zero, rule: "the server closed the stream")))
        expect(&state, .callProgressed(id: 1, progress, oldestSent: 1, oldestReceived: 1)) {
            $0.call?.progress = progress
            $0.notice = Notice(.success, "OK: 1 sent, 1 received; the server closed the stream")
        }
    }

    @Test("a success without a reply says that there was none")
    func silence() {
        var state = State.running()
        let progress = CallProgress(.ended(.success))
        expect(&state, .callProgressed(id: 1, progress, oldestSent: 1, oldestReceived: 1)) {
            $0.call?.progress = progress
            $0.notice = Notice(.warning, "OK: 0 sent, 0 received: no replies; done")
        }
    }

    @Test("a failure says what failed, where, what was delivered and what to try")
    func failure() {
        var state = State.running()
        let error = CallError(
            .unavailable, "connection refused", at: .connect, advice: "start the server", isSafeToRetry: true)
        let progress = CallProgress(.ended(.failure(error)))
        expect(&state, .callProgressed(id: 1, progress, oldestSent: 1, oldestReceived: 1)) {
            $0.call?.progress = progress
            $0.notice = Notice(
                .failure,
                "UNAVAILABLE: connection refused (at connect; 0 sent, 0 received); try: start the server")
            $0.server.health = .unreachable(error)
        }
    }

    @Test("a drop in the middle asks how the server is")
    func drop() {
        var state = State.running()
        let error = CallError(.unavailable, "connection closed", at: .receive)
        let progress = CallProgress(.ended(.failure(error)))
        expect(&state, .callProgressed(id: 1, progress, oldestSent: 1, oldestReceived: 1), effects: [.checkHealth]) {
            $0.call?.progress = progress
            $0.notice = Notice(.failure, "UNAVAILABLE: connection closed (at receive; 0 sent, 0 received)")
            $0.server.health = .checking
        }
    }

    @Test("a cancelled call is a warning, not a failure")
    func cancelled() {
        var state = State.running()
        let error = CallError(.cancelled, "cancelled", at: .cancellation)
        let progress = CallProgress(.ended(.failure(error)))
        expect(&state, .callProgressed(id: 1, progress, oldestSent: 1, oldestReceived: 1)) {
            $0.call?.progress = progress
            $0.notice = Notice(.warning, "CANCELLED: cancelled (at cancellation; 0 sent, 0 received)")
        }
    }

    @Test("ticks move the clock and nothing else")
    func tick() {
        var state = State.running()
        expect(&state, .ticked(.seconds(3))) { $0.now = .seconds(3) }
    }
}

extension CallOutcome {
    static let success = CallOutcome(delivery: Delivery(), time: .zero, rule: "done")

    static func failure(_ error: CallError) -> CallOutcome {
        CallOutcome(error: error, delivery: error.delivery, time: .zero, rule: "failed")
    }
}
