import Foundation
import Greeter
import History
import NCursesBackend
import RPCCore
import TerminalUI
import UserConfiguration
import WorkbenchModel
import WorkbenchUI

/// The workbench with its settings, ready to be run on a terminal.
@MainActor
struct Workbench {
    private let setup: Setup
    private let connector: OptionsConnector
    private let configuration: Program.Configuration
    private let plan: OpenedPlan?
    private let workingDirectory = FileManager.default.currentDirectoryPath
    private let files: LocalPlanFiles
    private let keptSplit: KeptSplit
    private let history: HistoryStore?
    private let historyNotes = HistoryNotes()

    /// - Throws: ``Exit`` where the settings or the plan are wrong.
    init(
        _ loaded: LoadedSettings, plan: PlanArgument?, schema: SchemaOptions = SchemaOptions(),
        in surroundings: Surroundings
    ) async throws(Exit) {
        self.plan = try plan?.open(in: workingDirectory)
        setup = try await Setup(loaded)
        history = setup.openHistory(in: surroundings, announces: true) { [historyNotes] in historyNotes.add($0) }
        connector = try OptionsConnector(setup, loaded, in: surroundings, history: history, schema: schema)
        configuration = try Self.configuration(
            loaded, surroundings, connector.wire
        ) { [session = connector.session] call in
            CommandLineWriter(loaded, session.setup(to: call.server), schema)
        }
        files = LocalPlanFiles(stateFolder: surroundings.stateFolder)
        keptSplit = KeptSplit(stateFolder: surroundings.stateFolder)
    }

    /// Runs on this terminal until the user quits, and leaves it as it was.
    func run() async throws(Exit) {
        let backend: NCursesBackend
        do {
            var options = NCursesBackend.Options()
            options.usesMouse = setup.settings[Known.mouse]
            backend = try NCursesBackend(options: options)
        } catch {
            throw .usage("\(error)")
        }
        defer { backend.restore() }
        let exit = await run(on: backend, note: backend.note)
        backend.restore()
        throw exit
    }

    /// Runs on a terminal until the user quits, and gives it back.
    /// - Parameter note: What is to be known of the terminal: said on screen at first, and afterwards.
    /// - Returns: what is to be said then.
    func run(on backend: any TerminalBackend, note: String? = nil) async -> Exit {
        let name = setup.server.settingText
        backend.setTitle("greeter-tui \(name)")
        var state = State(
            server: ServerStatus(name: name, isInsecure: connector.isInsecure),
            fields: Greeter.request.fields, methods: CallKind.allCases.map { MethodEntry(Greeter.method($0)) },
            sample: .sample,
            settings: CallSettings(deadline: setup.settings[Known.deadline], retry: setup.retry),
            plan: plan, workingDirectory: workingDirectory, faults: .demo(ordered: setup.settings[Known.faults].orders))
        for member in setup.settings.members(of: Known.columns) {
            state.usualColumns[member.name] = member.value.paths
        }
        state.configuration = connector.session.configured
        state.recentServers = connector.recent.list()
        state.split = keptSplit.read()
        state.notice = (setup.notes.first ?? note).map { Notice(.warning, $0) }
        let program = Program(
            backend: backend, connector: connector, methods: Greeter.method, files: files,
            history: history.map { StoredCalls($0, in: configuration.timeZone) }, state: state,
            configuration: configuration)
        historyNotes.listen { [weak program] in program?.tell(Notice(.warning, $0)) }
        await program.run()
        backend.restore()
        keptSplit.write(program.split)
        await setup.finishLog()
        let notes = [await history?.end(), note].compactMap { $0 } + historyNotes.all
        return Exit(
            status: program.terminatingSignal.map { 128 + $0 } ?? 0,
            lines: (program.farewell + notes).map { "greeter-tui: \($0)" })
    }

    private static func configuration(
        _ loaded: LoadedSettings, _ surroundings: Surroundings, _ wire: WireTap,
        writer: @escaping @Sendable (CallState) -> CommandLineWriter
    ) throws(Exit) -> Program.Configuration {
        let folder = CaptureFolder(surroundings)
        do throws(ConfigurationError) {
            return Program.Configuration(
                keymap: try loaded.settings.keymap(),
                theme: loaded.settings[Known.theme].theme(environment: loaded.environment),
                timeZone: surroundings.timeZone, clock: surroundings.clock, frameLength: surroundings.frameLength,
                capture: folder.map { folder in { @Sendable in try folder.keep($0) } },
                commandLine: { tool, call, requests in
                    do throws(CommandLineProblem) {
                        return .success(try writer(call).line(for: tool, call, sending: requests))
                    } catch {
                        return .failure(error)
                    }
                }, wire: wire)
        } catch {
            throw .usage("\(error)")
        }
    }
}
