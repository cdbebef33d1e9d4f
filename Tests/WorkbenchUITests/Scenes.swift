import Foundation
import Plans
import RPCCore
import TerminalUI
import TestSupport
import WorkbenchModel

@testable import WorkbenchUI

/// A workbench in some situation, ready to be drawn at any size.
struct Scene {
    var state: State
    var transcript = MemoryTranscript()
    var wire = WireLog()

    private static let start = Date(timeIntervalSince1970: 1_795_348_801)
    private static let server = ServerAddress(scheme: .http, host: "127.0.0.1", port: 8010)
    private static let health = HealthReport(message: "Service is healthy", roundTrip: .milliseconds(2))

    init(_ plan: OpenedPlan? = nil) {
        state = State(
            server: ServerStatus(name: "demo:", address: Self.server, health: .healthy(Self.health)),
            fields: Greeter.request.fields, methods: CallKind.allCases.map { MethodEntry(Greeter.method($0)) },
            sample: .sample, plan: plan,
            workingDirectory: "/home/ana/work")
    }

    /// Draws the scene as the program does: laid out first, so that the panes follow.
    func draw(_ size: Size, theme: Theme = .dark, glyphs: Glyphs = .unicode) -> ScreenBuffer {
        drawn(size, theme: theme, glyphs: glyphs).screen
    }

    /// Draws it, with what can be clicked on.
    func drawn(
        _ size: Size, theme: Theme = .dark, glyphs: Glyphs = .unicode
    ) -> (screen: ScreenBuffer, clicks: ClickMap) {
        var state = state
        var editor = Editor()
        for _ in 0..<2 {
            let context = context(state, editor, size, theme)
            state.layOut(WorkbenchView.layout(context))
            editor.follow(state)
        }
        let context = context(state, editor, size, theme)
        return (WorkbenchView.draw(context, glyphs: glyphs), context.clicks)
    }

    /// The scene once the program has laid it out for a screen.
    func laidOut(_ size: Size) -> Scene {
        var scene = self
        for _ in 0..<2 { scene.state.layOut(WorkbenchView.layout(context(scene.state, Editor(), size, .dark))) }
        return scene
    }

    private func context(_ state: State, _ editor: Editor, _ size: Size, _ theme: Theme) -> ViewContext {
        ViewContext(
            state: state, transcript: transcript, wire: wire, keymap: .standard, theme: theme, timeZone: .gmt,
            layout: WorkbenchLayout(size: size, of: state), editor: editor)
    }

    // MARK: What happens in it

    /// Lets messages happen, whatever their effects.
    func after(_ messages: Message...) -> Scene {
        var scene = self
        for message in messages { _ = update(&scene.state, message) }
        return scene
    }

    /// Lets the events of the running call happen.
    func during(_ events: CallEvent...) -> Scene { during(events) }

    func during(_ events: [CallEvent]) -> Scene {
        var scene = self
        var progress = CallProgress()
        let all = [.attemptStarted(Attempt(start: .zero, wallTime: Self.start))] + events
        for event in all {
            progress.apply(event)
            if case .sent(let messages) = event { scene.transcript.append(messages, to: .sent) }
            if case .received(let messages) = event { scene.transcript.append(messages, to: .received) }
        }
        _ = update(&scene.state, .ticked(.milliseconds(3200)))
        _ = update(
            &scene.state,
            .callProgressed(
                id: 1, progress, oldestSent: scene.transcript.kept(of: .sent).lowerBound,
                oldestReceived: scene.transcript.kept(of: .received).lowerBound))
        return scene
    }

    // MARK: The scenes of the golden files

    static let idle = Scene()

    static let succeeded = Scene().after(.pressed(.run)).during(
        .opened(connection("WebSocket", "/v1/helloworld/client_stream")), .sent(requests(3)), .halfClosed(at: .zero),
        .received([reply(1, "Hello, Alice, Bob and Chloé! (3 requests)", at: 140)]), .acknowledged(upTo: 3),
        .serverFinished(at: .milliseconds(141)),
        .ended(
            CallOutcome(
                delivery: Delivery(sent: 3, answered: 3, received: 1), time: .milliseconds(142),
                rule: "the server said complete and closed (1000)", result: 1)))

    static let failed = Scene().after(.pressed(.run)).during(
        .opened(connection("WebSocket", "/v1/helloworld/client_stream")), .sent(requests(3)),
        .received([reply(1, "Hello, Alice!", at: 20, answers: 1)]), .acknowledged(upTo: 1),
        .ended(
            CallOutcome(
                error: CallError(
                    .unavailable, "connection closed by the server without a CLOSE frame", at: .receive,
                    advice: "see whether the server still runs, then run again"),
                delivery: Delivery(sent: 3, answered: 1, received: 1), time: .milliseconds(1240), rule: "failed")))

    private static func retry(_ attempt: Int, at start: Int, _ delay: Int) -> CallEvent {
        .retryScheduled(
            RetrySchedule(
                attempt: attempt, maximumAttempts: 4, start: .milliseconds(start + delay),
                delay: .milliseconds(delay), bound: .milliseconds(500 << (attempt - 2)),
                formula: "random(0, \(Duration.milliseconds(500 << (attempt - 2)).text))", firstRequest: 1,
                throttle: ThrottleLevel(tokens: Double(11 - attempt), maximum: 10)))
    }

    private static func attempt(_ number: Int, at start: Int) -> CallEvent {
        .attemptStarted(Attempt(number: number, start: .milliseconds(start), wallTime: Self.start))
    }

    private static let refusedConnection = CallError(
        .unavailable, "the server closed the connection without an answer: connection reset", at: .upgrade)
    private static let cut = CallError(
        .unavailable, "connection closed by the server without a CLOSE frame", at: .receive,
        delivery: Delivery(sent: 2))

    /// A call that waits for its third attempt.
    static let waiting = Scene().after(.pressed(.run)).during(
        .attemptEnded(refusedConnection, at: .milliseconds(2)), retry(2, at: 2, 310), attempt(2, at: 312),
        .opened(connection("WebSocket", "/v1/helloworld/client_stream")), .sent(requests(2)),
        .attemptEnded(cut, at: .milliseconds(2800)), retry(3, at: 2800, 840))

    /// A call that has recovered, once by itself and once by hand.
    static let recovered = Scene().after(.pressed(.run)).during(
        .attemptEnded(refusedConnection, at: .milliseconds(2)), retry(2, at: 2, 310), attempt(2, at: 312),
        .opened(connection("WebSocket", "/v1/helloworld/client_stream")), .sent(requests(2)),
        .attemptEnded(cut, at: .milliseconds(2800)), retry(3, at: 2800, 840), attempt(3, at: 3000),
        .resent(1...2, at: .milliseconds(3005)), .sent(Array(requests(3).dropFirst(2))),
        .halfClosed(at: .milliseconds(3010)),
        .received([reply(1, "Hello, Alice, Bob and Chloé! (3 requests)", at: 3020)]), .acknowledged(upTo: 3),
        .serverFinished(at: .milliseconds(3021)),
        .ended(
            CallOutcome(
                delivery: Delivery(sent: 3, answered: 3, received: 1), time: .milliseconds(3025),
                rule: "the server said complete and closed (1000)", result: 1, attempts: 3)))

    /// A call that the server has turned down in so many words, after one that left nothing in doubt.
    static let turnedDown = Scene().after(.pressed(.run)).during(
        .attemptEnded(refusedConnection, at: .milliseconds(2)), retry(2, at: 2, 310), attempt(2, at: 312),
        .opened(connection("WebSocket", "/v1/helloworld/client_stream")), .sent(requests(3)),
        .ended(
            CallOutcome(
                error: CallError(
                    .unknown, "the server reported an error: \"boom\"", at: .server, isRefusal: true,
                    delivery: Delivery(sent: 3, refused: 3)),
                delivery: Delivery(sent: 3, refused: 3), time: .milliseconds(1240),
                rule: "the server reported an error", attempts: 2)))

    /// A conversation that is open, with text that wants to do harm and text that is wide.
    static let conversation = Scene().after(.kindChosen(.bidirectional), .pressed(.run), .pressed(.focusReceived))
        .during(
            .opened(connection("WebSocket", "/v1/helloworld/ws")), .sent(requests(3)),
            .received([
                reply(1, "你好，Alice！", at: 4, answers: 1),
                reply(2, "\u{1b}]0;owned\u{7}\u{1b}[2J\u{202E}abc", at: 9, answers: 2),
                StreamMessage(
                    number: 3, time: .milliseconds(12), size: 40, form: .textFrame,
                    body: .refusal("Invalid request: name: too long")),
                StreamMessage(
                    number: 4, time: .milliseconds(14), size: 40, form: .textFrame,
                    body: .markerEcho(HelloReply(message: "Hello, John Doe!"))),
            ]), .acknowledged(upTo: 2), .notice("the server answers every message: its replies come one by one"))

    static let help = Scene().after(.pressed(.help))
    static let palette = Scene().after(.pressed(.palette), .edited("pane"))
    static let form = Scene().after(
        .pressed(.addRequest), .edited("Zoë 你好"), .steppedInOverlay(by: 2), .edited("many"), .overlayAccepted)
    static let quitting = Scene().after(.pressed(.run), .pressed(.quit))
    static let kinds = Scene().after(.pressed(.chooseKind))
    static let faults = withFaults.after(
        .pressed(.faults), .faultChosen("stall"), .faultChosen("refuse"), .edited("many"), .overlayAccepted,
        .faultChecked(FaultOrder("refuse=many"), problem: "a whole number"), .edited("2"), .overlayAccepted,
        .faultChecked(FaultOrder("refuse=2"), problem: nil),
        .serverConnected(ServerStatus(name: "demo:", address: server)), .healthChecked(.healthy(health)))

    private static let withFaults: Scene = {
        var scene = Scene()
        scene.state.faults = FaultBoard(FaultKind.samples)
        return scene
    }()

    /// A plan with a step of each kind, from a file, with a change.
    static let plan = Scene(Self.fullPlan).after(.pressed(.last), .pressed(.duplicateStep))
    static let addStep = Scene().after(.pressed(.addStep))
    static let repetition = Scene(Self.fullPlan).after(
        .pressed(.down), .pressed(.down), .pressed(.editStep), .steppedInOverlay(by: 4), .edited("120%"),
        .steppedInOverlay(by: 2), .edited("soon"), .overlayAccepted)
    static let records = Scene(Self.fullPlan).after(.pressed(.last), .pressed(.editStep), .steppedInOverlay(by: 2))
    /// A workbench with a configuration.
    private static var configured: Scene {
        var scene = Scene()
        scene.state.configuration = ConfiguredSettings(
            [
                SettingField("headers.X-Tenant", label: "header", text: "X-Tenant: blue", hint: "NAME: VALUE"),
                SettingField("headers.X-Api-Key", label: "header", text: "X-Api-Key: [masked]", hint: "NAME: VALUE"),
                SettingField(
                    "headers.", label: "header", text: "", hint: "NAME: VALUE, for one more header or metadata"),
                SettingField("token", label: "token", text: "file ~/token", hint: "where it is, never what it is"),
                SettingField(
                    "tls.insecure", label: "insecure", text: "false", choices: ["true", "false"],
                    hint: "true: any certificate is accepted"),
                SettingField("keep-alive", label: "keep-alive", text: "300s", hint: "a time, or none"),
            ], place: "~/.config/greeter-tui/config.yaml, profile prod",
            profiles: [
                .init("prod", server: "grpcs://api.example.com:443", isInUse: true),
                .init("test", server: "http://127.0.0.1:8000"),
            ])
        scene.state.recentServers = ["grpc://127.0.0.1:9000", "https://greeter.example.com:8443/base"]
        return scene
    }

    static let settingsForm = configured.after(
        .pressed(.settings), .steppedInOverlay(by: 7), .choiceStepped(by: 1), .steppedInOverlay(by: -2),
        .edited("soon"), .overlayAccepted)
    static let servers = configured.after(.pressed(.chooseServer), .steppedInOverlay(by: 3))
    /// A call under the header of a server that it did not go to.
    static let elsewhere = succeeded.after(
        .serverConnected(ServerStatus(name: "demo:", address: Self.server)), .pressed(.chooseServer),
        .edited("http://127.0.0.1:8000"), .overlayAccepted)

    static let planSettings = Scene(Self.fullPlan).after(.pressed(.planSettings))
    static let chooser = Scene().after(
        .pressed(.openPlan), .plan(.listed(DirectoryQuery(base: "/home/ana/work", path: ""), .success(Self.listing))),
        .steppedInOverlay(by: 2))
    static let chooserFailed = Scene().after(
        .pressed(.writePlan), .edited("../../secret/plan.yaml"),
        .plan(
            .listed(
                DirectoryQuery(base: "/home/ana/work", path: "../../secret/"),
                .failure(FileProblem("/home/secret cannot be listed: Permission denied")))))
    static let comparing = Scene().after(.pressed(.compare), .overlayAccepted)

    static let comparison = comparing.after(
        .compared(
            id: 1,
            .success(
                ComparisonTable(
                    rows: [
                        .init("", "http://127.0.0.1:8010", "grpc://127.0.0.1:8011"),
                        .init("transport", "WebSocket", "gRPC over HTTP/2"), .init("status", "OK", "OK"),
                        .init("replies", "3", "2"), .init("whole call", "12ms", "9.1ms"),
                        .init("p50 of a reply", "1.2ms", "0.9ms"),
                    ],
                    differences: ["replies: 3, and 2", "reply 2: \"Hello, Bo!\", and \"Hello, Bob!\""]))))

    static let preview = Scene(Self.fullPlan).after(
        .pressed(.preview),
        .plan(
            .previewed(
                id: 1,
                PlanPreview(
                    [
                        PlannedRequest(HelloRequest(name: "Ana", language: "es"), at: .zero),
                        PlannedRequest(HelloRequest(name: "User 1"), at: .milliseconds(500)),
                        PlannedRequest(HelloRequest(name: "\u{1b}[2Jname", language: "de"), at: .seconds(3600)),
                    ],
                    .failed(
                        PlanError(place: "users.csv, line 7, column 3", problem: "a quotation mark is not closed"))))))
    /// Calls of every sort, with text that wants to do harm.
    static let history = Scene().after(
        .pressed(.history), .history(.listed(HistoryQuery(.newest), .success(entries))), .steppedInOverlay(by: 2))
    static let historyOff = Scene().after(
        .pressed(.history), .history(.listed(HistoryQuery(.newest), .failure(.off))))
    static let historyQuestion = history.after(.history(.deletionAsked))

    private static let entries: [HistoryEntry] = [
        HistoryEntry(
            id: 1042, stage: .running, started: "2026-11-22 12:00:09", server: "demo:grpc", kind: .bidirectional,
            code: nil, sent: 1_000_000, received: 999_744, answered: 999_744, lasted: .seconds(3)),
        HistoryEntry(
            id: 1041, started: "2026-11-22 11:58:20", server: "http://127.0.0.1:8010", kind: .clientStream, sent: 3,
            received: 1, answered: 3, lasted: .milliseconds(142)),
        HistoryEntry(
            id: 1040, started: "2026-11-22 11:20:00", server: "http://evil\u{1b}[2J\u{202E}/", kind: .serverStream,
            code: .unavailable, cause: "\u{1b}]0;owned\u{7}the server says \u{202E}no", attempts: 4, sent: 2,
            received: 0, answered: 0, lasted: .milliseconds(3025), isImported: true),
        HistoryEntry(
            id: 1039, stage: .interrupted, started: "2026-11-21 23:59:59", server: "grpcs://greeter.example:443",
            kind: .unary, code: nil, sent: 9, received: 8, answered: 8, lasted: .seconds(61)),
    ]

    /// A call of the history that was cut off with its program.
    static let recorded: Scene = {
        var scene = Scene()
        var progress = CallProgress()
        let sent = requests(3)
        let received = [reply(1, "Hello, Alice!", at: 20, answers: 1)]
        let events: [CallEvent] = [
            .attemptStarted(Attempt(start: .zero, wallTime: start)),
            .opened(connection("WebSocket", "/v1/helloworld/ws")), .sent(sent), .received(received),
            .acknowledged(upTo: 1),
        ]
        for event in events { progress.apply(event) }
        progress.breakOff()
        scene.transcript.append(sent, to: .sent)
        scene.transcript.append(received, to: .received)
        let entry = HistoryEntry(
            id: 1039, stage: .interrupted, started: "2026-11-22 12:00:01", server: "http://evil\u{1b}[2J/",
            kind: .bidirectional, code: nil, sent: 3, received: 1, answered: 1, lasted: .milliseconds(25))
        let facts = RecordedFacts(
            entry: entry, options: CallOptions(), plan: PlanDocument(names: ["Alice"]), progress: progress)
        return scene.after(
            .pressed(.history), .history(.listed(HistoryQuery(.newest), .success([entry]))), .overlayAccepted,
            .history(.opened(1039, .success(facts))))
    }()

    static let unsaved = Scene(Self.fullPlan).after(.pressed(.duplicateStep), .pressed(.quit))
    static let kept = Scene().after(
        .plan(
            .keptFound([
                KeptPlan(path: "/state/1.yaml", file: "/home/ana/work/plan.yaml", time: "on 2026-11-22 at 12:00")
            ])))

    /// What the program and a server have to be called.
    static let methods: Scene = {
        let talk = MethodSchema(
            MethodRef(service: "demo.chat.v1.Chat", name: "Talk", kind: .bidirectional), input: Greeter.request,
            output: Greeter.reply, routes: [HTTPRoute("GET", "/v1/chat")])
        let list = MethodList(
            [MethodEntry(talk)],
            unusable: [.init("demo.Broken/Call", "type .x.Y is not defined")])
        return Scene().after(.pressed(.chooseMethod), .methodsLoaded(.success(list)))
    }()

    /// What a method has called before, and what a server says that it has not read yet.
    static let methodsRead: Scene = {
        let scene = methods.after(.overlayDismissed, .pressed(.run), .pressed(.chooseMethod))
        let names = (1...40).map { "demo.many.v1.Service\($0)" }
        return scene.after(
            .methodsReloaded, .methodsLoaded(.success(MethodList(services: names))), .steppedInOverlay(by: 1))
    }()

    /// How a method is declared, and a type of it.
    static let described = Scene().after(.pressed(.describe), .overlayAccepted)

    /// Messages as a table of fields.
    static let columns = Scene().after(
        .columnToggled("name"), .columnToggled("language"), .columnToggled("message"), .pressed(.run)
    ).during(
        .opened(connection("WebSocket", "/v1/helloworld/client_stream")), .sent(requests(3)), .halfClosed(at: .zero),
        .received([reply(1, "Hello, Alice, Bob and Chloé! (3 requests)", at: 140)]), .acknowledged(upTo: 3),
        .serverFinished(at: .milliseconds(141)),
        .ended(
            CallOutcome(
                delivery: Delivery(sent: 3, answered: 3, received: 1), time: .milliseconds(142),
                rule: "the server said complete and closed (1000)", result: 1)))

    static let all: [(name: String, scene: Scene)] = [
        ("idle", idle), ("succeeded", succeeded), ("failed", failed), ("conversation", conversation), ("help", help),
        ("palette", palette), ("methods", methods), ("methods-read", methodsRead), ("described", described),
        ("columns", columns), ("form", form), ("message", message),
        ("message-text", messageText), ("message-edit", messageEdit), ("quitting", quitting), ("kinds", kinds),
        ("faults", faults),
        ("waiting", waiting), ("recovered", recovered), ("turned-down", turnedDown), ("plan", plan),
        ("add-step", addStep), ("repetition", repetition), ("records", records), ("plan-settings", planSettings),
        ("settings-form", settingsForm), ("servers", servers), ("elsewhere", elsewhere),
        ("chooser", chooser), ("chooser-failed", chooserFailed), ("preview", preview),
        ("comparing", comparing), ("comparison", comparison), ("unsaved", unsaved),
        ("kept", kept), ("history", history), ("history-off", historyOff), ("history-question", historyQuestion),
        ("recorded", recorded), ("wire", wireStalled), ("wire-detail", wireDetail), ("wire-websocket", wireWebSocket),
        ("wire-empty", Scene().after(.pressed(.wire))),
    ]

    // MARK: Plans

    private static let fullPlan: OpenedPlan = {
        let pacing = Pacing(every: .milliseconds(100), jitter: 0.2, batch: Pacing.Batch(size: 50, pause: .seconds(1)))
        let template = try? RequestTemplate(
            name: Template("{name}", allowsFields: true), language: Template("{preferred_language}", allowsFields: true)
        )
        let name = try? Template("User {i}")
        let plan = PlanDocument(
            kind: .clientStream, seed: 7,
            steps: [
                .request(HelloRequest(name: "Ana", language: "es")), .pause(.milliseconds(500)),
                .repetition(
                    RepeatStep(
                        1000, RequestTemplate(name: name ?? Template(literal: ""), language: Template(literal: "en")),
                        pacing: pacing)),
                .records(
                    RecordsStep(
                        from: .file("users.csv"), where: [RecordCondition("active", .isOneOf(["true"]))], template,
                        pacing: Pacing(every: .seconds(1)))),
            ],
            flow: PlanFlow(unanswered: 1), stop: PlanStop(after: 2000, time: .seconds(90), isManual: true),
            directory: "/home/ana/work")
        return OpenedPlan(plan, place: PlanPlace(path: "/home/ana/work/plan.yaml", version: FileVersion("1")))
    }()

    private static let listing = DirectoryListing(
        directory: "/home/ana/work",
        entries: [
            FileEntry("data", .directory), FileEntry("notes.txt", .other), FileEntry("plan.yaml", .plan),
            FileEntry("requests.jsonl", .records(.jsonLines)), FileEntry("users \u{202E}\u{7}.csv", .records(.csv)),
            FileEntry("你好-" + String(repeating: "long", count: 30) + ".yaml", .plan),
        ])

    // MARK: Messages

    static func connection(_ transport: String, _ route: String) -> ConnectionInfo {
        ConnectionInfo(
            time: .zero, transport: transport, route: route,
            metadata: [MetadataEntry("server", "demo"), MetadataEntry("Set-Cookie", "session=secret")])
    }

    static func requests(_ count: Int) -> [StreamMessage] {
        (1...count).map { number in
            let (name, language) = [("Alice", "en"), ("Bob", "es"), ("Chloé", "fr")][(number - 1) % 3]
            let request = HelloRequest(name: name, language: language)
            let wire = #"{"name":"\#(request.name)","language":"\#(request.language ?? "")"}"#
            return StreamMessage(
                number: number, time: .milliseconds(number), size: wire.utf8.count, form: .textFrame,
                body: .request(request), wire: wire)
        }
    }

    static func reply(_ number: Int, _ message: String, at time: Int, answers: Int? = nil) -> StreamMessage {
        let wire = #"{"type":"response","data":{"message":"\#(message)","language":"en"}}"#
        return StreamMessage(
            number: number, time: .milliseconds(time), size: wire.utf8.count, form: .textFrame,
            body: .reply(HelloReply(message: message, language: "en")), wire: wire, answers: answers)
    }
}
