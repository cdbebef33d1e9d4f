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
        let document = try plan?.load(asSteps: true).document
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
        if let kind = document?.kind { settings.kind = kind }
        backend.setTitle("greeter-tui \(options.server)")
        let state = State(
            server: ServerStatus(name: options.server, isInsecure: options.insecure), settings: settings,
            composer: Composer(document ?? State.samplePlan), faults: .demo(ordered: options.faultOptions.fault))
        let program = Program(backend: backend, connector: connector, state: state)
        await program.run()
        if let signal = program.terminatingSignal { throw .status(128 + signal) }
    }
}
