import Plans
import RPCCore
import TestSupport
import Testing

@testable import WorkbenchModel

@Suite("Copying, piping and exporting")
struct CopyingTests {
    private func failed(_ error: CallError = CallError(.unavailable, "connection refused", at: .connect)) -> State {
        var state = State.running()
        var progress = CallProgress(.sent([.request(1)]))
        progress.apply(.ended(CallOutcome(error: error, delivery: Delivery(), time: .seconds(1), rule: "")))
        _ = update(&state, .callProgressed(id: 1, progress, oldestSent: 1, oldestReceived: 1))
        return state
    }

    private func items(_ state: State) -> [Menu.Item] {
        if case .menu(let menu)? = state.overlay { menu.items } else { [] }
    }

    @Test("of a call that failed its error can be copied, with what to try")
    func error() throws {
        let error = CallError(.unavailable, "connection refused", at: .connect, advice: "start it")
        var state = failed(error)
        _ = update(&state, .pressed(.focusAttempts))
        #expect(update(&state, .pressed(.copyAs)).isEmpty)
        #expect(
            items(state).map(\.title) == [
                "the attempts", "the error", "the call as a greeter-tui command line",
                "the call as a grpcurl command line",
            ])
        let effects = update(&state, .itemClicked(1))
        let text = "UNAVAILABLE at connect: connection refused\ntry: start it"
        #expect(effects == [.terminal(.copyText(text))])
        #expect(state.overlays.isEmpty)
    }

    @Test("the line is of the call on screen, and from the compose pane of the next one")
    func lines() throws {
        var state = failed()
        let call = try #require(state.call)
        #expect(call.server == "demo:")
        _ = update(&state, .pressed(.focusSent))
        #expect(update(&state, .copyChosen(.commandLine(.greeterTUI))) == [.writeCommandLine(.greeterTUI, call)])
        _ = update(&state, .pressed(.focusCompose))
        _ = update(&state, .pressed(.deleteStep))
        let effects = update(&state, .copyChosen(.commandLine(.grpcurl)))
        guard case .writeCommandLine(.grpcurl, let next)? = effects.first else {
            Issue.record("no line of the plan: \(effects)")
            return
        }
        #expect(next.plan == state.composer.document && next.plan != call.plan)
        let why = CommandLineProblem("grpcurl talks to gRPC servers only")
        #expect(update(&state, .commandLineWritten(.grpcurl, .failure(why))).isEmpty)
        #expect(state.notice == Notice(.warning, "no grpcurl line: grpcurl talks to gRPC servers only"))
        #expect(update(&state, .commandLineWritten(.grpcurl, .success("line"))) == [.terminal(.copyText("line"))])
    }

    @Test("a step is copied as what can be pasted, and what is too long for a terminal is said with its size")
    func steps() {
        var state = State(
            server: ServerStatus(name: "demo:"), fields: Greeter.request.fields,
            methods: CallKind.allCases.map { MethodEntry(Greeter.method($0)) }, sample: .sample)
        let text = #"{"name":"Alice","language":"en"}"#
        #expect(update(&state, .pressed(.copy)) == [.terminal(.copyText(text))])
        _ = update(&state, .copied(.tooLong(100_000, limit: 74_994)))
        #expect(state.notice?.text.hasPrefix("not copied: it has 100000 bytes, and terminals take 74994") == true)
        _ = update(&state, .copied(.noClipboard))
        #expect(state.notice?.text.hasPrefix("not copied: this terminal has no clipboard") == true)
    }

    @Test("a command gets what the pane shows, and the last ones come back with the up key")
    func pipe() throws {
        var state = State.connected()
        expect(&state, .pressed(.pipe)) { $0.notice = Notice(.warning, "no call has been run yet") }
        state = failed()
        _ = update(&state, .pressed(.focusReceived))
        expect(&state, .pressed(.pipe)) { $0.notice = Notice(.warning, "no message was received yet") }
        _ = update(&state, .pressed(.focusSent))
        _ = update(&state, .pressed(.pipe))
        _ = update(&state, .edited("jq ."))
        #expect(update(&state, .overlayAccepted) == [.terminal(.pipe(Excerpt(.sent), into: "jq ."))])
        _ = update(&state, .pressed(.filter))
        _ = update(&state, .edited("Ali"))
        _ = update(&state, .overlayAccepted)
        _ = update(&state, .pressed(.pipe))
        _ = update(&state, .steppedInOverlay(by: -1))
        #expect(state.editedText == "jq .")
        let narrowed = Excerpt(.sent, .text("Ali"))
        #expect(update(&state, .overlayAccepted) == [.terminal(.pipe(narrowed, into: "jq ."))])
        #expect(update(&state, .pressed(.openMessages)) == [.terminal(.openInEditor(narrowed))])
        _ = update(&state, .pressed(.pipe))
        #expect(update(&state, .overlayAccepted).isEmpty && state.overlays.isEmpty)
    }

    @Test(
        "how a command has ended is said",
        arguments: [
            (ProgramEnd("jq .", status: 0), Notice(.success, "'jq .' has ended well")),
            (ProgramEnd("jq .", status: 5), Notice(.failure, "'jq .' has ended with 5")),
            (ProgramEnd("jg", status: 127), Notice(.failure, "'jg' has ended with 127: there is no such command")),
            (ProgramEnd("less", status: 130), Notice(.failure, "'less' has ended with 130: signal 2")),
            (ProgramEnd("vi", status: nil), Notice(.failure, "'vi' could not be started")),
            (
                ProgramEnd("wc", status: 0, problem: "no disk"),
                Notice(.failure, "'wc' did not get all messages: no disk")
            ),
        ])
    func ended(end: ProgramEnd, notice: Notice) {
        var state = State.connected()
        _ = update(&state, .programEnded(end))
        #expect(state.notice == notice)
    }

    @Test("a call is exported in the form that the name says, and a file that is there is asked about")
    func export() throws {
        var state = failed()
        _ = update(&state, .pressed(.export))
        #expect(state.notice?.text.contains("this one is not there") == true)
        var progress = try #require(state.call?.progress)
        progress.record = .call(12)
        _ = update(&state, .callProgressed(id: 1, progress, oldestSent: 1, oldestReceived: 1))
        _ = update(&state, .pressed(.export))
        #expect(state.editedText == "call-12.jsonl")
        let query = DirectoryQuery(base: "", path: "")
        _ = update(&state, .plan(.listed(query, .success(DirectoryListing(directory: "/tmp", entries: [])))))
        _ = update(&state, .edited("a.doc"))
        #expect(update(&state, .overlayAccepted).isEmpty)
        guard case .chooser(let chooser)? = state.overlay else { throw CancellationError() }
        #expect(chooser.problem?.contains(".jsonl") == true)
        _ = update(&state, .edited("a.csv"))
        let order = CallExport(12, as: .csv, to: "/tmp/a.csv")
        #expect(update(&state, .overlayAccepted) == [.history(.export(order))])
        _ = update(&state, .history(.exported(order, .exists)))
        guard case .question(let question)? = state.overlay else { throw CancellationError() }
        #expect(question.lines == ["a.csv exists."])
        var again = order
        again.replaces = true
        #expect(update(&state, .itemClicked(0)) == [.history(.export(again))])
        _ = update(&state, .history(.exported(again, .exported)))
        #expect(state.overlays.isEmpty && state.notice == Notice(.success, "call 12 is in a.csv"))
    }

    @Test(
        "the ending of a name says the form",
        arguments: [
            ("a.jsonl", ExportFormat.jsonl), ("A.CSV", .csv), ("b.txt", .text), ("jsonl", nil), ("a", nil), ("a.", nil),
        ])
    func endings(path: String, format: ExportFormat?) {
        #expect(ExportFormat(path: path) == format)
    }
}
