import Foundation
import GreeterCore
import GreeterUI
import GreeterViewModel
import NCursesBackend
import TerminalUI

/// The workbench with a server, ready to be run on a terminal.
@MainActor
struct Workbench {
    private let options: ServerOptions
    private let surroundings: Surroundings
    private let connector: OptionsConnector
    private let settings: CallSettings

    /// - Throws: ``Exit`` where the options are wrong.
    init(_ options: ServerOptions, in surroundings: Surroundings = Surroundings()) throws(Exit) {
        self.options = options
        self.surroundings = surroundings
        connector = try OptionsConnector(options, in: surroundings)
        var settings = CallSettings()
        settings.retry = try options.retry.policy()
        settings.deadline = options.callOptions(isOpenEnded: false).deadline
        self.settings = settings
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

    /// Runs on a terminal until the person quits.
    func run(on backend: any TerminalBackend) async throws(Exit) {
        backend.setTitle("greeter-tui \(options.server)")
        let state = State(
            server: ServerStatus(name: options.server, isInsecure: options.insecure), settings: settings)
        let folder = CaptureFolder(surroundings)
        let program = Program(
            backend: backend, connector: connector, state: state,
            configuration: Program.Configuration(
                timeZone: surroundings.timeZone, clock: surroundings.clock, frameLength: surroundings.frameLength,
                capture: folder.map { folder in { @Sendable in try folder.keep($0) } }))
        await program.run()
        if let signal = program.terminatingSignal { throw .status(128 + signal) }
    }
}
