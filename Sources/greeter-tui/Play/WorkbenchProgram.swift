import ArgumentParser
import Tapes
import TerminalUI

/// The workbench as tapes start it: by a command line.
@MainActor
final class WorkbenchProgram: TapeProgram {
    let name = "greeter-tui"
    private let surroundings: Surroundings

    init(_ surroundings: Surroundings) {
        self.surroundings = surroundings
    }

    func run(_ arguments: [String], environment: [String: String], on terminal: any TerminalBackend) async throws {
        var surroundings = surroundings
        surroundings.environment.merge(environment) { _, new in new }
        surroundings.keepsUnsavedPlans = false
        do {
            let exit = try await command(arguments).workbench(in: surroundings).run(on: terminal)
            if exit.status != 0 { throw exit }
        } catch let exit as Exit {
            throw Refusal(description: exit.lines.joined(separator: " "))
        }
    }

    private func command(_ arguments: [String]) async throws -> UICommand {
        let command: any ParsableCommand
        do {
            command = try await GreeterTUI.asyncParseAsRoot(arguments)
        } catch {
            throw Refusal(description: GreeterTUI.message(for: error))
        }
        guard let workbench = command as? UICommand else {
            throw Refusal(description: "a tape plays the workbench: greeter-tui, or greeter-tui ui, and its options")
        }
        return workbench
    }

    /// Why the workbench did not run.
    private struct Refusal: Error, CustomStringConvertible {
        let description: String
    }
}
