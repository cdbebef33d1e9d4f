import Foundation
import RPCCore

/// A command of the shell that is run for its standard output. Its standard error is not shown: it may quote secrets.
struct ShellCommand: Sendable {
    let text: String
    /// The most bytes it may write.
    let outputLimit: Int
    let timeLimit: Duration

    /// Runs it, with nothing on its standard input. A question for a passphrase finds the terminal by itself.
    /// - Throws: ``CommandFailure`` where it cannot be started, fails, or goes on for too long.
    func output(clock: any CallClock) async throws(CommandFailure) -> [UInt8] {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", text]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        let (ends, end) = AsyncStream<Int32>.makeStream()
        process.terminationHandler = {
            end.yield($0.terminationReason == .exit ? $0.terminationStatus : 128 + $0.terminationStatus)
            end.finish()
        }
        do {
            try process.run()
        } catch {
            throw CommandFailure("cannot be started: there is no /bin/sh")
        }
        let identifier = process.processIdentifier
        defer { if process.isRunning { kill(identifier, SIGKILL) } }
        let result = await withTaskGroup(of: Result<[UInt8], CommandFailure>.self) { group in
            group.addTask { await self.collect(from: pipe.fileHandleForReading, ends: ends) }
            group.addTask {
                try? await clock.sleep(for: timeLimit)
                return .failure(CommandFailure("took longer than \(timeLimit.text)"))
            }
            defer { group.cancelAll() }
            return await group.next() ?? .success([])
        }
        return try result.get()
    }

    /// Reads until the end, and waits for the exit status.
    private func collect(
        from handle: FileHandle, ends: AsyncStream<Int32>
    ) async -> Result<[UInt8], CommandFailure> {
        let reader = DescriptorReader(descriptor: handle.fileDescriptor)
        var bytes: [UInt8] = []
        while let chunk = try? await reader.read() {
            bytes += chunk
            guard bytes.count <= outputLimit else {
                return .failure(CommandFailure("writes more than \(outputLimit) bytes"))
            }
        }
        var status: Int32 = 0
        for await end in ends { status = end }
        return status == 0 ? .success(bytes) : .failure(CommandFailure("failed with status \(status)"))
    }
}

/// Why a command gave no output: a part of a sentence that begins with the command.
struct CommandFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
