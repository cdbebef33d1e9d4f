import Plans
import RPCCore
import TestSupport
import Testing
import WorkbenchModel

@Suite("Forms of steps")
struct StepFormTests {
    /// Every part that a step can have.
    static let steps: [PlanStep] = {
        let pacing = Pacing(
            every: .milliseconds(1250), jitter: 0.07, batch: Pacing.Batch(size: 50, pause: .seconds(90)))
        let names = (try? Template("{name} {{x}}", allowsFields: true)) ?? Template(literal: "?")
        let language = try? Template("{preferred_language}", allowsFields: true)
        let pattern = (try? TextPattern("^A b")).map { [RecordCondition("name", .matches($0))] } ?? []
        return [
            .request(HelloRequest(name: "Ana {not a place}", language: nil)),
            .request(HelloRequest(name: "", language: "es")),
            .pause(.zero), .pause(.milliseconds(1234)),
            .repeating("User {i:0} {uuid}", nil, language: "{random:en|es}", every: .microseconds(1500)),
            .repetition(RepeatStep(3, RequestTemplate(name: Template(literal: "Ana")), pacing: pacing)),
            .records(RecordsStep(from: .file("users.csv"))),
            .records(RecordsStep(from: .standardInput)),
            .records(
                RecordsStep(
                    from: .file("a b.txt"), format: .csv,
                    where: pattern + [RecordCondition("city", .isNoneOf(["New York", ""]))],
                    RequestTemplate(name: names, language: language), pacing: pacing)),
            .records(RecordsStep(from: .file("x.jsonl"), RequestTemplate(name: names))),
        ]
    }()

    @Test("a form that is opened and accepted changes nothing, whatever the step", arguments: steps)
    func unchanged(step: PlanStep) {
        var state = State.connected(plan: OpenedPlan(PlanDocument(steps: [step]), place: nil))
        _ = update(&state, .pressed(.editStep))
        expect(&state, .overlayAccepted) { $0.overlays = [] }
        expect(&state, .pressed(.undo)) { $0.notice = Notice(.info, "nothing to undo") }
    }

    /// What adding a step of this kind makes of these texts.
    private func added(_ kind: StepKind, _ texts: [String: String]) -> State {
        var state = State.connected()
        _ = update(&state, .plan(.stepChosen(kind)))
        if kind == .records { _ = update(&state, .overlayDismissed) }
        guard case .form(let form)? = state.overlay else {
            Issue.record("no form is open")
            return state
        }
        #expect(Set(texts.keys).isSubset(of: form.fields.map(\.label)))
        for field in form.fields {
            if let text = texts[field.label] { _ = update(&state, .edited(text)) }
            _ = update(&state, .steppedInOverlay(by: 1))
        }
        _ = update(&state, .overlayAccepted)
        return state
    }

    @Test(
        "steps are made as they are typed",
        arguments: [
            (.request, ["name": "Dora", "language": "de"], .request(HelloRequest(name: "Dora", language: "de"))),
            (.request, ["name": "{{x}}", "language": ""], .request(HelloRequest(name: "{x}"))),
            (.request, ["name": "U{i}"], .repeating("U{i}", 1, language: "en")),
            (
                .request, ["name": "Dora", "times": "1000", "every": "100ms"],
                .repeating("Dora", 1000, language: "en", every: .milliseconds(100))
            ),
            (.request, ["name": "Dora", "times": "endless"], .repeating("Dora", nil, language: "en")),
            (.pause, ["time": " 1.5s "], .pause(.milliseconds(1500))),
            (.pause, ["time": "0s"], .pause(.zero)),
            (.repetition, ["name": "U{i}", "times": "3"], .repeating("U{i}", 3, language: "en")),
            (.repetition, ["name": "U", "times": "1"], .request(HelloRequest(name: "U", language: "en"))),
            (.records, ["file": "users.csv"], .records(RecordsStep(from: .file("users.csv")))),
            (.records, ["file": "-"], .records(RecordsStep(from: .standardInput))),
            (
                .records, ["file": "u", "format": "CSV", "where": "active=true"],
                .records(
                    RecordsStep(from: .file("u"), format: .csv, where: [RecordCondition("active", .isOneOf(["true"]))]))
            ),
        ] as [(StepKind, [String: String], PlanStep)])
    func typed(kind: StepKind, texts: [String: String], step: PlanStep) {
        let state = added(kind, texts)
        #expect(state.overlays == [])
        #expect(state.composer.rows.count == 4)
        #expect(state.composer.selection == step)
    }

    @Test(
        "what cannot be read is said at its field, and nothing typed is lost",
        arguments: [
            (.request, ["name": "U{x}"], "name", "{x} is unknown"),
            (.request, ["language": "{"], "language", "'{' is not closed"),
            (.request, ["times": "0"], "times", "a whole number from 1 to 1000000000, or endless"),
            (.request, ["every": "5"], "every", "a number and a unit"),
            (.request, ["every": "0s"], "every", "more than zero"),
            (.pause, ["time": ""], "time", "a number and a unit"),
            (.pause, ["time": "-1s"], "time", "a number and a unit"),
            (.repetition, ["name": "U"], "times", "a whole number"),
            (.repetition, ["times": "1", "jitter": "20%"], "jitter", "spreads the times of 'every'"),
            (.repetition, ["times": "1", "every": "1s", "jitter": "120%"], "jitter", "from 0% to 100%"),
            (.repetition, ["times": "1", "batch": "50"], "batch pause", "a time"),
            (.repetition, ["times": "1", "batch pause": "1s"], "batch", "how many requests"),
            (.repetition, ["times": "1", "batch": "x", "batch pause": "1s"], "batch", "a whole number"),
            (.records, ["file": " "], "file", "the path of a CSV or JSON Lines file"),
            (.records, ["file": "users"], "format", "the file's name does not say it"),
            (.records, ["file": "users.csv", "format": "xml"], "format", "csv, jsonl, or nothing"),
            (.records, ["file": "users.csv", "where": "active"], "where", "expected =, != or ~ after 'active'"),
            (.records, ["file": "users.csv", "name": "{"], "name", "'{' is not closed"),
            (.records, ["file": "users.csv", "language": "en"], "name", "needed where a language is given"),
        ] as [(StepKind, [String: String], String, String)])
    func refused(kind: StepKind, texts: [String: String], label: String, problem: String) throws {
        let state = added(kind, texts)
        guard case .form(let form)? = state.overlay else { Issue.record("the form is gone"); return }
        let field = try #require(form.fields.first { $0.problem != nil })
        #expect(field.label == label)
        #expect(field.problem?.contains(problem) == true)
        #expect(form.fields[form.focus].label == label)
        for (label, text) in texts { #expect(form.fields.first { $0.label == label }?.text == text) }
        #expect(state.composer.rows.count == 3)
    }

    @Test("every field that is wrong says so, not only the first")
    func several() throws {
        let state = added(.repetition, ["name": "{", "times": "x", "every": "y", "jitter": "z", "batch": "w"])
        guard case .form(let form)? = state.overlay else { Issue.record("the form is gone"); return }
        #expect(form.fields.filter { $0.problem != nil }.map(\.label) == ["name", "times", "every", "jitter", "batch"])
        var corrected = state
        _ = update(&corrected, .edited("Ana"))
        guard case .form(let form)? = corrected.overlay else { Issue.record("the form is gone"); return }
        #expect(form.fields.filter { $0.problem != nil }.map(\.label) == ["times", "every", "jitter", "batch"])
    }

    @Test("the menu offers every kind of step")
    func menu() {
        var state = State.connected()
        expect(&state, .pressed(.addStep)) { $0.overlays = [.menu(.steps)] }
        guard case .menu(let menu)? = state.overlay else { Issue.record("no menu is open"); return }
        #expect(menu.items.map(\.choice) == StepKind.allCases.map { .plan(.stepChosen($0)) })
        _ = update(&state, .itemClicked(1))
        guard case .form(let form)? = state.overlay else { Issue.record("no form is open"); return }
        #expect(form.title == "Add a pause")
    }

    @Test("a new request has the language of the chosen step, unless that is a field of its records")
    func language() {
        for (step, language) in [
            (PlanStep.request(HelloRequest(name: "A", language: "fr")), "fr"),
            (.repeating("A", 2, language: "{random:en|es}"), "{random:en|es}"), (Self.steps[8], "en"),
            (.pause(.zero), "en"),
        ] {
            var state = State.connected(plan: OpenedPlan(PlanDocument(steps: [step]), place: nil))
            _ = update(&state, .pressed(.addRequest))
            guard case .form(let form)? = state.overlay else { Issue.record("no form is open"); return }
            #expect(form.fields[1].text == language)
        }
    }
}
