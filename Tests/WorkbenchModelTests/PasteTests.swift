import Plans
import RPCCore
import TestSupport
import Testing

@testable import WorkbenchModel

@Suite("Pasting")
struct PasteTests {
    private func state(kind: CallKind = .bidirectional) -> State {
        State(
            server: ServerStatus(name: "demo:", address: try? ServerAddress(parsing: "http://127.0.0.1:8010")),
            fields: Greeter.request.fields, methods: CallKind.allCases.map { MethodEntry(Greeter.method($0)) },
            sample: .sample, settings: CallSettings(kind: kind))
    }

    private func question(_ state: State) -> Question? {
        if case .question(let question)? = state.overlay { question } else { nil }
    }

    private func names(_ state: State) -> [String] { state.composer.rows.map(\.summary) }

    @Test("several lines become as many requests, asked about once, and one undo takes them back")
    func lines() {
        var state = state()
        let before = names(state)
        _ = update(&state, .pasted("Ana\r\n\n  Bob \nZoë\n"))
        #expect(question(state)?.lines == ["Paste 3 lines as 3 requests?"])
        #expect(names(state) == before)
        _ = update(&state, .overlayAccepted)
        #expect(names(state) == [before[0], "Ana · en", "Bob · en", "Zoë · en"] + before.dropFirst())
        #expect(state.composer.selected == 3)
        #expect(state.notice == Notice(.info, "pasted 3 requests; undo takes them back"))
        _ = update(&state, .pressed(.undo))
        #expect(names(state) == before)
    }

    @Test("one line is pasted unasked, and a question that is left pastes nothing")
    func one() {
        var state = state()
        let before = names(state)
        _ = update(&state, .pasted("Ana"))
        #expect(names(state).count == before.count + 1 && state.overlays.isEmpty)
        _ = update(&state, .pasted("a\nb"))
        _ = update(&state, .itemClicked(1))
        #expect(names(state).count == before.count + 1 && state.overlays.isEmpty)
        _ = update(&state, .pasted(" \n\n"))
        #expect(state.notice?.text == "there is nothing to paste but white space")
    }

    @Test("JSON is pasted as values, laid out or one a line; what is wrong is said with its place")
    func json() {
        var state = state()
        let before = names(state).count
        _ = update(
            &state, .pasted("{\n  \"name\": \"Ana\",\n  \"language\": \"es\"\n}\n{\"name\": \"Bob\"} {\"name\":\"C\"}"))
        #expect(question(state)?.lines == ["Paste 5 lines as 3 requests?"])
        _ = update(&state, .overlayAccepted)
        #expect(names(state).count == before + 3 && names(state)[1] == "Ana · es")
        _ = update(&state, .pasted("[\n  {\"name\": \"D\"},\n  {\"name\": \"[E]\"}\n]\n"))
        #expect(question(state)?.lines == ["Paste 4 lines as 2 requests?"])
        _ = update(&state, .overlayAccepted)
        #expect(names(state).contains { $0.hasPrefix("[E]") } && names(state).count == before + 5)
        _ = update(&state, .pasted("[draft] no array"))
        #expect(names(state).contains("[draft] no array · en"))
        _ = update(&state, .pressed(.undo))
        _ = update(&state, .pressed(.undo))
        for (text, problem) in [
            ("[{\"name\": \"Ana\"}, {\"nam\": \"Bob\"}]", "not pasted: value 2 has an unknown field 'nam'"),
            ("{\"name\": \"Ana\"}\n{\"nam\": \"Bob\"}", "not pasted: value 2 has an unknown field 'nam'"),
            ("{\"name\": \"Ana\"}\n{", "not pasted: value 2 is no JSON"),
            ("{\"name\": 5}", "not pasted: value 1 is no "),
        ] {
            _ = update(&state, .pasted(text))
            #expect(state.notice?.text.hasPrefix(problem) == true, "\(state.notice?.text ?? "")")
            #expect(state.overlays.isEmpty && names(state).count == before + 3)
        }
    }

    @Test("lines that are pasted where messages are typed are sent, one by one")
    func send() {
        var state = state()
        _ = update(&state, .pressed(.run))
        _ = update(&state, .pressed(.send))
        #expect(state.isSending)
        _ = update(&state, .pasted("Ana\nBob"))
        #expect(question(state)?.lines == ["Send 2 lines as 2 messages?"])
        let effects = update(&state, .overlayAccepted)
        let sent = effects.compactMap { effect in if case .send(let value, _) = effect { value["name"] } else { nil } }
        #expect(sent == ["Ana", "Bob"])
        #expect(state.isSending)
    }

    @Test("of line ends and tabs that a field cannot have, it is said what became of them")
    func field() {
        var state = state()
        _ = update(&state, .pressed(.filter))
        _ = update(&state, .pressed(.planSettings))
        _ = update(&state, .pastedIntoField("1 2 3", lineEnds: 1, tabs: 1))
        #expect(state.editedText == "1 2 3")
        #expect(state.notice == Notice(.info, "a field has one line: 1 line end and 1 tab have become spaces"))
        _ = update(&state, .pastedIntoField("1 2 3", lineEnds: 2, tabs: 0))
        #expect(state.notice == Notice(.info, "a field has one line: 2 line ends have become spaces"))
    }
}
