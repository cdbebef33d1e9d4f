import Plans
import RPCCore
import TestSupport
import Testing
import WorkbenchModel

@Suite("The composer")
struct ComposerTests {
    private let state = State.connected()

    private func names(_ state: State) -> [String?] { state.composer.rows.map { $0.template?["name"]?.text } }

    @Test("an added request stands below the chosen one and is chosen")
    func add() {
        var state = state
        _ = update(&state, .pressed(.addRequest))
        fill(&state, "Dora", "de", "1000", "100ms")
        expect(&state, .overlayAccepted) {
            $0.overlays = []
            $0.composer.add(
                .repeating("Dora", 1000, language: "de", every: .milliseconds(100)))
        }
        #expect(names(state) == ["Alice", "Dora", "Bob", "Chloé"])
        #expect(state.composer.selected == 1)
    }

    @Test("an empty language is left out of the request")
    func addWithoutLanguage() {
        var state = state
        _ = update(&state, .pressed(.addRequest))
        fill(&state, "Dora", "")
        _ = update(&state, .overlayAccepted)
        #expect(state.composer.selection == .request(HelloRequest(name: "Dora", language: nil)))
    }

    @Test(
        "a form that cannot be read says where, and nothing is lost",
        arguments: [
            ("0", "", 2), ("x", "", 2), ("1000000001", "", 2), ("1", "soon", 3), ("1", "5", 3), ("-1", "1s", 2),
        ])
    func badForm(times: String, every: String, field: Int) {
        var state = state
        _ = update(&state, .pressed(.addRequest))
        fill(&state, "Dora", "de", times, every)
        #expect(update(&state, .overlayAccepted) == [])
        guard case .form(let form)? = state.overlay else { Issue.record("the form is gone"); return }
        #expect(form.fields[field].problem != nil)
        #expect(form.focus == field)
        #expect(form.fields.map(\.text) == ["Dora", "de", times, every])
        #expect(state.composer.rows.count == 3)
    }

    @Test("editing changes the row it was opened on")
    func edit() {
        var state = state
        _ = update(&state, .pressed(.down))
        _ = update(&state, .pressed(.editStep))
        fill(&state, "Bert")
        _ = update(&state, .overlayAccepted)
        #expect(names(state) == ["Alice", "Bert", "Chloé"])
        #expect(state.composer.rows[1] == .request(HelloRequest(name: "Bert", language: "es")))
    }

    @Test("leaving a form changes nothing")
    func dismiss() {
        var state = state
        let before = state
        _ = update(&state, .pressed(.editStep))
        fill(&state, "Bert")
        _ = update(&state, .overlayDismissed)
        _ = update(&state, .itemClicked(1))
        #expect(state == before)
    }

    @Test("delete, duplicate and move work on the chosen row")
    func arrange() {
        var state = state
        _ = update(&state, .pressed(.duplicateStep))
        #expect(names(state) == ["Alice", "Alice", "Bob", "Chloé"])
        _ = update(&state, .pressed(.moveStepDown))
        #expect(names(state) == ["Alice", "Bob", "Alice", "Chloé"])
        #expect(state.composer.selected == 2)
        _ = update(&state, .pressed(.moveStepUp))
        _ = update(&state, .pressed(.moveStepUp))
        _ = update(&state, .pressed(.moveStepUp))
        #expect(state.composer.selected == 0)
        expect(&state, .pressed(.deleteStep)) {
            $0.composer.deleteSelected()
            $0.notice = Notice(.info, "deleted; undo brings it back")
        }
        #expect(names(state) == ["Alice", "Bob", "Chloé"])
    }

    @Test("every change can be undone and redone, back to the first")
    func undo() {
        var state = state
        let original = state.composer.rows
        for action in [Action.duplicateStep, .moveStepDown, .deleteStep, .deleteStep] {
            _ = update(&state, .pressed(action))
        }
        let changed = state.composer.rows
        for _ in 0..<4 { _ = update(&state, .pressed(.undo)) }
        #expect(state.composer.rows == original)
        #expect(state.composer.selected == 0)
        expect(&state, .pressed(.undo)) { $0.notice = Notice(.info, "nothing to undo") }
        for _ in 0..<4 { _ = update(&state, .pressed(.redo)) }
        #expect(state.composer.rows == changed)
        expect(&state, .pressed(.redo)) { $0.notice = Notice(.info, "nothing to redo") }
    }

    @Test("a new change forgets what could be redone")
    func undoThenChange() {
        var state = state
        _ = update(&state, .pressed(.duplicateStep))
        _ = update(&state, .pressed(.undo))
        _ = update(&state, .pressed(.deleteStep))
        expect(&state, .pressed(.redo)) { $0.notice = Notice(.info, "nothing to redo") }
    }

    @Test("what can be undone is bounded")
    func undoLimit() {
        var composer = Composer(PlanDocument(names: ["A"]))
        for number in 0..<Composer.undoLimit + 50 { composer.add(.request(HelloRequest(name: "\(number)"))) }
        var steps = 0
        while composer.undo() { steps += 1 }
        #expect(steps == Composer.undoLimit)
    }

    @Test("a long plan can be undone less far, but once at least")
    func undoRowLimit() {
        let names = (0..<Composer.undoRowLimit / 10).map(String.init)
        var composer = Composer(PlanDocument(names: names))
        for _ in 0..<20 { composer.duplicateSelected() }
        var steps = 0
        while composer.undo() { steps += 1 }
        #expect(steps == 9)
        composer = Composer(PlanDocument(names: Array(repeating: "A", count: Composer.undoRowLimit + 1)))
        composer.deleteSelected()
        composer.deleteSelected()
        let undone = [composer.undo(), composer.undo()]
        #expect(undone == [true, false])
    }

    @Test("an empty composer refuses what needs a row")
    func empty() {
        var state = state
        state.composer = Composer()
        expect(&state, .pressed(.editStep)) { $0.notice = Notice(.warning, "no step to edit: add one") }
        expect(&state, .pressed(.deleteStep)) { $0.notice = Notice(.warning, "no step to delete") }
        expect(&state, .pressed(.duplicateStep)) { $0.notice = nil }
        expect(&state, .pressed(.moveStepUp))
    }

    @Test("composing brings the compose pane to the front")
    func focus() {
        var state = state
        state.focus = .received
        expect(&state, .pressed(.duplicateStep)) {
            $0.focus = .compose
            $0.composer.duplicateSelected()
        }
    }
}
