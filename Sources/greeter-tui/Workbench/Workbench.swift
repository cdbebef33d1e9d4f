import Foundation
import GreeterConfiguration
import GreeterCore
import GreeterUI
import GreeterViewModel
import NCursesBackend
import TerminalUI

/// The workbench on this terminal.
enum Workbench {
    /// Runs until the person quits, and leaves the terminal as it was.
    @MainActor
    static func run(_ loaded: LoadedSettings) async throws(Exit) {
        let setup = try await Setup(loaded)
        let configuration = try configuration(loaded)
        let backend: NCursesBackend
        do {
            backend = try NCursesBackend()
        } catch {
            throw .usage("\(error)")
        }
        defer { backend.restore() }
        let name = setup.server.settingText
        let connector = OptionsConnector(setup: setup)
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

    private static func configuration(_ loaded: LoadedSettings) throws(Exit) -> Program.Configuration {
        do throws(ConfigurationError) {
            return Program.Configuration(
                keymap: try loaded.settings.keymap(),
                theme: loaded.settings[Known.theme].theme(environment: loaded.environment))
        } catch {
            throw .usage("\(error)")
        }
    }
}
