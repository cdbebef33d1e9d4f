import ChildProcesses
import Foundation
import RPCCore

/// A command of the shell that is run for a token on its standard output. Its standard error is not shown: it may quote secrets.
struct ShellCommand: Sendable {
    let text: String
    /// The most bytes it may write.
    let outputLimit: Int
    let timeLimit: Duration
    /// Where the command was written, for errors.
    let origin: Origin

    /// Runs it, with nothing on its standard input, in a process group of its own, all of which ends when it takes too long,
    /// writes too much or is cancelled. A question for a passphrase finds the terminal, where this program has it.
    /// - Throws: ``ConfigurationError`` where it cannot be started, fails, or goes on for too long.
    func output(clock: any CallClock, lendsTerminal: Bool) async throws(ConfigurationError) -> [UInt8] {
        let command = ChildProcess("/bin/sh", ["-c", text], outputLimit: outputLimit, timeLimit: timeLimit)
        let terminal = lendsTerminal ? ControllingTerminal() : nil
        defer { terminal?.takeBack() }
        let output: ChildProcess.Output
        do throws(ChildProcess.Failure) {
            output = try await command.output(clock: clock) { terminal?.lend(to: $0) }
        } catch {
            throw failure(error.text(limit: outputLimit))
        }
        guard output.status != 0 else { return output.bytes }
        // The interrupt was meant for both of us, and has reached who had the terminal.
        if output.status == 128 + SIGINT { terminal?.interrupt() }
        throw failure("failed with status \(output.status)")
    }

    private func failure(_ problem: String) -> ConfigurationError {
        ConfigurationError(origin, "the token command \(problem); run it by hand to see what it says")
    }
}
