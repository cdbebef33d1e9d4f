import Plans
import RPCCore
import TestSupport
import Testing
import WorkbenchModel

@Suite("Columns of a list of messages")
struct ColumnTests {
    private var state: State {
        State(
            server: ServerStatus(
                name: "demo:", address: ServerAddress(scheme: .grpc, host: "127.0.0.1", port: 50051)),
            fields: Greeter.request.fields, methods: CallKind.allCases.map { MethodEntry(Greeter.method($0)) },
            sample: .sample)
    }

    @Test("the fields that are chosen are shown where a message has them, and kept with the plan")
    func choose() throws {
        var state = state
        #expect(state.columns(of: .sent).isEmpty)
        _ = update(&state, .columnToggled("language"))
        _ = update(&state, .columnToggled("name"))
        #expect(state.columns(of: .sent) == ["language", "name"] && state.columns(of: .received) == ["language"])
        #expect(state.composer.document.columns == ["language", "name"])
        _ = update(&state, .columnToggled("language"))
        #expect(state.columns(of: .sent) == ["name"])
        _ = update(&state, .pressed(.undo))
        #expect(state.columns(of: .sent) == ["language", "name"])
    }

    @Test("the menu has the fields of the messages that are looked at, those that are shown first and marked")
    func menu() throws {
        var state = state
        _ = update(&state, .pressed(.focusSent))
        _ = update(&state, .columnToggled("language"))
        _ = update(&state, .pressed(.columns))
        guard case .menu(let menu)? = state.overlays.last else {
            Issue.record("there is no menu")
            return
        }
        #expect(menu.items.map(\.title) == ["language", "name"] && menu.items.map(\.isMarked) == [true, false])
        _ = update(&state, .itemClicked(1))
        guard case .menu(let after)? = state.overlays.last else {
            Issue.record("the menu is gone")
            return
        }
        #expect(after.items.map(\.isMarked) == [true, true])
        _ = update(&state, .edited("nam"))
        guard case .menu(let narrowed)? = state.overlays.last else { return }
        #expect(narrowed.items.map(\.title) == ["name"])
    }

    @Test("columns of the configuration hold where the plan has none, until somebody chooses")
    func configured() {
        var state = state
        state.usualColumns["helloworld.Greeter/SayHelloClientStream"] = ["name"]
        #expect(state.columns(of: .sent) == ["name"] && state.composer.document.columns.isEmpty)
        _ = update(&state, .columnToggled("language"))
        #expect(state.columns(of: .sent) == ["name", "language"])
        _ = update(&state, .columnToggled("language"))
        _ = update(&state, .columnToggled("name"))
        #expect(state.columns(of: .sent).isEmpty)
    }

    @Test("a call of another method has the columns of its own plan")
    func otherMethod() {
        var state = state
        let talk = MethodEntry(
            MethodSchema(
                MethodRef(service: "demo.Chat", name: "Talk", kind: .bidirectional), input: Greeter.request,
                output: Greeter.reply))
        _ = update(&state, .methodChosen(talk))
        _ = update(&state, .columnToggled("name"))
        _ = update(&state, .pressed(.run))
        _ = update(&state, .kindChosen(.unary))
        #expect(state.composer.document.columns.isEmpty && state.columns(of: .sent) == ["name"])
        _ = update(&state, .columnToggled("name"))
        #expect(state.columns(of: .sent).isEmpty)
        _ = update(&state, .methodChosen(talk))
        #expect(state.columns(of: .sent) == ["name"])
    }
}
