public import Foundation
public import RPCCore
public import TerminalUI
public import WorkbenchModel

/// The workbench at work: what comes from the terminal and from calls changes the state, and the state is drawn.
///
/// Draws at most ``framesPerSecond`` frames a second, and none when nothing has changed. What a user does is answered at
/// once: all of it that has come with one frame.
@MainActor
public final class Program {
    /// What the program is made of.
    public struct Configuration: Sendable {
        public var keymap: Keymap
        public var theme: Theme
        public var timeZone: TimeZone
        public var clock: any CallClock
        /// From one frame to the next, at least. Zero draws every change at once.
        public var frameLength: Duration
        /// How long the first requests of a plan may take to be made for a preview.
        public var previewDeadline: Duration
        /// Keeps a picture of the screen, and says in a few words where; `nil` where there is no place for it.
        public var capture: (@Sendable (ScreenBuffer) async throws -> String)?
        /// Writes a call as a command line; `nil` where nobody can.
        public var commandLine: CommandLineMaker?
        /// Where transports tell what travels.
        public var wire: WireTap

        public init(
            keymap: Keymap = .standard, theme: Theme = .dark, timeZone: TimeZone = .current,
            clock: any CallClock = SystemClock(), frameLength: Duration = .seconds(1) / Program.framesPerSecond,
            previewDeadline: Duration = .seconds(2),
            capture: (@Sendable (ScreenBuffer) async throws -> String)? = nil,
            commandLine: CommandLineMaker? = nil, wire: WireTap = WireTap()
        ) {
            self.keymap = keymap
            self.theme = theme
            self.timeZone = timeZone
            self.clock = clock
            self.frameLength = frameLength
            self.previewDeadline = previewDeadline
            self.capture = capture
            self.commandLine = commandLine
            self.wire = wire
        }
    }

    /// Writes a call as a command line, with the requests that it has sent as JSON; `nil` where they are too many, or not known.
    public typealias CommandLineMaker =
        @Sendable (CommandLineTool, CallState, [String]?) -> Result<String, CommandLineProblem>

    /// Frames drawn in a second at most, unless the configuration says otherwise.
    public nonisolated static let framesPerSecond = 20

    /// How often what counts up or down on screen is brought up to date while a call goes on.
    private static let tickLength = Duration.milliseconds(100)

    enum Input: Sendable {
        case event(TerminalEvent)
        case message(Message)
        case callChanged(id: Int)
        /// Messages have come that are on screen.
        case transcriptChanged
        /// Something has travelled.
        case wireChanged
        case frameDue
        case tick
    }

    let backend: any TerminalBackend
    nonisolated let inbox = Inbox<Input>()
    let effects: EffectRunner
    private let configuration: Configuration
    private let interpreter: Interpreter
    private let theme: Theme
    private(set) var state: State
    private var editor = Editor()
    private var changedCall: Int?
    private var isWireChanged = false
    private var isDirty = true
    /// Whether the user has done something since the last frame.
    private var isAnswering = false
    private var nextFrame: Duration = .zero
    private var frameTimer: Task<Void, Never>?
    private var ticker: Task<Void, Never>?
    private var shown: ScreenBuffer?
    /// What can be clicked on in the frame on screen.
    private var clicks = ClickMap()
    private var isFinished = false
    /// The signal that ended the program, if one did.
    public private(set) var terminatingSignal: Int32?
    /// How the borders between panes were moved.
    public var split: Split { state.split }
    /// What is to be said once the terminal is as it was, one line each: where unsaved changes are kept.
    public var farewell: [String] { effects.plans.farewell }

    /// - Parameters:
    ///   - methods: What can be called.
    ///   - history: The calls that were made; `nil` where they are not kept.
    public init(
        backend: any TerminalBackend, connector: any ServerConnector, methods: @escaping MethodLookup,
        files: any PlanFiles,
        history: (any CallHistory)? = nil, state: State, configuration: Configuration = Configuration()
    ) {
        self.backend = backend
        self.state = state
        self.configuration = configuration
        interpreter = Interpreter(keymap: configuration.keymap)
        theme = configuration.theme.distinct(with: backend.capabilities.colours)
        let plans = PlanEffectRunner(
            files: files, requests: methods(.unary).input, clock: configuration.clock,
            previewDeadline: configuration.previewDeadline
        ) { [inbox] in inbox.post(.message(.plan($0))) }
        let search = SearchRunner(clock: configuration.clock, timeZone: configuration.timeZone) { [inbox] in
            inbox.post(.message(.search($0)))
        }
        let calls = HistoryEffectRunner(
            history, onTranscriptChange: { [inbox] in inbox.post(.transcriptChanged) },
            post: { [inbox] in inbox.post(.message(.history($0))) })
        effects = EffectRunner(
            connector: connector, methods: methods, plans: plans, search: search, history: calls,
            wire: configuration.wire, commandLine: configuration.commandLine,
            clock: configuration.clock, inbox: inbox)
    }

    /// Says something on screen, from anywhere.
    public nonisolated func tell(_ notice: Notice) {
        inbox.post(.message(.told(notice)))
    }

    /// Runs until the user leaves or the terminal is gone. No call, task or socket of the program is left behind.
    public func run() async {
        let input = Task { await pumpEvents() }
        handle(.message(.started))
        render()
        while !isFinished, !Task.isCancelled {
            for input in await inbox.next() { handle(input) }
            renderWhenDue()
        }
        input.cancel()
        frameTimer?.cancel()
        ticker?.cancel()
        await effects.finish()
    }

    private func pumpEvents() async {
        while true {
            let events = await backend.nextEvents()
            guard !events.isEmpty else { return }
            for event in events { inbox.post(.event(event)) }
        }
    }

    // MARK: Input

    private func handle(_ input: Input) {
        guard !isFinished else { return }
        switch input {
        case .event(let event): handle(event)
        case .message(let message): apply(message)
        case .callChanged(let id):
            // What is read for the call before must not hide that the present one has changed.
            if effects.holds(id) { changedCall = id }
            isDirty = true
        case .transcriptChanged: isDirty = true
        case .wireChanged: (isWireChanged, isDirty) = (true, true)
        case .frameDue: frameTimer = nil
        case .tick: apply(.ticked(configuration.clock.now))
        }
    }

    private func handle(_ event: TerminalEvent) {
        editor.follow(state)
        // What is clicked on is what there is now, whatever has happened since the last frame.
        if case .mouse(let mouse) = event, mouse.kind == .press, isDirty { render() }
        isDirty = true
        isAnswering = true
        if event == .resumed { shown = nil }
        if case .terminated(let signal) = event { terminatingSignal = signal }
        let layout = layOut().layout
        if case .mouse(let mouse) = event {
            let messages = interpreter.messages(
                for: mouse, in: clicks, state: state, editor: &editor, layout: layout)
            return messages.forEach { apply($0) }
        }
        if let message = interpreter.message(for: event, state: state, editor: &editor, layout: layout) {
            apply(message)
        }
    }

    private func apply(_ message: Message) {
        isDirty = true
        for effect in update(&state, message) { effects.run(effect) { perform($0) } }
        editor.follow(state)
        keepTicking()
    }

    private func perform(_ effect: TerminalEffect) {
        switch effect {
        case .redraw:
            shown = nil
            backend.redraw()
        case .suspend: backend.suspend()
        case .quit: isFinished = true
        case .capture: capture()
        case .edit(let text): apply(.form(.externallyEdited(ExternalEditor.edit(text, on: backend))))
        case .copyText(let text): copy(text)
        case .copyMessage(let direction, let number, let view):
            let message = effects.transcript.messages(of: direction, in: number..<number + 1).first
            copy(message.map { $0.text(in: view) ?? $0.text })
        case .copyRecord(let row): copy(effects.wire.line(ofRow: row))
        case .copyLines(let pane): copy(PaneText.of(pane, makeContext()))
        case .pipe(let excerpt, let command): handOver(excerpt, to: .command(command))
        case .openInEditor(let excerpt): handOver(excerpt, to: .editor)
        }
    }

    private func copy(_ text: String?) {
        guard let text else { return apply(.copied(.nothing)) }
        if backend.copy(text) { return apply(.copied(.copied)) }
        let count = text.utf8.count
        apply(.copied(count > Clipboard.limit ? .tooLong(count, limit: Clipboard.limit) : .noClipboard))
    }

    /// Lets another program have the terminal, and messages.
    private func handOver(_ excerpt: Excerpt, to reader: TerminalHandover.Reader) {
        do {
            let messages = ExcerptReader(excerpt, of: effects.transcript)
            try TerminalHandover(reader).run(messages, on: backend) { [inbox] in
                inbox.post(.message(.programEnded($0)))
            }
        } catch {
            apply(.told(Notice(.failure, "no place for the messages: \(error.localizedDescription)")))
        }
    }

    /// Hands the picture as it is now to whoever keeps pictures.
    private func capture() {
        render()
        guard let keep = configuration.capture, let shown else { return apply(.captured(.failure(.notSupported))) }
        Task { [inbox] in
            do {
                inbox.post(.message(.captured(.success(try await keep(shown)))))
            } catch {
                inbox.post(.message(.captured(.failure(CaptureFailure("\(error)")))))
            }
        }
    }

    /// Lets time go on in the state as long as a call does.
    private func keepTicking() {
        guard state.isCallLive else {
            ticker?.cancel()
            ticker = nil
            return
        }
        guard ticker == nil else { return }
        ticker = Task { [inbox, clock = configuration.clock] in
            while (try? await clock.sleep(for: Self.tickLength)) != nil { inbox.post(.tick) }
        }
    }

    // MARK: Output

    private func renderWhenDue() {
        guard isDirty, !isFinished else { return }
        guard !isAnswering, configuration.clock.now < nextFrame else { return render() }
        guard frameTimer == nil else { return }
        frameTimer = Task { [inbox, clock = configuration.clock, nextFrame] in
            if (try? await clock.sleep(until: nextFrame)) != nil { inbox.post(.frameDue) }
        }
    }

    private func render() {
        isDirty = false
        isAnswering = false
        nextFrame = configuration.clock.now + configuration.frameLength
        takeProgress()
        takeWire()
        let context = layOut()
        let frame = WorkbenchView.draw(context, glyphs: backend.capabilities.glyphs)
        clicks = context.clicks
        guard frame != shown else { return }
        shown = frame
        backend.present(frame)
    }

    /// Brings the call's progress into the state, once a frame however much has happened.
    private func takeProgress() {
        guard let id = changedCall else { return }
        changedCall = nil
        guard let message = effects.progress(ofCall: id) else { return }
        apply(.ticked(configuration.clock.now))
        apply(message)
        isDirty = false
    }

    /// Brings what has travelled into the state, once a frame however much it is.
    private func takeWire() {
        guard isWireChanged, !state.wire.isHeld else { return }
        isWireChanged = false
        apply(.ticked(configuration.clock.now))
        apply(.wire(effects.wire.take()))
        isDirty = false
    }

    /// Lays the state out for the screen as it is: before a user does something on it, and before it is drawn.
    private func layOut() -> ViewContext {
        let context = makeContext()
        let layout = WorkbenchView.layout(context)
        guard layout != state.layout else { return context }
        state.layOut(layout)
        return makeContext()
    }

    private func makeContext() -> ViewContext {
        ViewContext(
            state: state, transcript: effects.transcript, wire: effects.wire.log, keymap: configuration.keymap,
            theme: theme,
            timeZone: configuration.timeZone, layout: WorkbenchLayout(size: backend.size, of: state),
            editor: editor)
    }
}
