import Foundation
import RPCCore
import Subprocess

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
    func output(clock: any CallClock) async throws(ConfigurationError) -> [UInt8] {
        let result: Result<[UInt8], ConfigurationError> = await withTaskGroup { group in
            group.addTask { await self.run() }
            group.addTask {
                try? await clock.sleep(for: timeLimit)
                return .failure(failure("took longer than \(timeLimit.text)"))
            }
            // What has lost is waited for: no process is left when this returns.
            defer { group.cancelAll() }
            return await group.next() ?? .success([])
        }
        return try result.get()
    }

    private func run() async -> Result<[UInt8], ConfigurationError> {
        var options = PlatformOptions()
        options.processGroupID = 0
        options.teardownSequence = [.send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .zero)]
        let terminal = ControllingTerminal()
        defer { terminal?.takeBack() }
        do {
            let result = try await Subprocess.run(
                .path("/bin/sh"), arguments: ["-c", text], platformOptions: options, input: .none,
                output: .bytes(limit: outputLimit), error: .discarded
            ) { terminal?.lend(to: $0.processIdentifier.value) }
            let status =
                switch result.terminationStatus {
                case .exited(let status): status
                case .signaled(let signal): 128 + signal
                }
            guard status != 0 else { return .success(result.standardOutput) }
            // The interrupt was meant for both of us, and has reached who had the terminal.
            if status == 128 + SIGINT { terminal?.interrupt() }
            return .failure(failure("failed with status \(status)"))
        } catch let error as SubprocessError where error.code == .outputLimitExceeded {
            return .failure(failure("writes more than \(outputLimit) bytes"))
        } catch {
            return .failure(failure("cannot be run: \(error)"))
        }
    }

    private func failure(_ problem: String) -> ConfigurationError {
        ConfigurationError(origin, "the token command \(problem); run it by hand to see what it says")
    }
}
