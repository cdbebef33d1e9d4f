import Foundation
package import RPCCore
import Subprocess

/// A program that is run for what it writes, with nothing on its standard input, in a process group of its own, all of which ends
/// when it takes too long, writes too much or is cancelled.
package struct ChildProcess: Sendable {
    /// What becomes of its standard error.
    package enum Errors: Sendable {
        /// It is not read: it may quote secrets.
        case discarded
        /// It is kept, up to so many bytes.
        case kept(limit: Int)
    }

    package struct Output: Sendable {
        /// What it ended with; of a signal, 128 and its number, as shells have it.
        package var status: Int32
        package var bytes: [UInt8]
        package var errors: [UInt8]
    }

    /// Why there is no output.
    package enum Failure: Error, Hashable, Sendable {
        case cannotRun(String)
        case tookLonger(than: Duration)
        case wroteTooMuch

        /// `took longer than 30s`, as what is said of the program.
        package func text(limit: Int) -> String {
            switch self {
            case .cannotRun(let reason): "cannot be run: \(reason)"
            case .tookLonger(let limit): "took longer than \(limit.text)"
            case .wroteTooMuch: "writes more than \(limit) bytes"
            }
        }
    }

    private let path: String
    private let arguments: [String]
    private let directory: String?
    private let outputLimit: Int
    private let errors: Errors
    private let timeLimit: Duration

    /// - Parameters:
    ///   - path: Of the executable.
    ///   - directory: Where it runs; here, unless given.
    ///   - outputLimit: The most bytes it may write to standard output.
    package init(
        _ path: String, _ arguments: [String], in directory: String? = nil, outputLimit: Int,
        errors: Errors = .discarded, timeLimit: Duration
    ) {
        (self.path, self.arguments, self.directory) = (path, arguments, directory)
        (self.outputLimit, self.errors, self.timeLimit) = (outputLimit, errors, timeLimit)
    }

    /// Runs it to its end.
    /// - Parameter whenStarted: Told the process, which leads its group.
    package func output(
        clock: any CallClock, whenStarted: @escaping @Sendable (Int32) -> Void = { _ in }
    ) async throws(Failure) -> Output {
        let result: Result<Output, Failure> = await withTaskGroup { group in
            group.addTask { await self.run(whenStarted) }
            group.addTask {
                try? await clock.sleep(for: timeLimit)
                return .failure(.tookLonger(than: timeLimit))
            }
            // What has lost is waited for: no process is left when this returns.
            defer { group.cancelAll() }
            return await group.next() ?? .failure(.tookLonger(than: timeLimit))
        }
        return try result.get()
    }

    private func run(_ whenStarted: @Sendable (Int32) -> Void) async -> Result<Output, Failure> {
        var options = PlatformOptions()
        options.processGroupID = 0
        options.teardownSequence = [.send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .zero)]
        let configuration = Configuration(
            executable: .path(.init(path)), arguments: Arguments(arguments),
            workingDirectory: directory.map { .init($0) }, platformOptions: options)
        do {
            switch errors {
            case .discarded:
                let result = try await Subprocess.run(
                    configuration, input: .none, output: .bytes(limit: outputLimit), error: .discarded
                ) { whenStarted($0.processIdentifier.value) }
                return .success(
                    Output(status: Self.status(result.terminationStatus), bytes: result.standardOutput, errors: []))
            case .kept(let limit):
                let result = try await Subprocess.run(
                    configuration, input: .none, output: .bytes(limit: outputLimit), error: .bytes(limit: limit)
                ) { whenStarted($0.processIdentifier.value) }
                return .success(
                    Output(
                        status: Self.status(result.terminationStatus), bytes: result.standardOutput,
                        errors: result.standardError))
            }
        } catch let error as SubprocessError where error.code == .outputLimitExceeded {
            return .failure(.wroteTooMuch)
        } catch {
            return .failure(.cannotRun("\(error)"))
        }
    }

    private static func status(_ status: TerminationStatus) -> Int32 {
        switch status {
        case .exited(let status): status
        case .signaled(let signal): 128 + signal
        }
    }
}
