import Plans
import RPCCore
import Retry
import TestSupport
import Testing

@testable import WorkbenchModel

@Suite("The configuration, as the settings and the server dialogue show it")
struct ConfigurationTests {
    private static let settings = ConfiguredSettings(
        [
            SettingField("headers.", label: "header", text: "", hint: "NAME: VALUE"),
            SettingField("token", label: "token", text: "file /t", hint: "where it is"),
            SettingField("tls.insecure", label: "insecure", text: "false", choices: ["true", "false"], hint: ""),
        ], place: "~/c.yaml, profile prod",
        profiles: [.init("prod", server: "grpcs://api:443", isInUse: true), .init("test", server: "http://t:1")])

    private func state(_ settings: ConfiguredSettings = settings) -> State {
        var state = State.connected()
        state.configuration = settings
        return state
    }

    private func form(_ state: State) -> Form? { if case .form(let form)? = state.overlay { form } else { nil } }

    private func type(_ text: String, into label: String, _ state: inout State) throws {
        let form = try #require(self.form(state))
        let index = try #require(form.fields.firstIndex { $0.label == label })
        _ = update(&state, .steppedInOverlay(by: index - form.focus))
        _ = update(&state, .edited(text))
    }

    @Test("the form has the words of the documentation, and says how long its values last")
    func words() throws {
        var state = state()
        _ = update(&state, .pressed(.settings))
        let labels = try #require(form(state)).fields.map(\.label)
        #expect(
            labels == [
                "deadline", "hold open", "retry", "attempts", "back-off", "max back-off", "multiplier", "jitter",
                "repeat post", "method", "header", "token", "insecure",
            ])
        #expect(form(state)?.notes.first == "enter: for this session; ctrl-s: kept in ~/c.yaml, profile prod")
        state = self.state(ConfiguredSettings())
        _ = update(&state, .pressed(.settings))
        #expect(form(state)?.notes.first == "what is set here lasts for this session")
        // There is nowhere to keep it.
        let before = state
        #expect(update(&state, .formKept) == [])
        #expect(state == before)
    }

    @Test("ctrl-s keeps what calls are like, under the names of the configuration; enter asks nobody")
    func keeps() throws {
        var state = state()
        _ = update(&state, .pressed(.settings))
        try type("7s", into: "deadline", &state)
        var entered = state
        #expect(update(&entered, .overlayAccepted) == [])
        let kept = [
            ("deadline", "7s"), ("retry.mode", "restart"), ("retry.attempts", "4"), ("retry.backoff", "500ms"),
            ("retry.max-backoff", "10s"), ("retry.multiplier", "2.0"), ("retry.jitter", "full"),
            ("retry.repeat-post", "no"),
        ].map { SettingChange($0, $1) }
        #expect(
            update(&state, .formKept) == [.configure(.use([], server: "demo:", keeping: kept))])
        #expect(state.settings.deadline == .seconds(7))
        let answer = ConfigurationAnswer(Self.settings, notice: Notice(.success, "kept in ~/c.yaml: deadline"))
        expect(&state, .configured(.success(answer))) {
            $0.overlays = []
            $0.notice = answer.notice
        }
    }

    @Test("what is changed of the way to the server is asked for, and connected anew once it is in effect")
    func changes() throws {
        var state = state()
        _ = update(&state, .pressed(.settings))
        try type("X-Tenant: blue", into: "header", &state)
        try type("true", into: "insecure", &state)
        let changes = [SettingChange("headers.", "X-Tenant: blue"), SettingChange("tls.insecure", "true")]
        #expect(
            update(&state, .overlayAccepted) == [.configure(.use(changes, server: "demo:", keeping: nil))])
        #expect(form(state) != nil, "nobody has answered yet")
        var refused = state
        let problem = ConfigurationRefusal.Problem("headers.", "no such header")
        #expect(update(&refused, .configured(.failure(ConfigurationRefusal([problem])))) == [])
        let shown = try #require(form(refused))
        #expect(shown.fields[shown.focus].problem == "no such header")
        #expect(shown.fields[shown.focus].label == "header")
        let effects = update(&state, .configured(.success(ConfigurationAnswer(Self.settings, server: "demo:"))))
        #expect(effects == [.connect(to: "demo:")])
        #expect(state.overlays.isEmpty)
    }

    @Test("the way to the server is not changed under a call")
    func live() throws {
        var state = state()
        _ = update(&state, .pressed(.run))
        _ = update(&state, .pressed(.settings))
        try type("file /other", into: "token", &state)
        #expect(update(&state, .overlayAccepted) == [])
        let form = try #require(self.form(state))
        #expect(form.fields[form.focus].label == "token")
        #expect(form.fields[form.focus].problem?.contains("a call is running") == true)
    }

    // MARK: The server dialogue

    @Test("profiles, servers that were used and the demo server are offered, narrowed by what is typed")
    func offers() throws {
        var state = state()
        state.recentServers = ["grpc://one:1", "http://two:2"]
        _ = update(&state, .pressed(.chooseServer))
        #expect(
            form(state)?.suggestions.map(\.text) == [
                "profile:prod", "profile:test", "grpc://one:1", "http://two:2", "demo:", "demo:grpc",
            ])
        _ = update(&state, .edited("two"))
        #expect(form(state)?.suggestions.map(\.text) == ["http://two:2"])
        _ = update(&state, .steppedInOverlay(by: 1))
        #expect(form(state)?.fields[0].text == "http://two:2")
        #expect(form(state)?.chosenSuggestion == 0)
        var back = state
        _ = update(&back, .steppedInOverlay(by: -1))
        #expect(form(back)?.fields[0].text == "two")
        var clicked = back
        #expect(update(&clicked, .itemClicked(0)) == [.connect(to: "http://two:2")])
        #expect(update(&state, .overlayAccepted) == [.connect(to: "http://two:2")])
    }

    @Test("a profile is gone over to, with its server, its deadline and its retries; one that is not there is said")
    func profiles() throws {
        var state = state()
        _ = update(&state, .pressed(.chooseServer))
        _ = update(&state, .edited("profile:none"))
        _ = update(&state, .overlayAccepted)
        #expect(
            form(state)?.fields[0].problem == "there is no profile 'none' in the configuration: there are prod, test")
        _ = update(&state, .edited("profile:test"))
        #expect(update(&state, .overlayAccepted) == [.configure(.profile("test"))])
        let calls = ConfigurationAnswer.Calls(deadline: .seconds(1), retry: .off)
        let answer = ConfigurationAnswer(Self.settings, server: "http://t:1", calls: calls)
        #expect(update(&state, .configured(.success(answer))) == [.connect(to: "http://t:1")])
        #expect(state.server.name == "http://t:1")
        #expect(state.settings.deadline == .seconds(1))
        #expect(state.settings.retry == .off)
    }

    @Test("a server that has answered is remembered, one that nobody reached is not, nor is the demo server")
    func remembers() {
        var state = state()
        #expect(update(&state, .healthChecked(.healthy(.well))) == [])
        state.server = ServerStatus(name: "grpc://h:1", address: State.address, health: .checking)
        let gone = CallError(.unavailable, "refused", at: .connect)
        #expect(update(&state, .healthChecked(.unreachable(gone))) == [])
        #expect(state.recentServers == [])
        let odd = CallError(.unimplemented, "no health", at: .server)
        #expect(update(&state, .healthChecked(.unreachable(odd))) == [.rememberServer("grpc://h:1")])
        #expect(state.recentServers == ["grpc://h:1"])
        #expect(update(&state, .healthChecked(.healthy(.well))) == [], "it is the first already")
    }

    @Test("what was found of the server is said, a guess as a guess, and nothing that is not known")
    func facts() {
        var state = state()
        #expect(
            state.serverFacts == ["speaks the gateway's dialect", "healthy: answered in 1ms, \"Service is healthy\""])
        state.server = ServerStatus(name: "h:8010", address: State.address)
        #expect(state.serverFacts == ["≈ asked in the gateway's dialect: a guess, for the address has no scheme"])
        _ = update(&state, .methodsLoaded(.success(MethodList(services: ["demo.v1.Chat", "grpc.health.v1.Health"]))))
        #expect(
            state.serverFacts.suffix(2) == [
                "lists 2 services: demo.v1.Chat, grpc.health.v1.Health",
                "≈ version v1: a guess, by the names of its services",
            ])
        _ = update(&state, .methodsLoaded(.failure(CallError(.unimplemented, "no reflection", at: .server))))
        _ = update(&state, .methodsReloaded)
        #expect(state.serverFacts.last == "lists no services: no reflection")
        // Nothing has shown that it speaks what it was asked in.
        let refused = CallError(.unavailable, "connection refused", at: .connect)
        state.server = ServerStatus(
            name: "grpc://h:1", address: ServerAddress(scheme: .grpc, host: "h", port: 1), health: .unreachable(refused)
        )
        #expect(state.serverFacts.prefix(2) == ["asked as gRPC", "not healthy: connection refused"])
        state.server.health = .healthy(.well)
        #expect(state.serverFacts.first == "speaks gRPC")
    }

    @Test("the server dialogue says what is heard of the server while it is open")
    func heard() {
        var state = state()
        state.server = ServerStatus(name: "grpc://h:1", health: .checking)
        _ = update(&state, .pressed(.chooseServer))
        _ = update(&state, .edited("grpc://other:2"))
        #expect(form(state)?.notes == ["now at grpc://h:1", "being asked for its health"])
        let address = ServerAddress(scheme: .grpc, host: "h", port: 1)
        _ = update(&state, .serverConnected(ServerStatus(name: "grpc://h:1", address: address)))
        #expect(form(state)?.notes == ["now at grpc://h:1", "asked as gRPC", "being asked for its health"])
        _ = update(&state, .healthChecked(.healthy(.well)))
        _ = update(&state, .methodsLoaded(.success(MethodList(services: ["demo.Chat"]))))
        #expect(
            form(state)?.notes == [
                "now at grpc://h:1", "speaks gRPC", "healthy: answered in 1ms, \"Service is healthy\"",
                "lists 1 service: demo.Chat",
            ])
        #expect(state.editedText == "grpc://other:2")
    }

    @Test(
        "what may be a secret is shown while it is typed, and masked once its field is left",
        arguments: [
            ("header", "Authorization: Bearer abcdefgh", "Authorization: [redacted]"),
            ("header", "x-api-key:k", "x-api-key: [redacted]"), ("header", "eyJhbGciOi", "[redacted]"),
            ("header", "X-Trace: 1", "X-Trace: 1"), ("header", "", ""), ("token", "eyJhbGciOi", "[redacted]"),
            ("token", "none of it", "[redacted]"), ("token", "none", "none"), ("token", "file ~/t", "file ~/t"),
            ("token", "variable TOKEN", "variable TOKEN"), ("token", "command pass show x", "command [redacted]"),
        ])
    func masked(label: String, typed: String, shown: String) throws {
        var settings = Self.settings
        settings.fields[0].secrecy = .header
        settings.fields[1].secrecy = .tokenSource
        var state = state(settings)
        _ = update(&state, .pressed(.settings))
        try type(typed, into: label, &state)
        let field = try #require(form(state)).focus
        #expect(form(state)?.shows(field) == true)
        _ = update(&state, .steppedInOverlay(by: 1))
        #expect(form(state)?.fields[field].shownText == shown)
        #expect(form(state)?.fields[field].text == typed)
        // Who only comes back to it types nothing.
        _ = update(&state, .steppedInOverlay(by: -1))
        #expect(form(state)?.shows(field) == (shown == typed))
    }
}
