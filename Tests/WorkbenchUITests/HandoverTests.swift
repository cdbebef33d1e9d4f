import Foundation
import RPCCore
import TerminalUI
import TestSupport
import Testing
import WorkbenchModel

@testable import WorkbenchUI

/// Commands of a real shell, which read from a real pipe.
@MainActor
@Suite("Messages for other programs", .timeLimit(.minutes(5)))
struct HandoverTests {
    private let transcript = MemoryTranscript(limit: 30_000)

    init() {
        // As the program does: a reader that has gone is an error of the write, and no end of the process.
        signal(SIGPIPE, SIG_IGN)
    }

    /// Runs what is handed over as the terminal does, with nothing to be typed.
    private static func shell(_ script: String, _ path: String, output: URL) -> Int32? {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", "\(script) \"$1\"", "sh", path]
        process.standardInput = FileHandle.nullDevice
        guard FileManager.default.createFile(atPath: output.path, contents: nil),
            let file = try? FileHandle(forWritingTo: output)
        else { return nil }
        process.standardOutput = file
        process.standardError = file
        guard (try? process.run()) != nil else { return nil }
        process.waitUntilExit()
        return process.terminationStatus
    }

    private func run(
        _ command: String, _ excerpt: Excerpt = Excerpt(.received)
    ) async throws -> (end: ProgramEnd, output: String) {
        let output = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: output) }
        let backend = TestBackend(size: Size(columns: 80, rows: 24))
        var folder = ""
        backend.programs = { script, path in
            folder = path
            return Self.shell(script, path, output: output)
        }
        let handover = try TerminalHandover(.command(command))
        let end = await withCheckedContinuation { continuation in
            handover.run(ExcerptReader(excerpt, of: transcript), on: backend) { continuation.resume(returning: $0) }
        }
        #expect(!folder.isEmpty && !FileManager.default.fileExists(atPath: folder))
        return (end, try String(contentsOf: output, encoding: .utf8))
    }

    private func fill(_ count: Int) {
        transcript.append((1...count).map { Scene.reply($0, "Hello, \($0)!", at: $0) }, to: .received)
    }

    @Test("a command gets each message as a line of JSON, and only those that the pane is narrowed to")
    func lines() async throws {
        fill(1000)
        let all = try await run("wc -l")
        #expect(all.end == ProgramEnd("wc -l", status: 0))
        #expect(all.output.contains("1000") && all.output.contains("[ended with 0; enter goes back]"))
        let some = try await run("cat", Excerpt(.received, .text("Hello, 77")))
        let lines = some.output.split(separator: "\n").filter { $0.hasPrefix("{") }
        #expect(lines.count == 11)
        #expect(lines.first == #"{"message":"Hello, 77!","language":"en"}"#)
    }

    @Test("a command that wants no more, or nothing, ends at once, and nothing of it stays behind")
    func early() async throws {
        // More than a pipe holds.
        fill(20_000)
        let first = try await run("head -n 1")
        #expect(first.end == ProgramEnd("head -n 1", status: 0))
        #expect(first.output.hasPrefix(#"{"message":"Hello, 1!""#))
        #expect(try await run("true").end.status == 0)
    }

    @Test("a failing command is told by its status, with what it says on the terminal; its text cannot break the rest")
    func failing() async throws {
        fill(3)
        let failing = try await run("echo no such field >&2; exit 5")
        #expect(failing.end == ProgramEnd("echo no such field >&2; exit 5", status: 5))
        #expect(failing.output.contains("no such field") && failing.output.contains("[ended with 5;"))
        let unclosed = try await run("echo 'unclosed }; exit 0")
        #expect(unclosed.end.status != 0 && unclosed.output.contains("enter goes back"))
    }

    @Test("a refusal is a line that says so")
    func refusals() {
        var message = Scene.reply(1, "x", at: 1)
        message.role = .rejection("name is \"empty\"")
        #expect(message.jsonLine == #"{"refused":"name is \"empty\""}"#)
    }
}
