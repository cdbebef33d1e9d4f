import Plans
import RPCCore
import TestSupport
import Testing
import WorkbenchModel

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

    private func titles(_ state: State) -> [String] {
        guard case .menu(let menu)? = state.overlays.last else { return [] }
        return menu.items.map(\.title)
    }

    @Test("the list has what the program knows at once, and what the server has when it has said so")
    func list() {
        var state = Self.connected
        #expect(update(&state, .pressed(.chooseMethod)) == [.loadMethods])
        #expect(titles(state) == Self.usual.map(\.ref.fullName))
        let list = MethodList([Self.usual[0], Self.talk], unusable: [.init("demo.Broken", "no definition")])
        _ = update(&state, .methodsLoaded(.success(list)))
        #expect(titles(state) == Self.usual.map(\.ref.fullName) + ["demo.Chat/Talk", "demo.Broken"])
        _ = update(&state, .edited("talk"))
        #expect(titles(state) == ["demo.Chat/Talk"])
    }

    @Test("a server that does not say is told of, and the program's own methods stay")
    func silent() {
        var state = Self.connected
        _ = update(&state, .pressed(.chooseMethod))
        _ = update(&state, .methodsLoaded(.failure(CallError(.unimplemented, "no reflection", at: .server))))
        #expect(titles(state) == Self.usual.map(\.ref.fullName))
        #expect(state.notice?.text.contains("no reflection") == true)
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
        #expect(update(&state, .pressed(.chooseKind)) == [.loadMethods])
        _ = update(&state, .kindChosen(.unary))
        #expect(state.method == nil && state.settings.kind == .unary)
    }
}
