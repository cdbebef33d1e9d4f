import Foundation
import Testing

@Suite("A tape that is watched on a terminal", .serialized, .ownThread, .timeLimit(.minutes(10)))
struct WatchedTapeTests {
    private func withTape(_ tape: String, _ body: (String) throws -> Void) throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("watched-\(UUID().uuidString).tape")
        try tape.write(to: url, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: url) }
        try body(url.path)
    }

    @Test("it plays to its end, faster where that is asked for, and gives the terminal back")
    func toTheEnd() throws {
        let tape = """
            Type@1s "greeter-tui"
            Enter
            Wait+Screen /● healthy/
            Type "c4r"
            Wait+Screen /Received · 3/
            Type "sDora"
            Enter
            Wait+Screen /Hello, Dora!/
            Escape
            Type "."
            Wait+Screen /✓ OK: 4 sent/
            """
        try withTape(tape) { path in
            let session = try PtySession(["play", "--speed", "100", path])
            #expect(try session.exit() == 0)
            #expect(!session.screen.isAlternate)
        }
    }

    @Test("keys do not disturb it, and control-C stops it")
    func stopped() throws {
        let tape = """
            Type "greeter-tui"
            Enter
            Wait+Screen /● healthy/
            Sleep 60m
            """
        try withTape(tape) { path in
            let session = try PtySession(["play", "--speed", "10", path])
            try session.see("● healthy")
            session.type("q")
            session.type("?")
            session.resize(columns: 100, rows: 30)
            try session.see("? help")
            #expect(!session.text.contains("esc closes"))
            session.type("\u{3}")
            #expect(try session.exit() == 130)
            #expect(!session.screen.isAlternate)
        }
    }

    @Test("a Wait in vain leaves its line and the screen where they can be read")
    func failure() throws {
        try withTape("Type \"greeter-tui\" Enter\nWait+Screen /● healthy/\nWait+Screen@1s /never/") { path in
            let session = try PtySession(["play", "--speed", "10", path])
            #expect(try session.exit() == 1)
            let output = String(decoding: session.output, as: UTF8.self)
            let message = try #require(output.range(of: ":3:1: Wait: not seen within 1s: /never/"))
            #expect(output[message.upperBound...].contains("Compose · 3 requests"))
        }
    }
}
