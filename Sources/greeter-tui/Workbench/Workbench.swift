import Foundation
import GreeterCore
import GreeterUI
import GreeterViewModel
import NCursesBackend
import TerminalUI

/// The workbench on this terminal.
enum Workbench {
    /// Runs until the person quits, and leaves the terminal as it was.
    @MainActor
    static func run(_ options: ServerOptions, plan: PlanArgument?) async throws(Exit) {
        let directory = FileManager.default.currentDirectoryPath
        let plan = try plan?.open(in: directory)
        let connector = try OptionsConnector(options)
        let backend: NCursesBackend
        do {
            backend = try NCursesBackend()
        } catch {
            throw .usage("\(error)")
        }
        defer { backend.restore() }
        var settings = CallSettings()
        settings.retry = try options.retry.policy()
        settings.deadline = options.callOptions(isOpenEnded: false).deadline
        backend.setTitle("greeter-tui \(options.server)")
        let state = State(
            server: ServerStatus(name: options.server, isInsecure: options.insecure), settings: settings,
            plan: plan, workingDirectory: directory, faults: .demo(ordered: options.faultOptions.fault))
        let files = LocalPlanFiles(stateFolder: StateFolder.path(ProcessInfo.processInfo.environment))
        let program = Program(backend: backend, connector: connector, files: files, state: state)
        await program.run()
        let lines = program.farewell.map { "greeter-tui: \($0)" }
        if let signal = program.terminatingSignal { throw Exit(status: 128 + signal, lines: lines) }
        if !lines.isEmpty { throw Exit(status: 0, lines: lines) }
    }
}
