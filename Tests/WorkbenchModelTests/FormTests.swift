import Plans
import RPCCore
import TestSupport
import Testing

@testable import WorkbenchModel

@Suite("What all forms do")
struct FormTests {
    private func form(_ state: State) -> Form? { if case .form(let form)? = state.overlay { form } else { nil } }

    private var question: (State) -> Question? {
        { if case .question(let question)? = $0.overlay { question } else { nil } }
    }

    @Test("what was typed is not lost without a question", arguments: [Action.settings, .planSettings, .addRequest])
    func asks(action: Action) {
        var state = State.connected()
        _ = update(&state, .pressed(action))
        let opened = form(state)
        _ = update(&state, .overlayDismissed)
        #expect(state.overlays.isEmpty, "nothing was typed")
        _ = update(&state, .pressed(action))
        _ = update(&state, .edited("typed"))
        _ = update(&state, .overlayDismissed)
        #expect(question(state)?.title == "Leave the form")
        // Going on finds it as it was, and giving it up takes it away.
        _ = update(&state, .overlayDismissed)
        #expect(form(state)?.fields[0].text == "typed")
        _ = update(&state, .overlayDismissed)
        _ = update(&state, .itemClicked(1))
        #expect(state.overlays.isEmpty)
        _ = update(&state, .pressed(action))
        #expect(form(state)?.fields == opened?.fields)
    }

    @Test("keeping what was typed is one of the answers")
    func keeps() {
        var state = State.connected()
        _ = update(&state, .pressed(.settings))
        _ = update(&state, .edited("7s"))
        _ = update(&state, .overlayDismissed)
        _ = update(&state, .itemClicked(0))
        #expect(state.overlays.isEmpty)
        #expect(state.settings.deadline == .seconds(7))
    }

    @Test("a prompt is left at once")
    func prompts() {
        var state = State.connected()
        _ = update(&state, .pressed(.find))
        _ = update(&state, .edited("text"))
        _ = update(&state, .overlayDismissed)
        #expect(state.overlays.isEmpty)
    }

    @Test("a field of a few words is gone through in both directions, in a circle")
    func choices() throws {
        var state = State.connected()
        _ = update(&state, .pressed(.settings))
        let jitter = try #require(form(state)?.fields.firstIndex { $0.label == "jitter" })
        _ = update(&state, .steppedInOverlay(by: jitter))
        var seen: [String] = []
        for _ in 0..<5 {
            _ = update(&state, .choiceStepped(by: 1))
            seen.append(try #require(form(state)?.fields[jitter].text))
        }
        #expect(seen == ["equal", "decorrelated", "20%", "none", "full"])
        _ = update(&state, .choiceStepped(by: -1))
        #expect(form(state)?.fields[jitter].text == "none")
        _ = update(&state, .overlayAccepted)
        #expect(state.settings.retry.backoff.jitter == .none)
    }

    @Test("a field that may be empty has that as a choice; a field of any text has none")
    func optionalChoices() throws {
        var state = State.connected()
        _ = update(&state, .pressed(.planSettings))
        let fields = try #require(form(state)?.fields)
        #expect(fields.first?.choices == ["", "unary", "server-stream", "client-stream", "bidi"])
        #expect(fields.first { $0.label == "manual" }?.choices == ["yes", "no"])
        #expect(fields.first { $0.label == "stop after" }?.choices == [])
        _ = update(&state, .steppedInOverlay(by: 1))
        let before = state
        _ = update(&state, .choiceStepped(by: 1))
        #expect(state == before)
    }

    // MARK: What is written

    @Test("the kind that was chosen on screen is in the plan that is written")
    func writesKind() throws {
        var state = State.connected()
        _ = update(&state, .kindChosen(.bidirectional))
        #expect(!state.composer.hasUnsavedChanges, "choosing is no change of the plan")
        _ = update(&state, .pressed(.writePlan))
        #expect(state.composer.document.kind == .bidirectional)
        _ = update(&state, .overlayDismissed)
        _ = update(&state, .kindChosen(.unary))
        _ = update(&state, .pressed(.writePlanAs))
        #expect(state.composer.document.kind == .unary)
    }

    @Test("a new plan has the kind that it was run as, and one of a file that has none is left so")
    func writesKindOfNewPlans() throws {
        var state = State.connected()
        _ = update(&state, .pressed(.writePlan))
        #expect(state.composer.document.kind == state.settings.kind)
        var document = state.composer.document
        document.kind = nil
        state.composer = Composer(document, place: PlanPlace(path: "/plan.yaml", version: FileVersion("1")))
        _ = update(&state, .pressed(.writePlanAs))
        #expect(state.composer.document.kind == nil)
    }

    // MARK: Servers

    private static let telemetry = MethodEntry(
        unread: "demo.v1.Telemetry/Record", kind: .clientStream)

    @Test("a server that does not list what is called is not called before that was said")
    func asksBeforeRun() {
        var catalogue = MethodCatalogue()
        let ref = Self.telemetry.ref
        #expect(!catalogue.lacks(ref), "nobody was asked")
        catalogue.add(MethodList(services: ["demo.v1.Telemetry"]))
        #expect(!catalogue.lacks(ref), "nobody knows what the service has")
        catalogue.add(MethodList(), asked: ["demo.v1.Telemetry"])
        #expect(catalogue.lacks(ref))
        var other = MethodCatalogue()
        other.add(MethodList(services: ["demo.v1.Chat"]))
        #expect(other.lacks(ref))
        other.add(MethodList([Self.telemetry]))
        #expect(!other.lacks(ref))
    }

    @Test("a call says whose it was once another server is connected")
    func otherServer() throws {
        var state = State.connected()
        _ = update(&state, .pressed(.run))
        func origin() -> String? { state.call?.server(otherThan: state.server) }
        #expect(origin() == nil)
        state.call?.progress.apply(.ended(CallOutcome(delivery: Delivery(), time: .zero, rule: "over")))
        func connect(_ name: String) {
            _ = update(&state, .pressed(.chooseServer))
            _ = update(&state, .edited(name))
            _ = update(&state, .overlayAccepted)
        }
        connect("grpc://elsewhere:1")
        #expect(origin() == "demo:")
        connect("grpc://third:1")
        #expect(origin() == "demo:")
        connect("demo:")
        #expect(origin() == nil)
    }
}
