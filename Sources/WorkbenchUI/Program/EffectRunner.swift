import Foundation
import Plans
import RPCCore
import Retry
import Synchronization
import WorkbenchModel

/// Does what the view-model asks for outside of it, and posts what came of it.
@MainActor
final class EffectRunner {
    private static let healthDeadline = Duration.seconds(5)
    /// How long the end of the program waits for calls and servers to close.
    private static let closingLimit = Duration.seconds(2)

    private let connector: any ServerConnector
    private let clock: any CallClock
    private let inbox: Inbox<Program.Input>
    private var transport: (any Transport)?
    /// The policy of the next call, where the transport asks for it.
    private let policy = SharedPolicy()
    private var call: LiveCall?
    let plans: PlanEffectRunner
    private let methods: MethodLookup
    /// What tells of the services of the present server, once it was asked.
    private var services: (any ServiceReading)?
    private let history: HistoryEffectRunner
    private let search: SearchRunner
    let wire: WireListener
    private let commandLine: Program.CommandLineMaker?
    /// What goes on now.
    private var tasks = NamedTasks<Name>()
    /// Transports that were left for another and are closing.
    private var closing: [Task<Void, Never>] = []

    private enum Name: Hashable {
        case connect, health, methods, services, compare, configure, commandLine
    }

    init(
        connector: any ServerConnector, methods: @escaping MethodLookup, plans: PlanEffectRunner, search: SearchRunner,
        history: HistoryEffectRunner,
        wire: WireTap, commandLine: Program.CommandLineMaker?, clock: any CallClock, inbox: Inbox<Program.Input>
    ) {
        self.connector = connector
        self.methods = methods
        self.plans = plans
        self.history = history
        self.search = search
        self.wire = WireListener(wire) { [inbox] in
            inbox.post(.wireChanged)
        } post: { [inbox] in
            inbox.post(.message(.wire($0)))
        }
        self.commandLine = commandLine
        self.clock = clock
        self.inbox = inbox
    }

    /// The messages of the call on screen.
    var transcript: any TranscriptReading {
        history.transcript ?? call?.recorder.transcript ?? Self.noTranscript
    }

    private static let noTranscript = MemoryTranscript(limit: 1)

    /// - Parameter perform: Does what only whoever has the terminal can do.
    func run(_ effect: Effect, terminal perform: (TerminalEffect) -> Void) {
        switch effect {
        case .terminal(let effect): perform(effect)
        case .connect(let name, let faults): connect(to: name, faults: faults)
        case .checkFault(let order):
            inbox.post(.message(.faultChecked(order, problem: connector.problem(with: order))))
        case .checkHealth: checkHealth()
        case .loadMethods: loadMethods()
        case .readServices(let names): readServices(names)
        case .startCall(let call): start(call)
        case .halfClose(let id): live(id)?.halfClose()
        case .cancelCall(let id): live(id)?.cancel()
        case .retryNow(let id): live(id)?.retryNow()
        case .send(let request, let id):
            if live(id)?.send(request) != true { inbox.post(.message(.messageRefused)) }
        case .setPaused(let isPaused, let id): live(id)?.recorder.setPaused(isPaused)
        case .step(let id): live(id)?.recorder.step()
        case .readMessage(let direction, let number):
            let message = transcript.messages(of: direction, in: number..<number + 1).first
            inbox.post(.message(.messageRead(message?.payload.editableValue)))
        case .search(let effect):
            search.run(effect, in: transcript, start: history.start ?? call?.recorder.start)
        case .wire(let effect): wire.run(effect)
        case .writeCommandLine(let tool, let call): write(call, for: tool)
        case .compare(let run): compare(run)
        case .stopComparing: tasks[.compare]?.cancel()
        case .form(let effect): run(effect)
        case .configure(let request): configure(request)
        case .rememberServer(let name): Task.detached { [connector] in connector.remember(name) }
        case .plan(let effect): plans.run(effect)
        case .history(let effect):
            if effect.changesTranscript { search.stop() }
            history.run(effect)
        }
    }

    /// Answers a form.
    private func run(_ effect: FormEffect) {
        switch effect {
        case .time(let distance):
            let time = clock.wallTime.addingTimeInterval(distance / .seconds(1))
            let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
            inbox.post(.message(.form(.timeCame(time.formatted(style)))))
        case .readFile(let path, let folder, let limit):
            let time = TimeOfDay.text(of: clock.wallTime, in: search.timeZone)
            Task.detached { [inbox] in
                let read = ExternalEditor.read(PathText.resolved(path, in: folder), limit: limit)
                inbox.post(.message(.form(.fileRead(read, FileReading(path, at: time)))))
            }
        }
    }

    /// What is known of a call now, as a message; `nil` for one that is not on screen any more.
    func progress(ofCall id: Int) -> Message? {
        guard let recorder = live(id)?.recorder else { return nil }
        let progress = recorder.takeProgress()
        search.transcriptGrew()
        return .callProgressed(
            id: id, progress, oldestSent: recorder.transcript.kept(of: .sent).lowerBound,
            oldestReceived: recorder.transcript.kept(of: .received).lowerBound)
    }

    /// Whether a call is the one that was started last.
    func holds(_ id: Int) -> Bool { live(id) != nil }

    /// Ends everything that goes on. Returns when it has ended, or after a short limit.
    func finish() async {
        call?.cancel()
        search.stop()
        let (call, transport, tasks) = (call, transport, tasks.cancel() + closing + history.finish())
        let end = Task {
            await call?.finish()
            for task in tasks { await task.value }
            await transport?.shutdown()
        }
        await plans.finish()
        await Self.first(of: end, or: Task { [clock] in try? await clock.sleep(for: Self.closingLimit) })
    }

    /// Returns when one of two tasks is done.
    static func first(of task: Task<Void, Never>, or limit: Task<Void, Never>) async {
        await withTaskGroup { group in
            let (stream, continuation) = AsyncStream<Void>.makeStream()
            let watchers = [task, limit].map { task in
                Task {
                    await task.value
                    continuation.yield()
                }
            }
            group.addTask { for await _ in stream { return } }
            await group.waitForAll()
            for watcher in watchers { watcher.cancel() }
            limit.cancel()
        }
    }

    private func live(_ id: Int) -> LiveCall? { call?.id == id ? call : nil }

    // MARK: Servers

    private func connect(to name: String, faults: [FaultOrder]) {
        let old = transport
        transport = nil
        services = nil
        tasks[.health]?.cancel()
        tasks[.methods]?.cancel()
        tasks[.services]?.cancel()
        if let old { closing.append(Task { await old.shutdown() }) }
        tasks.replace(.connect) { @MainActor [self] in
            var status = ServerStatus(name: name, isInsecure: connector.isInsecure)
            do throws(CallError) {
                let transport = try await connector.connect(to: name, faults: faults) { [policy] in policy.value }
                guard !Task.isCancelled else { return await transport.shutdown() }
                self.transport = transport
                status.address = transport.server
            } catch {
                status.health = .unreachable(error)
            }
            guard !Task.isCancelled else { return }
            inbox.post(.message(.serverConnected(status)))
        }
    }

    private func configure(_ request: ConfigurationRequest) {
        tasks.replace(.configure) { @MainActor [inbox, connector] in
            let result = await outcome { () async throws(ConfigurationRefusal) in try await connector.configure(request)
            }
            guard !Task.isCancelled else { return }
            inbox.post(.message(.configured(result)))
        }
    }

    private func checkHealth() {
        guard let transport else { return }
        tasks.replace(.health) { @MainActor [inbox] in
            let health: ServerStatus.Health
            do throws(CallError) {
                health = .healthy(try await transport.checkHealth(deadline: Self.healthDeadline))
            } catch {
                health = .unreachable(error)
            }
            guard !Task.isCancelled else { return }
            inbox.post(.message(.healthChecked(health)))
        }
    }

    private func loadMethods() {
        guard let transport else {
            let error = CallError(.unavailable, "no server is connected", at: .connect)
            return inbox.post(.message(.methodsLoaded(.failure(error))))
        }
        tasks.replace(.methods) { @MainActor [self] in
            let result: Result<MethodList, CallError>
            do throws(CallError) {
                let services = try await connector.services(over: transport)
                if !Task.isCancelled { self.services = services }
                result = .success(
                    try await services.services { [inbox] in inbox.post(.message(.methodsLoaded(.success($0)))) })
            } catch {
                result = .failure(error)
            }
            guard !Task.isCancelled else { return }
            inbox.post(.message(.methodsLoaded(result)))
        }
    }

    private func readServices(_ names: [String]) {
        guard let services else { return }
        tasks.replace(.services) { @MainActor [inbox] in
            let result = await outcome { () async throws(CallError) in try await services.methods(of: names) }
            guard !Task.isCancelled else { return }
            inbox.post(.message(.servicesRead(names, result)))
        }
    }

    // MARK: Calls

    private func start(_ call: CallState) {
        guard let transport else { return }
        policy.value = call.retry
        search.stop()
        history.close()
        let recorded = call.resends.flatMap { history.requests(of: $0, correlation: call.plan.correlate) }
        self.call = LiveCall(
            call, call.method?.schema ?? methods(call.kind), over: transport, sending: recorded, clock: clock
        ) { [inbox] in
            inbox.post(.callChanged(id: call.id))
        }
    }

    /// Writes a call as a command line, with what it has sent.
    private func write(_ call: CallState, for tool: CommandLineTool) {
        guard let commandLine else {
            let problem = CommandLineProblem("nobody knows how the program was started")
            return inbox.post(.message(.commandLineWritten(tool, .failure(problem))))
        }
        let input = (call.method?.schema ?? methods(call.kind)).input
        tasks.replace(.commandLine) { @MainActor [inbox, transcript] in
            let requests = await CalledRequests.json(of: call, input, in: transcript)
            guard !Task.isCancelled else { return }
            inbox.post(.message(.commandLineWritten(tool, commandLine(tool, call, requests))))
        }
    }

    private func compare(_ run: ComparedRun) {
        guard let transport else { return }
        policy.value = run.retry
        tasks.replace(.compare) { @MainActor [self] in
            let result: Result<ComparisonTable, CallError>
            do throws(CallError) {
                let other = try await connector.connect(to: run.other, faults: run.faults) { run.retry }
                let comparison = TransportComparison(
                    run.method?.schema ?? methods(run.kind), PlanRun(run.plan), options: run.options)
                result = .success(await comparison.run(transport, other).table)
                await other.shutdown()
            } catch {
                result = .failure(error)
            }
            guard !Task.isCancelled else { return }
            inbox.post(.message(.compared(id: run.id, result)))
        }
    }
}

/// A retry policy that the workbench sets and transports read.
private final class SharedPolicy: Sendable {
    private let policy = Mutex(RetryPolicy.standard)

    var value: RetryPolicy {
        get { policy.withLock { $0 } }
        set { policy.withLock { $0 = newValue } }
    }
}
