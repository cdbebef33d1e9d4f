import Dispatch
import Foundation
import Synchronization
import TestSupport

/// The built program, run as a process of its own.
enum Executable {
    /// What a run came to.
    struct Result: Equatable {
        /// The exit status, or 128 and the number of the signal that ended it.
        var status: Int32
        var output: String
        var errors: String

        var lines: [String] { output.split(separator: "\n").map(String.init) }
    }

    /// Runs it to its end.
    static func run(
        _ arguments: [String], input: String = "", environment: [String: String] = [:]
    ) async throws -> Result {
        let process = try start(arguments, environment: environment)
        await process.write(input)
        process.closeInput()
        return await process.result()
    }

    /// Runs a line of shell, in which the program has its name, in the folder of this package.
    static func shell(_ line: String) async throws -> Result {
        let tools = try BuiltProduct.path(of: "greeter-tui").split(separator: "/").dropLast().joined(separator: "/")
        let process = try RunningProcess(
            path: "/bin/sh", arguments: ["-c", "cd \"$PACKAGE\" && \(line)"],
            environment: ["PATH": "/\(tools):/usr/bin:/bin", "PACKAGE": Self.package])
        process.closeInput()
        return await process.result()
    }

    /// The folder of this package.
    static let package = URL(fileURLWithPath: #filePath).pathComponents.dropFirst().dropLast(3)
        .reduce(into: "") { $0 += "/\($1)" }

    /// Starts it, in an environment with nothing but what is given.
    static func start(_ arguments: [String], environment: [String: String] = [:]) throws -> RunningProcess {
        try RunningProcess(path: BuiltProduct.path(of: "greeter-tui"), arguments: arguments, environment: environment)
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }
}

/// A process with pipes for its three standard streams.
final class RunningProcess: Sendable {
    let identifier: pid_t
    private let input: Mutex<Int32>
    private let output: Int32
    private let errors: Int32
    private let queue = DispatchQueue(label: "running-process", attributes: .concurrent)
    private let isReaped = Atomic(false)

    /// How long its end is waited for; a program that hangs is killed, and its test fails.
    private static let timeout = 120

    init(path: String, arguments: [String], environment: [String: String]) throws {
        let pipes = try (0..<3).map { _ in try Self.makePipe() }
        var actions: posix_spawn_file_actions_t = .init()
        posix_spawn_file_actions_init(&actions)
        posix_spawn_file_actions_adddup2(&actions, pipes[0].reading, 0)
        posix_spawn_file_actions_adddup2(&actions, pipes[1].writing, 1)
        posix_spawn_file_actions_adddup2(&actions, pipes[2].writing, 2)
        var attributes: posix_spawnattr_t = .init()
        posix_spawnattr_init(&attributes)
        var signals = sigset_t()
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        SpawnIsolation.add(to: &actions)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGDEF) | Int16(POSIX_SPAWN_SETSIGMASK) | SpawnIsolation.flags)
        var started: pid_t = 0
        let names = ([path] + arguments).map { strdup($0) } + [nil]
        let variables = environment.map { strdup("\($0)=\($1)") } + [nil]
        let failure = posix_spawn(&started, path, &actions, &attributes, names, variables)
        for text in names + variables { free(text) }
        posix_spawn_file_actions_destroy(&actions)
        posix_spawnattr_destroy(&attributes)
        for end in [pipes[0].reading, pipes[1].writing, pipes[2].writing] { close(end) }
        guard failure == 0 else {
            throw Executable.Failure(description: "cannot start \(path): \(String(cString: strerror(failure)))")
        }
        identifier = started
        output = pipes[1].reading
        errors = pipes[2].reading
        input = Mutex(pipes[0].writing)
    }

    /// Who does not wait for its end has it killed. Nothing of it may stay: tests that exit look at every child that has ended, and do
    /// not get beyond one that nobody waits for.
    deinit {
        guard !isReaped.load(ordering: .acquiring) else { return }
        kill(identifier, SIGKILL)
        waitpid(identifier, nil, 0)
    }

    private static func makePipe() throws -> (reading: Int32, writing: Int32) {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw Executable.Failure(description: "no pipe: \(errno)") }
        return (ends[0], ends[1])
    }

    /// Writes to its standard input, as far as it is read.
    func write(_ text: String) async {
        let descriptor = input.withLock { $0 }
        await run {
            signal(SIGPIPE, SIG_IGN)
            var rest = Array(text.utf8)[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
                guard count > 0 else { return }
                rest = rest.dropFirst(count)
            }
        }
    }

    func closeInput() {
        input.withLock { descriptor in
            if descriptor >= 0 { close(descriptor) }
            descriptor = -1
        }
    }

    /// Its next line on standard output, or what there is before the end.
    func nextLine() async -> String {
        await run { Self.line(from: self.output) }
    }

    /// Its next line on standard error, or what there is before the end.
    func nextErrorLine() async -> String {
        await run { Self.line(from: self.errors) }
    }

    /// Stops reading its standard output.
    func closeOutput() {
        close(output)
    }

    func send(_ number: Int32) {
        kill(identifier, number)
    }

    /// Waits for its end, and for all that it still writes.
    func result(readsOutput: Bool = true) async -> Executable.Result {
        let identifier = identifier
        let limit = DispatchWorkItem { kill(identifier, SIGKILL) }
        queue.asyncAfter(deadline: .now() + .seconds(Self.timeout), execute: limit)
        defer { limit.cancel() }
        async let output = readsOutput ? run { Self.all(from: self.output) } : ""
        async let errors = run { Self.all(from: self.errors) }
        async let status = run { () -> Int32 in
            var status: Int32 = 0
            while waitpid(self.identifier, &status, 0) < 0, errno == EINTR {}
            self.isReaped.store(true, ordering: .releasing)
            return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
        }
        let result = await Executable.Result(status: status, output: output, errors: errors)
        closeInput()
        if readsOutput { close(self.output) }
        close(self.errors)
        return result
    }

    private static func line(from descriptor: Int32) -> String {
        var bytes: [UInt8] = []
        var byte: UInt8 = 0
        while read(descriptor, &byte, 1) == 1, byte != UInt8(ascii: "\n") { bytes.append(byte) }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func all(from descriptor: Int32) -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while case let count = read(descriptor, &buffer, buffer.count), count > 0 { bytes += buffer.prefix(count) }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func run<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: body()) }
        }
    }
}
