import ChildProcesses
import Foundation
import ProtobufSchema
public import RPCCore

/// Compiles `.proto` files with what is on the `PATH`: buf for files of a workspace of buf, else protoc.
///
/// buf knows the folders of its workspace, and what it depends on. protoc is given the folders with `-I`: those that the user names,
/// or else the folder of the file and each above it, up to the root of its repository, until one is right. Behind them all come
/// google/api and google/rpc, which few installations of protoc have; where it is these that buf does not find, protoc is asked, too.
public struct ProtoCompiler: Sendable {
    /// How long everything may take.
    public static let timeLimit = Duration.seconds(30)
    /// How many folders above that of a file are tried.
    static let parentLimit = 16
    private static let errorLimit = 1 << 20

    private let environment: [String: String]
    private let directory: String
    private let clock: any CallClock
    private let timeLimit: Duration

    /// - Parameters:
    ///   - environment: Of this program, for its `PATH`. The compiler inherits that of the process.
    ///   - directory: The current one, in which relative paths are meant.
    public init(
        environment: [String: String], directory: String, clock: any CallClock = SystemClock(),
        timeLimit: Duration = timeLimit
    ) {
        (self.environment, self.directory) = (environment, directory)
        (self.clock, self.timeLimit) = (clock, timeLimit)
    }

    /// Compiles files.
    /// - Parameters:
    ///   - files: Paths, as on the command line; below a folder of `imports`, also as they are imported.
    ///   - imports: The folders in which imports are looked for; where there are none, they are found out.
    /// - Returns: all files with what they import; its notes are the warnings of the compiler.
    /// - Throws: ``CompilerFailure``.
    public func compile(
        _ files: [String], imports: [String] = []
    ) async throws(CompilerFailure) -> SourcedSchema {
        let end = clock.now + timeLimit
        let folder = NSTemporaryDirectory() + "greeter-tui-\(UUID().uuidString)"
        do {
            try EmbeddedProtos.write(to: folder)
        } catch {
            throw CompilerFailure("\(folder): cannot be written: \(error.localizedDescription)")
        }
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let paths = files.map { PathText.resolved($0, in: directory) }
        if let workspace = imports.isEmpty ? workspace(of: paths) : nil,
            let buf = ExecutablePath.find("buf", in: environment)
        {
            let run = CompilerRun(
                compiler: .buf, path: buf,
                arguments: ["build", workspace, "--error-format", "json"]
                    + paths.flatMap { ["--path", $0] }, directory: directory, folder: folder)
            let result = try await self.run(run, until: end)
            guard case .failure(let failure) = result, failure.lacksImports,
                let protoc = ExecutablePath.find("protoc", in: environment)
            else { return try result.get() }
            // A workspace that does not say where these are, or whose dependencies are not here.
            guard let schema = try? await compile(files, paths, [workspace], protoc, folder, until: end) else {
                throw failure
            }
            return schema
        }
        guard let protoc = ExecutablePath.find("protoc", in: environment) else {
            throw CompilerFailure(
                "there is neither protoc nor, for a workspace of its own, buf on the PATH",
                advice: "install one of them, or give descriptors with --protoset")
        }
        return try await compile(files, paths, imports, protoc, folder, until: end)
    }

    // MARK: protoc

    private func compile(
        _ files: [String], _ paths: [String], _ imports: [String], _ protoc: String, _ folder: String,
        until end: Duration
    ) async throws(CompilerFailure) -> SourcedSchema {
        let choices = imports.isEmpty ? parents(of: paths) : [imports.map { PathText.resolved($0, in: directory) }]
        var first: CompilerFailure?
        for roots in choices {
            // Below a folder that is named, a file may be written as it is imported.
            let names = zip(files, paths).map { file, path in exists(path) ? path : file }
            let run = CompilerRun(
                compiler: .protoc, path: protoc,
                arguments: (roots + [folder]).map { "-I\($0)" } + ["--include_imports", "--include_source_info"]
                    + names,
                directory: directory, folder: folder)
            switch try await self.run(run, until: end) {
            case .success(let schema): return schema
            case .failure(let failure):
                // What is wrong in a file is wrong from wherever it is looked at.
                let isElsewhere = failure.problems.contains { $0.message.contains("File not found") }
                if first == nil || !isElsewhere { first = failure }
                if !isElsewhere { throw await explained(failure, paths, protoc, folder, until: end) }
            }
        }
        throw first ?? CompilerFailure("there is no file to compile")
    }

    /// The folders that are tried for files without any: that of the first and those above it, each with those of the other files.
    private func parents(of paths: [String]) -> [[String]] {
        guard let first = paths.first else { return [] }
        var (folder, choices) = (PathText.directory(of: first), [[String]]())
        while choices.count < Self.parentLimit, !folder.isEmpty {
            let others = paths.dropFirst().map { PathText.directory(of: $0) }
                .filter { $0 != folder && !$0.hasPrefix(folder + "/") }
            choices.append([folder] + others)
            if folder == "/" || exists(folder + "/.git") { break }
            folder = PathText.directory(of: folder)
        }
        return choices
    }

    /// Says so where protoc is too old for a file.
    private func explained(
        _ failure: CompilerFailure, _ paths: [String], _ protoc: String, _ folder: String, until end: Duration
    ) async -> CompilerFailure {
        let hasEdition = failure.problems.contains { problem in
            guard problem.message.contains("Expected top-level statement"), let file = problem.file else {
                return false
            }
            return paths.contains { $0.hasSuffix(file) && usesEdition($0) } || usesEdition(file)
        }
        guard hasEdition else { return failure }
        let process = ChildProcess(
            protoc, ["--version"], outputLimit: 1024, timeLimit: max(.zero, end - clock.now))
        let output = try? await process.output(clock: clock)
        let version =
            String(decoding: output?.bytes ?? [], as: UTF8.self).split(whereSeparator: \.isWhitespace).last ?? "here"
        var failure = failure
        failure.message = "protoc \(version) does not know editions"
        failure.advice = "use protoc 27 or later, or buf"
        return failure
    }

    private func usesEdition(_ path: String) -> Bool {
        let bytes = try? FileReading.contents(of: PathText.resolved(path, in: directory), limit: 1 << 20)
        return String(decoding: bytes ?? [], as: UTF8.self).split(separator: "\n").contains { line in
            line.starts(with: /\s*edition\s*=/)
        }
    }

    // MARK: buf

    /// The outermost folder of buf's that holds all files: one with a `buf.work.yaml`, or else a `buf.yaml`.
    private func workspace(of paths: [String]) -> String? {
        guard let first = paths.first else { return nil }
        var (folder, found) = (PathText.directory(of: first), String?.none)
        while !folder.isEmpty {
            if exists(folder + "/buf.work.yaml") { return folder }
            if found == nil, exists(folder + "/buf.yaml") { found = folder }
            if folder == "/" || exists(folder + "/.git") { break }
            folder = PathText.directory(of: folder)
        }
        return found
    }

    private func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    // MARK: Either

    private func run(
        _ run: CompilerRun, until end: Duration
    ) async throws(CompilerFailure) -> Result<SourcedSchema, CompilerFailure> {
        let process = ChildProcess(
            run.path, run.arguments + run.outputArguments, in: run.directory, outputLimit: Self.errorLimit,
            errors: .kept(limit: Self.errorLimit), timeLimit: max(.zero, end - clock.now))
        do throws(ChildProcess.Failure) {
            return run.result(of: try await process.output(clock: clock))
        } catch {
            let name = run.compiler.rawValue
            if case .tookLonger = error { throw CompilerFailure("\(name) took longer than \(timeLimit.text)") }
            throw CompilerFailure("\(name) \(error.text(limit: Self.errorLimit))")
        }
    }
}
