import Foundation
import GreeterConfiguration
import GreeterCore
import GreeterUI
import GreeterViewModel
import NCursesBackend
import TerminalUI

/// The workbench with its settings, ready to be run on a terminal.
@MainActor
struct Workbench {
    private let setup: Setup
    private let connector: OptionsConnector
    private let configuration: Program.Configuration

    /// - Throws: ``Exit`` where the settings are wrong.
    init(_ loaded: LoadedSettings, in surroundings: Surroundings) async throws(Exit) {
        setup = try await Setup(loaded)
        connector = try OptionsConnector(setup, in: surroundings)
        configuration = try Self.configuration(loaded, surroundings)
    }

    /// Runs on this terminal until the person quits, and leaves it as it was.
    func run() async throws(Exit) {
        let backend: NCursesBackend
        do {
            backend = try NCursesBackend()
        } catch {
            throw .usage("\(error)")
        }
        defer { backend.restore() }
        try await run(on: backend)
    }

    /// Runs on a terminal until the person quits, and gives it back.
    func run(on backend: any TerminalBackend) async throws(Exit) {
        let name = setup.server.settingText
        backend.setTitle("greeter-tui \(name)")
        var state = State(
            server: ServerStatus(name: name, isInsecure: connector.isInsecure),
            settings: CallSettings(deadline: setup.settings[Known.deadline], retry: setup.retry),
            faults: .demo(ordered: setup.settings[Known.faults].orders))
        state.notice = setup.notes.first.map { Notice(.warning, $0) }
        let program = Program(backend: backend, connector: connector, state: state, configuration: configuration)
        await program.run()
        backend.restore()
        await setup.finishLog()
        if let signal = program.terminatingSignal { throw .status(128 + signal) }
    }

    private static func configuration(
        _ loaded: LoadedSettings, _ surroundings: Surroundings
    ) throws(Exit) -> Program.Configuration {
        let folder = CaptureFolder(surroundings)
        do throws(ConfigurationError) {
            return Program.Configuration(
                keymap: try loaded.settings.keymap(),
                theme: loaded.settings[Known.theme].theme(environment: loaded.environment),
                timeZone: surroundings.timeZone, clock: surroundings.clock, frameLength: surroundings.frameLength,
                capture: folder.map { folder in { @Sendable in try folder.keep($0) } })
        } catch {
            throw .usage("\(error)")
        }
    }
}
