import Foundation
import TestSupport
import Testing

@Suite("Copying and piping on a terminal", .serialized, .ownThread, .timeLimit(.minutes(10)))
final class CopyTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder([:])
    }

    /// What was put on the clipboard (OSC 52), in order.
    private func copied(_ session: PtySession) -> [String] {
        String(decoding: session.output, as: UTF8.self).split(separator: "\u{1b}]52;").dropFirst().compactMap { part in
            let text = part.drop { $0 != ";" }.dropFirst().prefix { $0 != "\u{7}" && $0 != "\u{1b}" }
            return Data(base64Encoded: String(text)).map { String(decoding: $0, as: UTF8.self) }
        }
    }

    private func session(_ arguments: String...) throws -> PtySession {
        let session = try PtySession(
            arguments,
            environment: ["XDG_STATE_HOME": folder.path, "EDITOR": "\(folder.path)/editor", "TMPDIR": folder.path])
        try session.see("● healthy")
        return session
    }

    /// Runs a line in a shell that knows the program by its name.
    private func run(_ line: String) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", line]
        let tools = URL(filePath: try BuiltProduct.path(of: "greeter-tui")).deletingLastPathComponent().path
        process.environment = [
            "PATH": "\(tools):/usr/bin:/bin", "XDG_STATE_HOME": folder.path, "GREETER_TUI_CONFIG": "/dev/null",
        ]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(line)")
        return String(decoding: data, as: UTF8.self)
    }

    @Test("a call is copied as a line that makes it again", arguments: ["demo:", "demo:grpc"])
    func line(server: String) throws {
        let plan = "\(folder.path)/plan.yaml"
        try Data("kind: bidi\nrequests:\n- {repeat: 3, send: {name: 'User {i}'}}\n".utf8).write(to: URL(filePath: plan))
        for arguments in [["--server", server], ["--server", server, "--plan", plan]] {
            let session = try PtySession(arguments, environment: ["XDG_STATE_HOME": folder.path])
            try session.see("● healthy")
            session.type("r")
            try session.see("Received · \(arguments.count == 2 ? "1" : "3")")
            if arguments.count > 2 { session.type(".") }
            try session.see("✓ OK")
            session.type("3Y")
            try session.see("as a grpcurl command line")
            session.type("2")
            try session.see("copied to the clipboard")
            let line = try #require(copied(session).last)
            #expect(line.hasPrefix("greeter-tui call "))
            let output = try run(line)
            #expect(output.contains(arguments.count == 2 ? "Alice" : "User 3"), "\(line)")
            session.type("q")
            #expect(try session.exit() == 0)
        }
    }

    @Test("attempts and the detail are copied as they are seen")
    func panes() throws {
        let session = try session("--server", "demo:")
        session.type("r")
        try session.see("✓ OK")
        session.type("4y")
        try session.see("copied to the clipboard")
        #expect(copied(session).last?.contains("1 ✓ OK") == true)
        session.type("5")
        try session.miss("copied to the clipboard")
        session.type("y")
        try session.see("copied to the clipboard")
        #expect(copied(session).last?.contains("attempt 1: WebSocket") == true)
        session.type("q")
        #expect(try session.exit() == 0)
    }

    @Test("messages go through a command on the terminal, and into the user's editor")
    func programs() throws {
        let editor = "\(folder.path)/editor"
        try Data("#!/bin/sh\nprintf 'the editor has '\nwc -l < \"$1\"\nread line\nexit 7\n".utf8)
            .write(to: URL(filePath: editor))
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: editor)
        let session = try session("--server", "demo:")
        session.type("r")
        try session.see("✓ OK")
        session.type("2|")
        try session.see("Pipe the messages shown")
        session.type("grep -c Bob; exit 3\r")
        try session.see("[ended with 3; enter goes back]")
        session.type("\r")
        try session.see("'grep -c Bob; exit 3' has ended with 3")
        session.type("O")
        try session.see("the editor has 3")
        session.type("\r")
        try session.see("has ended with 7")
        let rest = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(!rest.contains { $0.hasPrefix("greeter-tui-") })
        session.type("q")
        #expect(try session.exit() == 0)
    }

    @Test("lines are pasted into the plan as requests, and where messages are typed as messages")
    func paste() throws {
        let session = try session("--server", "demo:")
        session.type("\u{1b}[200~Dora\nEmil\nFay\u{1b}[201~")
        try session.see("Paste 3 lines as 3 requests?")
        session.type("y")
        try session.see("6 requests")
        session.type("r")
        try session.see("✓ OK: 6 sent")
        session.type("c4s")
        try session.see("Send into the stream")
        session.type("\u{1b}[200~Gil\nHao\u{1b}[201~")
        try session.see("Send 2 lines as 2 messages?")
        session.type("\r")
        try session.see("Hello, Hao!")
        try session.see("Send into the stream")
        session.type("\u{3}")
        _ = try session.exit()
    }

    @Test("a call is exported from the screen, and nothing is replaced unasked")
    func export() throws {
        let session = try session("--server", "demo:")
        session.type("r")
        try session.see("✓ OK")
        // The history says a moment later which number it has.
        try session.see("call 1 ")
        let file = "\(folder.path)/call.csv"
        session.type("X")
        try session.see("Export the call")
        session.type("\u{15}\(file)\r")
        try session.see("is in call.csv")
        try Data("mine".utf8).write(to: URL(filePath: file))
        session.type("X")
        try session.see("Export the call")
        session.type("\u{15}\(file)\r")
        try session.see("call.csv exists.")
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "mine")
        session.type("y")
        try session.see("is in call.csv")
        let text = try String(contentsOfFile: file, encoding: .utf8)
        #expect(text.hasPrefix("direction,number,") && text.contains("Alice"))
        session.type("q")
        #expect(try session.exit() == 0)
    }
}
