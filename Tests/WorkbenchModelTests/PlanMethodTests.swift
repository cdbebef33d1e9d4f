import Plans
import RPCCore
import TestSupport
import Testing
import WorkbenchModel

@Suite("Plans and the methods that they are for")
struct PlanMethodTests {
    private static let usual = CallKind.allCases.map { MethodEntry(Greeter.method($0)) }
    private static let record = entry("Record", .clientStream)
    private static let watch = entry("Watch", .serverStream)
    private static let yaml = """
        method: demo.Telemetry/Record
        requests:
          - {name: Ana}
          - pause: 1s
        """

    private static func entry(_ name: String, _ kind: CallKind) -> MethodEntry {
        MethodEntry(
            MethodSchema(
                MethodRef(service: "demo.Telemetry", name: name, kind: kind), input: Greeter.request,
                output: Greeter.reply))
    }

    /// A plan as it is opened, before it is known what its messages are.
    private static func opened(_ yaml: String = yaml) throws -> OpenedPlan {
        let source = try PlanSource(yaml: yaml, place: "plan.yaml", directory: "/work")
        let method = try #require(source.method)
        return OpenedPlan(
            try source.file(of: UnreadMessageCodec(of: method.text), replies: nil, method: method.text).document,
            place: PlanPlace(path: "/work/plan.yaml", version: FileVersion("1")), source: source)
    }

    private func connected(_ plan: OpenedPlan? = nil) -> State {
        var state = State(
            server: ServerStatus(name: "grpc://h:1"), fields: Greeter.request.fields, methods: Self.usual,
            sample: .sample, plan: plan, workingDirectory: "/work")
        let address = ServerAddress(scheme: .grpc, host: "h", port: 1)
        let effects = update(&state, .serverConnected(ServerStatus(name: "grpc://h:1", address: address)))
        #expect(effects.contains(.loadMethods) == (plan != nil))
        return state
    }

    private func open(_ plan: OpenedPlan, in state: inout State) -> [Effect] {
        _ = update(&state, .pressed(.openPlan))
        _ = update(
            &state,
            .plan(
                .listed(
                    DirectoryQuery(base: "/work", path: ""), .success(DirectoryListing(directory: "/work", entries: []))
                )))
        _ = update(&state, .edited("plan.yaml"))
        let effects = update(&state, .overlayAccepted)
        #expect(effects == [.plan(.open(path: "/work/plan.yaml", of: state.method))])
        return update(&state, .plan(.opened(path: "/work/plan.yaml", .success(plan))))
    }

    @Test("a plan to begin with is shown, and called once the server has said what its messages are")
    func begins() throws {
        var state = connected(try Self.opened())
        #expect(state.method?.ref.fullName == "demo.Telemetry/Record" && state.method?.isKnown == false)
        #expect(state.composer.rows.count == 2)
        #expect(update(&state, .pressed(.run)).isEmpty && state.call == nil)
        #expect(state.notice?.text.contains("demo.Telemetry/Record is not known") == true)
        _ = update(&state, .methodsLoaded(.success(MethodList([Self.watch, Self.record]))))
        #expect(state.method == Self.record && state.settings.kind == .clientStream)
        #expect(state.composer.rows == [.request(Greeter.request("Ana")), .pause(.seconds(1))])
        #expect(!state.composer.hasUnsavedChanges)
        guard case .startCall(let call)? = update(&state, .pressed(.run)).first else {
            Issue.record("no call was started")
            return
        }
        #expect(call.method == Self.record && call.plan.method == "demo.Telemetry/Record")
    }

    @Test("opening a plan chooses its method, and one without a method the program's own")
    func opens() throws {
        var state = connected()
        _ = update(&state, .methodsLoaded(.success(MethodList([Self.watch, Self.record]))))
        _ = open(try Self.opened(), in: &state)
        #expect(state.method == Self.record && state.composer.document.method == "demo.Telemetry/Record")
        _ = open(OpenedPlan(PlanDocument(kind: .unary), place: nil), in: &state)
        #expect(state.method == nil && state.settings.kind == .unary)
    }

    @Test("a plan for a method that the server does not have is shown, and it is said")
    func unknown() throws {
        var state = connected()
        #expect(open(try Self.opened(), in: &state).contains(.loadMethods))
        _ = update(&state, .methodsLoaded(.success(MethodList([Self.watch]))))
        #expect(state.notice?.text.contains("no method is called 'demo.Telemetry/Record'") == true)
        #expect(state.composer.rows.count == 2 && state.method?.isKnown == false)
        let list = MethodList([Self.watch], unusable: [.init("demo.Telemetry/Record", "no such type")])
        _ = update(&state, .methodsLoaded(.success(list)))
        #expect(state.notice?.text.contains("no such type") == true)
    }

    @Test("what does not fit the messages is told with its place, and the plan stays")
    func misfit() throws {
        var state = connected()
        let yaml = "service: demo.Telemetry\nkind: client-stream\nrequests:\n  - {nme: Ana}\n"
        _ = open(try Self.opened(yaml), in: &state)
        _ = update(&state, .methodsLoaded(.success(MethodList([Self.watch, Self.record]))))
        #expect(state.notice?.text.contains("plan.yaml, line 4") == true)
        #expect(state.composer.rows.count == 1 && state.method?.isKnown == false)
    }

    @Test("what was changed before the messages were known is not lost")
    func changed() throws {
        var state = connected()
        _ = open(try Self.opened(), in: &state)
        _ = update(&state, .pressed(.duplicateStep))
        _ = update(&state, .methodsLoaded(.success(MethodList([Self.record]))))
        #expect(state.method == Self.record && state.composer.hasUnsavedChanges)
        #expect(
            state.composer.rows
                == [.request(Greeter.request("Ana")), .request(Greeter.request("Ana")), .pause(.seconds(1))])
    }

    @Test("a plan that is begun, kept or taken from a call has the method of its messages")
    func carries() throws {
        var state = connected()
        _ = update(&state, .methodChosen(Self.record))
        #expect(state.composer.document.method == "demo.Telemetry/Record")
        let kept = UnsavedPlan(document: state.composer.document, place: nil, keptPath: nil)
        #expect(try kept.document.yaml().contains("method: demo.Telemetry/Record"))
        _ = update(&state, .pressed(.newPlan))
        #expect(state.composer.document.method == "demo.Telemetry/Record" && state.method == Self.record)
        state.composer.add(.request(Greeter.request("Ana")))
        _ = update(&state, .pressed(.run))
        _ = update(&state, .methodChosen(Self.usual[0]))
        #expect(state.composer.document.method == nil)
        _ = update(&state, .pressed(.composeCall))
        #expect(state.composer.document.method == "demo.Telemetry/Record" && state.method == Self.record)
    }

    @Test("records are read as requests of the method that is called")
    func records() {
        var state = connected()
        _ = update(&state, .methodChosen(Self.record))
        let plan = PlanDocument(method: "demo.Telemetry/Record", steps: [.request(Greeter.request("Ana"))])
        _ = open(OpenedPlan(plan, place: nil), in: &state)
        #expect(state.method == Self.record)
    }
}
