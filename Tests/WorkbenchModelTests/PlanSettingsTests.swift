import Plans
import RPCCore
import TestSupport
import Testing
import WorkbenchModel

@Suite("What holds for a plan as a whole")
struct PlanSettingsTests {
    private func pattern(_ text: String) throws -> TextPattern { try TextPattern(text) }

    @Test("the form sets kind, end, flow and seed, in one step of undo")
    func set() throws {
        var state = State.connected()
        _ = update(&state, .pressed(.planSettings))
        fill(&state, "bidi", "100", "30s", "(?i)enough", "yes", "1", "2s", "18446744073709551615")
        var plan = state.composer.document
        plan.kind = .bidirectional
        plan.stop = PlanStop(after: 100, time: .seconds(30), reply: try pattern("(?i)enough"), isManual: true)
        plan.flow = PlanFlow(unanswered: 1, timeout: .seconds(2))
        plan.seed = .max
        expect(&state, .overlayAccepted) {
            $0.overlays = []
            $0.settings.kind = .bidirectional
            $0.composer.set(plan)
        }
        _ = update(&state, .pressed(.planSettings))
        expect(&state, .overlayAccepted) { $0.overlays = [] }
        _ = update(&state, .pressed(.undo))
        #expect(state.composer.document == PlanDocument.sample)
        #expect(!state.composer.hasUnsavedChanges)
    }

    @Test(
        "what cannot be read is said at its field",
        arguments: [
            ("kind", "stream", "one of unary, server-stream, client-stream, bidi"),
            ("stop after", "0", "a whole number"),
            ("stop time", "0s", "more than zero"), ("stop reply", "(", "no regular expression"),
            ("manual", "perhaps", "yes or no"), ("unanswered", "1000001", "from 1 to 1000000"),
            ("timeout", "soon", "a number and a unit"), ("seed", "-1", "a whole number from 0"),
        ])
    func refused(label: String, text: String, problem: String) throws {
        var state = State.connected()
        _ = update(&state, .pressed(.planSettings))
        guard case .form(let opened)? = state.overlay else { Issue.record("no form is open"); return }
        let field = try #require(opened.fields.firstIndex { $0.label == label })
        _ = update(&state, .steppedInOverlay(by: field))
        _ = update(&state, .edited(text))
        _ = update(&state, .overlayAccepted)
        guard case .form(let form)? = state.overlay else { Issue.record("the form is gone"); return }
        #expect(form.fields.filter { $0.problem != nil }.map(\.label) == [label])
        #expect(form.fields[form.focus].problem?.contains(problem) == true)
        #expect(form.fields[form.focus].text == text)
        _ = update(&state, .overlayDismissed)
        expect(&state, .pressed(.undo)) { $0.notice = Notice(.info, "nothing to undo") }
    }

    // MARK: Problems before a run

    @Test("a plan that cannot end is not run: its step is named and chosen")
    func endless() {
        let steps: [PlanStep] = [.pause(.seconds(1)), .repeating("A", nil)]
        var state = State.connected(plan: OpenedPlan(PlanDocument(steps: steps), place: nil))
        state.focus = .sent
        state.detailDirection = .sent
        let problem = state.composer.document.problems(for: .clientStream)[0]
        expect(&state, .pressed(.run)) {
            $0.focus = .compose
            $0.detailDirection = nil
            $0.composer.selected = 1
            $0.notice = Notice(.failure, "not run: \(problem)")
        }
        _ = update(&state, .pressed(.planSettings))
        fill(&state, "", "", "", "", "yes")
        _ = update(&state, .overlayAccepted)
        _ = update(&state, .pressed(.run))
        #expect(state.call?.plan == state.composer.document)
    }

    @Test("standard input is not read by the workbench, whose keyboard it is")
    func standardInput() {
        var state = State.connected(plan: OpenedPlan(.standardInput, place: nil))
        expect(&state, .pressed(.run)) {
            $0.notice = Notice(
                .failure,
                "not run: step 1: standard input is in use here; save the records to a file, and name that")
        }
    }

    // MARK: Preview

    @Test("a preview is asked for and shown, with what keeps the plan from being run")
    func preview() {
        let plan = PlanDocument(steps: [.repeating("A{i}", nil)])
        var state = State.connected(plan: OpenedPlan(plan, place: nil))
        var preview = PreviewState(id: 1, problem: plan.problems(for: .clientStream)[0])
        expect(&state, .pressed(.preview), effects: [.plan(.preview(plan, id: 1))]) {
            $0.previews = 1
            $0.overlays = [.preview(preview)]
        }
        let items = (1...3).map { PlannedRequest(HelloRequest(name: "A\($0)"), at: .zero) }
        preview.preview = PlanPreview(items, .cut)
        expect(&state, .plan(.previewed(id: 0, PlanPreview([], .late))))
        expect(&state, .plan(.previewed(id: 1, PlanPreview(items, .cut)))) { $0.overlays = [.preview(preview)] }
        expect(&state, .plan(.previewed(id: 1, PlanPreview([], .late))))
        preview.selected = 2
        expect(&state, .steppedInOverlay(by: 10)) { $0.overlays = [.preview(preview)] }
        preview.selected = 1
        expect(&state, .steppedInOverlay(by: -1)) { $0.overlays = [.preview(preview)] }
        expect(&state, .overlayAccepted) { $0.overlays = [] }
        expect(&state, .plan(.previewed(id: 1, PlanPreview(items, .cut))))
    }

    @Test("a preview does not read the keyboard either")
    func previewOfStandardInput() {
        var state = State.connected(plan: OpenedPlan(.standardInput, place: nil))
        #expect(update(&state, .pressed(.preview)) == [])
        guard case .preview(let preview)? = state.overlay else { Issue.record("no preview is open"); return }
        #expect(preview.problem?.text.contains("standard input is in use here") == true)
    }
}
