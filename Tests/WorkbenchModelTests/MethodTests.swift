import Plans
import RPCCore
import TestSupport
import Testing

@testable import WorkbenchModel

@Suite("Choosing a method")
struct MethodTests {
    private static let usual = CallKind.allCases.map { MethodEntry(Greeter.method($0)) }
    private static let talk = entry("demo.Chat", "Talk", .bidirectional)
    private static let record = entry("demo.Telemetry", "Record", .clientStream)

    private static func entry(_ service: String, _ name: String, _ kind: CallKind) -> MethodEntry {
        MethodEntry(
            MethodSchema(
                MethodRef(service: service, name: name, kind: kind), input: Greeter.request, output: Greeter.reply))
    }

    private static var connected: State {
        var state = State(
            server: ServerStatus(name: "demo:"), fields: Greeter.request.fields, methods: usual, sample: .sample)
        _ = update(
            &state,
            .serverConnected(
                ServerStatus(name: "demo:", address: ServerAddress(scheme: .grpc, host: "127.0.0.1", port: 50051))))
        return state
    }

    private func chooser(_ state: State) -> MethodChooser? {
        if case .methods(let chooser)? = state.overlays.last { chooser } else { nil }
    }

    /// The rows as they can be told apart.
    private func rows(_ state: State) -> [String] {
        (chooser(state)?.rows ?? []).map { row in
            switch row {
            case .heading(let name): "# \(name)"
            case .method(let entry): entry.ref.name
            case .recent(let entry): "recent \(entry.ref.name)"
            case .unusable(let unusable): "! \(unusable.name)"
            case .reason(let reason): "  \(reason)"
            case .unread: "…"
            case .note(let note): "note \(note)"
            }
        }
    }

    private static let greeter = ["# helloworld.Greeter"] + usual.map(\.ref.name)

    @Test("the list has what the program knows at once, and what the server has when it has said so, by service")
    func list() {
        var state = Self.connected
        #expect(update(&state, .pressed(.chooseMethod)) == [.history(.findCalled), .loadMethods])
        #expect(rows(state) == Self.greeter && chooser(state)?.isAsking == true)
        let list = MethodList(
            [Self.usual[0], Self.talk],
            unusable: [.init("demo.Broken", "no definition"), .init("demo.Chat/Shout", "type .x.Y is not defined")])
        #expect(update(&state, .methodsLoaded(.success(list))).isEmpty)
        #expect(
            rows(state) == Self.greeter + [
                "# demo.Chat", "Talk", "! demo.Chat/Shout", "  type .x.Y is not defined", "! demo.Broken",
                "  no definition",
            ])
        _ = update(&state, .edited("talk"))
        #expect(rows(state) == ["# demo.Chat", "Talk"])
        #expect(chooser(state)?.selection == .method(Self.talk))
        _ = update(&state, .overlayAccepted)
        #expect(state.method == Self.talk && state.overlays.isEmpty)
    }

    @Test("what services have is asked for bit by bit, first for those in sight, as long as somebody looks")
    func lazily() {
        var state = Self.connected
        _ = update(&state, .pressed(.chooseMethod))
        let names = (1...1000).map { "demo.S\($0)" }
        guard
            case .readServices(let first)? = update(&state, .methodsLoaded(.success(MethodList(services: names)))).first
        else {
            Issue.record("nothing was asked for")
            return
        }
        #expect(first == Array(names.prefix(64)) && rows(state).contains("…"))
        _ = update(&state, .edited("S900"))
        let answer = MethodList(first.map { Self.entry($0, "Do", .unary) })
        guard case .readServices(let second)? = update(&state, .servicesRead(first, .success(answer))).first else {
            Issue.record("nothing more was asked for")
            return
        }
        #expect(second.first == "demo.S900" && second.count == 128)
        _ = update(&state, .overlayDismissed)
        #expect(update(&state, .servicesRead(second, .success(MethodList()))).isEmpty)
        // Who looks again goes on with it. A service that has nothing is not asked for again.
        guard case .readServices(let third)? = update(&state, .pressed(.chooseMethod)).first else {
            Issue.record("nothing was asked for")
            return
        }
        #expect(third.count == 64 && Set(third).isDisjoint(with: first + second))
    }

    @Test("services that all servers have are shown when somebody wants them")
    func common() {
        var state = Self.connected
        _ = update(&state, .pressed(.chooseMethod))
        let check = Self.entry("grpc.health.v1.Health", "Check", .unary)
        _ = update(&state, .methodsLoaded(.success(MethodList([check]))))
        #expect(rows(state) == Self.greeter)
        _ = update(&state, .commonServicesToggled)
        #expect(rows(state) == Self.greeter + ["# grpc.health.v1.Health", "Check"])
    }

    @Test("what was called last comes first, that of earlier runs behind that of this one")
    func recent() {
        var state = Self.connected
        _ = update(&state, .methodChosen(Self.talk))
        _ = update(&state, .pressed(.run))
        _ = update(&state, .pressed(.chooseMethod))
        _ = update(&state, .methodsLoaded(.success(MethodList([Self.talk, Self.record]))))
        func entry(_ ref: MethodRef?) -> HistoryEntry {
            HistoryEntry(
                id: 1, started: "", server: "", kind: .unary, method: ref, sent: 1, received: 1, answered: 1,
                lasted: .zero)
        }
        _ = update(&state, .history(.called([entry(Self.record.ref), entry(nil), entry(Self.talk.ref)])))
        #expect(rows(state).prefix(4) == ["# Called recently", "recent Talk", "recent Record", "recent SayHello"])
    }

    @Test("a name is found by letters of it, those first that begin its parts")
    func fuzzy() {
        var state = Self.connected
        _ = update(&state, .pressed(.chooseMethod))
        let library = ["GetBook", "CreateBook", "ImportBooks"].map { Self.entry("demo.v1.Library", $0, .unary) }
        _ = update(&state, .methodsLoaded(.success(MethodList(library + [Self.record]))))
        _ = update(&state, .edited("libgb"))
        #expect(rows(state).prefix(2) == ["# demo.v1.Library", "GetBook"])
        _ = update(&state, .edited("telrec"))
        #expect(rows(state) == ["# demo.Telemetry", "Record"])
        _ = update(&state, .edited("record tele"))
        #expect(rows(state) == ["# demo.Telemetry", "Record"])
        _ = update(&state, .edited("helloreq book"))
        #expect(rows(state).count == 4)
        _ = update(&state, .edited("zzz"))
        #expect(rows(state).isEmpty && update(&state, .overlayAccepted).isEmpty)
    }

    @Test("moving goes from choice to choice, and what cannot be called says why and leaves the list open")
    func moving() {
        var state = Self.connected
        _ = update(&state, .pressed(.chooseMethod))
        _ = update(&state, .methodsLoaded(.success(MethodList([Self.talk], unusable: [.init("demo.Broken", "why")]))))
        _ = update(&state, .steppedInOverlay(by: 1000))
        #expect(chooser(state)?.selection == .unusable(.init("demo.Broken", "why")))
        _ = update(&state, .overlayAccepted)
        #expect(state.notice?.text == "demo.Broken cannot be called: why" && chooser(state) != nil)
        _ = update(&state, .steppedInOverlay(by: -1))
        #expect(chooser(state)?.selection == .method(Self.talk))
        _ = update(&state, .steppedInOverlay(by: -1))
        #expect(chooser(state)?.selection == .method(Self.usual[3]))
        _ = update(&state, .itemClicked(0))
        #expect(chooser(state) != nil)
        _ = update(&state, .itemClicked(1))
        #expect(state.settings.kind == .unary && state.overlays.isEmpty)
    }

    @Test("what was said of the definitions stands at the end, and with what cannot be called because of it")
    func notes() {
        var state = Self.connected
        _ = update(&state, .pressed(.chooseMethod))
        let list = MethodList(unusable: [.init("demo.A/Do", "type .x.Y is not defined")], notes: ["x.proto is missing"])
        _ = update(&state, .methodsLoaded(.success(list)))
        _ = update(&state, .methodsLoaded(.success(list)))
        #expect(rows(state).suffix(2) == ["# Notes on the definitions", "note x.proto is missing"])
        _ = update(&state, .steppedInOverlay(by: 3))
        #expect(chooser(state)?.trouble == "demo.A/Do: type .x.Y is not defined; x.proto is missing")
        _ = update(&state, .steppedInOverlay(by: 1))
        #expect(chooser(state)?.trouble == "x.proto is missing" && update(&state, .overlayAccepted).isEmpty)
    }

    @Test("another server has other methods")
    func otherServer() {
        var state = Self.connected
        _ = update(&state, .pressed(.chooseMethod))
        _ = update(&state, .methodsLoaded(.success(MethodList([Self.talk]))))
        _ = update(&state, .overlayDismissed)
        #expect(update(&state, .pressed(.chooseMethod)).isEmpty)
        _ = update(&state, .overlayDismissed)
        _ = update(&state, .pressed(.switchTransport))
        #expect(update(&state, .pressed(.chooseMethod)).isEmpty, "it is not connected yet")
        #expect(rows(state) == Self.greeter)
        #expect(update(&state, .methodsReloaded).isEmpty)
        let other = ServerStatus(
            name: state.server.name, address: ServerAddress(scheme: .http, host: "127.0.0.1", port: 8010))
        #expect(update(&state, .serverConnected(other)) == [.checkHealth, .loadMethods])
    }

    @Test("a list that is opened before the server is connected waits for it, and says why where it never is")
    func early() {
        var state = State(
            server: ServerStatus(name: "grpc://h:1", health: .checking), fields: Greeter.request.fields,
            methods: Self.usual, sample: .sample)
        #expect(update(&state, .pressed(.chooseMethod)) == [.history(.findCalled)])
        #expect(chooser(state)?.isAsking == true && chooser(state)?.problem == nil)
        let refused = CallError(.unavailable, "refused", at: .connect)
        _ = update(&state, .serverConnected(ServerStatus(name: "grpc://h:1", health: .unreachable(refused))))
        #expect(chooser(state)?.problem == "the server does not tell of its services: refused")
        #expect(chooser(state)?.isAsking == false)
        #expect(update(&state, .methodsReloaded).isEmpty)
        #expect(chooser(state)?.problem == "the server does not tell of its services: refused")
    }

    @Test("a server that does not say is told of, and the program's own methods stay")
    func silent() {
        var state = Self.connected
        _ = update(&state, .pressed(.chooseMethod))
        let error = CallError(.unimplemented, "no reflection", at: .server, advice: "--proto")
        _ = update(&state, .methodsLoaded(.failure(error)))
        #expect(rows(state) == Self.greeter)
        #expect(
            chooser(state)?.problem == "the server does not tell of its services: no reflection; try: --proto")
        #expect(update(&state, .methodsReloaded) == [.loadMethods])
        #expect(chooser(state)?.problem == nil)
        _ = update(&state, .methodsLoaded(.success(MethodList())))
        #expect(chooser(state)?.problem == "the server lists no services" && rows(state) == Self.greeter)
    }

    @Test("a call that is run again chooses its method, and its plan is that method's")
    func again() {
        var state = Self.connected
        _ = update(&state, .methodChosen(Self.talk))
        let plan = state.composer.document
        _ = update(&state, .pressed(.run))
        var progress = CallProgress()
        progress.apply(.ended(CallOutcome(delivery: Delivery(), time: .zero, rule: "")))
        _ = update(&state, .callProgressed(id: 1, progress, oldestSent: 1, oldestReceived: 1))
        _ = update(&state, .kindChosen(.unary))
        #expect(state.method == nil)
        _ = update(&state, .pressed(.composeCall))
        #expect(state.method == Self.talk && state.composer.document.steps == plan.steps)
        #expect(state.settings.kind == .bidirectional)
        _ = update(&state, .kindChosen(.unary))
        _ = update(&state, .pressed(.runAgain))
        #expect(state.method == Self.talk && state.call?.method == Self.talk)
    }

    @Test("each method has its plan, which comes back with it, and is what is called")
    func plans() throws {
        var state = Self.connected
        let sample = state.composer.document
        _ = update(&state, .methodChosen(Self.record))
        #expect(state.settings.kind == .clientStream)
        #expect(state.composer.document.steps == [.request(MessageValue())])
        state.composer.add(.pause(.seconds(1)))
        let changed = state.composer.document
        _ = update(&state, .methodChosen(Self.talk))
        #expect(state.settings.kind == .bidirectional && state.composer.document != changed)
        _ = update(&state, .methodChosen(Self.record))
        #expect(state.composer.document == changed)
        guard case .startCall(let call)? = update(&state, .pressed(.run)).first else {
            Issue.record("no call was started")
            return
        }
        #expect(call.method == Self.record)
        var other = state
        _ = update(&other, .methodChosen(Self.usual[1]))
        #expect(other.method == nil && other.composer.document == sample && other.settings.kind == .serverStream)
    }

    @Test(
        "a method of another service is sent to a gateway, too: its routes say how, and the transport where there is none"
    )
    func gateway() {
        var state = Self.connected
        let gateway = ServerAddress(scheme: .http, host: "127.0.0.1", port: 8000)
        _ = update(&state, .serverConnected(ServerStatus(name: "demo:", address: gateway)))
        _ = update(&state, .methodChosen(Self.talk))
        guard case .startCall(let call)? = update(&state, .pressed(.run)).first else {
            Issue.record("no call was started")
            return
        }
        #expect(call.method == Self.talk)
    }

    @Test("what cannot be called says why, and changes nothing")
    func unusable() {
        var state = Self.connected
        expect(&state, .methodRefused(.init("demo.Broken", "no definition"))) {
            $0.notice = Notice(.warning, "demo.Broken cannot be called: no definition")
        }
    }

    @Test("the kind of call leads back to the program's own methods")
    func kinds() {
        var state = Self.connected
        _ = update(&state, .methodChosen(Self.talk))
        #expect(update(&state, .pressed(.chooseKind)) == [.history(.findCalled), .loadMethods])
        _ = update(&state, .kindChosen(.unary))
        #expect(state.method == nil && state.settings.kind == .unary)
    }

    @Test("the key that describes says why a method cannot be called")
    func describeUnusable() {
        var state = Self.connected
        _ = update(&state, .pressed(.chooseMethod))
        _ = update(&state, .methodsLoaded(.success(MethodList(unusable: [.init("demo.Broken/Do", "no definition")]))))
        _ = update(&state, .edited("broken"))
        _ = update(&state, .pressed(.describe))
        #expect(state.notice?.text == "demo.Broken/Do cannot be called: no definition")
    }

    @Test(
        "a method is found by its names with their packages, those of its messages, too, and as grpcurl writes it",
        arguments: ["helloworld.HelloRequest", "demo.Telemetry", "Telemetry/Record", "demo.Telemetry.Record"])
    func qualifiedNames(typed: String) {
        var chooser = MethodChooser(MethodCatalogue(), usual: Self.usual, recent: [], present: nil)
        var catalogue = MethodCatalogue()
        catalogue.add(MethodList([Self.record, Self.talk]))
        chooser.show(catalogue)
        _ = chooser.edit(typed)
        guard case .method(let entry)? = chooser.selection else {
            Issue.record("nothing is found: \(chooser.rows)")
            return
        }
        let names = [entry.ref.fullName, entry.schema.input.name, entry.schema.output.name]
        #expect(names.contains { $0.replacing("/", with: ".").contains(typed.replacing("/", with: ".")) })
    }

    @Test("a name that is typed whole comes before those that its letters fit as well")
    func wholeNames() throws {
        let score = { (name: String) in FuzzyQuery("LegacyEcho/Groups").score(FuzzyQuery.Names(["vec.v1.\(name)"])) }
        #expect(try #require(score("LegacyEcho/Groups")) > #require(score("LegacyEcho/GroupStream")))
    }
}
