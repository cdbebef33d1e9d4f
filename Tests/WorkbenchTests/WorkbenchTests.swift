import Foundation
import TestSupport
import Testing

@Suite("The program on a terminal", .serialized, .ownThread, .timeLimit(.minutes(10)))
struct WorkbenchTests {
    /// Everything that a program must have undone when it is gone.
    private func expectRestored(
        _ session: PtySession, _ before: termios, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let after = session.settings
        #expect(before.c_lflag == after.c_lflag, sourceLocation: sourceLocation)
        #expect(before.c_iflag == after.c_iflag, sourceLocation: sourceLocation)
        #expect(before.c_oflag == after.c_oflag, sourceLocation: sourceLocation)
        #expect(!session.screen.isAlternate, sourceLocation: sourceLocation)
        #expect(
            session.screen.modes.isDisjoint(with: [1000, 1002, 1003, 1006, 2004, 1]), sourceLocation: sourceLocation)
        #expect(session.screen.modes.contains(25), sourceLocation: sourceLocation)
    }

    @Test("the first minute: start, run, quit")
    func firstMinute() throws {
        let session = try PtySession()
        let before = session.settings
        try session.see("● healthy")
        #expect(session.screen.isAlternate)
        #expect(session.screen.modes.isSuperset(of: [1006, 2004]))
        session.type("r")
        try session.see("✓ OK: 3 sent, 1 received")
        #expect(session.text.contains("Sent · 3"))
        #expect(session.text.contains("(3 requests)"))
        session.type("q")
        #expect(try session.exit() == 0)
        expectRestored(session, before)
    }

    @Test(
        "each kind runs",
        arguments: [
            ("1", "unary ▾", "✓ OK: 3 sent, 3 received"), ("2", "server stream ▾", "✓ OK: 3 sent, 9 received"),
            ("3", "client stream ▾", "✓ OK: 3 sent, 1 received"), ("4", "bidirectional ▾", "Received · 3"),
        ])
    func kinds(key: String, title: String, ending: String) throws {
        let session = try PtySession()
        try session.see("● healthy")
        session.type("c")
        try session.see("Kind of call")
        session.type(key)
        try session.see(title)
        session.type("r")
        try session.see(ending)
        if key == "4" {
            session.type("s")
            // Seen before anything below it is waited for: the escape that leaves it must not meet the key after it.
            try session.see("Send into the stream")
            session.type("Dora\r")
            try session.see("Hello, Dora!")
            session.type("\u{1b}")
            try session.miss("Send into the stream")
            session.type(".")
            try session.see("✓ OK: 4 sent, 4 received")
        }
        session.type("q")
        #expect(try session.exit() == 0)
    }

    @Test("a server that answers every message and never closes is understood")
    func perMessage() throws {
        let session = try PtySession(["--demo-behaviour", "per-message"])
        try session.see("● healthy")
        session.type("r")
        try session.see("✓ OK: 3 sent, 3 received")
        #expect(session.text.contains("(end marker) Hello, J"))
        session.type("q")
        #expect(try session.exit() == 0)
    }

    @Test("every size is worked in, and a resize is followed")
    func resize() throws {
        let session = try PtySession(columns: 80, rows: 24)
        try session.see("● healthy")
        for (columns, rows) in [(200, 60), (40, 10), (120, 36)] {
            session.resize(columns: columns, rows: rows)
            try session.see("Alice")
        }
        session.resize(columns: 20, rows: 5)
        try session.see("20x5 is too small")
        session.resize(columns: 80, rows: 24)
        session.type("r")
        try session.see("✓ OK: 3 sent")
        session.type("q")
        #expect(try session.exit() == 0)
    }

    @Test("leaving an open stream is asked about on a screen that is too small for anything else")
    func leavingSmall() throws {
        let session = try PtySession()
        try session.see("● healthy")
        session.type("c4r")
        try session.see("Received · 3")
        session.resize(columns: 20, rows: 5)
        try session.see("20x5 is too small")
        session.type("q")
        try session.see("y quit")
        session.type("y")
        #expect(try session.exit() == 0)
    }

    @Test("a border that was moved is where it was at the next start")
    func split() throws {
        let folder = try TemporaryFolder([:])
        let environment = ["XDG_STATE_HOME": folder.path]
        func title(_ session: PtySession) throws -> Int {
            let line = try #require(session.text.split(separator: "\n").first { $0.contains("Received") })
            return try #require(line.firstRange(of: "Received")).lowerBound.utf16Offset(in: line)
        }
        let first = try PtySession(environment: environment)
        try first.see("● healthy")
        let usual = try title(first)
        first.type("3]]")
        first.type("1r")
        try first.see("✓ OK: 3 sent")
        let moved = try title(first)
        #expect(moved < usual)
        first.type("q")
        #expect(try first.exit() == 0)

        let second = try PtySession(environment: environment)
        try second.see("● healthy")
        #expect(try title(second) == moved)
        second.type("3[[")
        second.type("1r")
        try second.see("✓ OK: 3 sent")
        #expect(try title(second) == usual)
        second.type("q")
        #expect(try second.exit() == 0)
    }

    @Test("the mouse is taken, unless it is not wanted")
    func mouse() throws {
        for (arguments, environment, isTaken) in [
            ([String](), [String: String](), true), (["--no-mouse"], [:], false),
            ([], ["GREETER_TUI_MOUSE": "false"], false),
        ] {
            let session = try PtySession(arguments, environment: environment)
            try session.see("● healthy")
            #expect(session.screen.modes.contains(1000) == isTaken)
            session.type("q")
            #expect(try session.exit() == 0)
        }
    }

    @Test("ctrl-c leaves at once, whatever goes on")
    func interrupt() throws {
        let session = try PtySession()
        let before = session.settings
        try session.see("● healthy")
        session.type("c4r")
        try session.see("Received · 3")
        session.type("\u{3}")
        #expect(try session.exit() == 0)
        expectRestored(session, before)
    }

    @Test("a signal ends the program and the terminal is restored", arguments: [SIGTERM, SIGHUP, SIGINT])
    func signals(signal: Int32) throws {
        let session = try PtySession()
        let before = session.settings
        try session.see("● healthy")
        session.send(signal)
        let status = try session.exit()
        #expect(status == (signal == SIGINT ? 0 : 128 + signal))
        expectRestored(session, before)
    }

    @Test("a crash leaves the terminal restored", arguments: [SIGSEGV, SIGABRT, SIGILL])
    func crash(signal: Int32) throws {
        let session = try PtySession()
        let before = session.settings
        try session.see("● healthy")
        session.send(signal)
        #expect(try session.exit() == -signal)
        expectRestored(session, before)
    }

    @Test("a message whose compression stops short ends the call, and the program draws, and quits")
    func truncated() throws {
        let server = try ScriptedGRPCServer(.truncatesMessage)
        let session = try PtySession(["--server", "\(server.address)"])
        // The answer to the health check is one, too.
        try session.see("✕ unreachable")
        session.type("r")
        try session.see("✕ INTERNAL")
        session.type("?")
        try session.see("type to search")
        session.type("\u{1B}")
        try session.miss("type to search")
        session.type("q")
        #expect(try session.exit() == 0)
    }

    @Test("a hostile greeting leaves title and screen untouched")
    func hostile() throws {
        let server = try OneAnswerServer(
            #"{"message":"\u001b]0;owned\u0007\u001b[2J\u202Eabc","language":"en"}"#)
        let session = try PtySession(["--server", "http://127.0.0.1:\(server.port)"])
        try session.see("✕ unreachable")
        session.type("c1")
        try session.see("unary ▾")
        session.type("r")
        try session.see("✓ OK: 3 sent, 3 received")
        #expect(session.text.contains("␛]0;owned␇␛[2J<U+202E>"))
        #expect(!session.screen.title.contains("owned"))
        #expect(session.text.contains("Compose"))
        let written = String(decoding: session.output, as: UTF8.self)
        #expect(!written.contains("\u{1b}]0;owned"))
        #expect(!written.unicodeScalars.contains("\u{202E}"))
        session.type("q")
        #expect(try session.exit() == 0)
    }

    @Test("a terminal without a description here is an xterm: that is said on screen, and in one line afterwards")
    func substitute() throws {
        let session = try PtySession(environment: ["TERM": "no-such-terminal"])
        try session.see("● healthy")
        let note = "the terminal type no-such-terminal (TERM) is not known here; xterm-256color is taken instead"
        try session.see(note)
        session.type("q")
        #expect(try session.exit() == 0)
        #expect(!session.screen.isAlternate)
        #expect(session.text.contains("greeter-tui: \(note)"))
    }

    @Test("a terminal that can show nothing is refused in one line", arguments: ["dumb", ""])
    func unusable(term: String) throws {
        let session = try PtySession(environment: ["TERM": term])
        #expect(try session.exit() == 2)
        #expect(session.text.split(separator: "\n").count == 1)
        #expect(!session.screen.isAlternate)
    }

    @Test("without UTF-8 everything is drawn in ASCII")
    func ascii() throws {
        let session = try PtySession(environment: ["LC_ALL": "C"])
        try session.see("* healthy")
        session.type("r")
        try session.see("+ OK: 3 sent")
        #expect(session.output.allSatisfy { $0 < 0x80 })
        session.type("q")
        #expect(try session.exit() == 0)
    }

    @Test("keys and colours of the configuration are those of the screen, and of its help")
    func configuration() throws {
        let path = NSTemporaryDirectory() + "greeter-tui-\(UUID().uuidString).yaml"
        try Data("keys: {run: ctrl-x, cancel: Q, help: [f6, '?']}\ntheme: light\n".utf8)
            .write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let session = try PtySession(["--config", path], columns: 160, rows: 50)
        try session.see("● healthy")
        try session.see("ctrl-x run")
        try session.see("f6 help")
        session.type("?")
        try session.see("type to search")
        #expect(session.text.contains(/ctrl-x +run the plan/))
        #expect(session.text.contains(/Q +cancel the call/))
        session.type("all keys")
        try session.see("Program")
        #expect(session.text.contains(/f6 \? +all keys/))
        session.type("\u{1b}")
        try session.miss("Program")
        session.type("r\u{18}")
        try session.see("✓ OK: 3 sent, 1 received")
        session.type("q")
        #expect(try session.exit() == 0)
        // The border of the light theme, which no other has.
        #expect(String(decoding: session.output, as: UTF8.self).contains("38;5;249"))
    }

    @Test("wrong configuration is told before the screen is taken")
    func wrongConfiguration() throws {
        let session = try PtySession(environment: ["GREETER_TUI_THEME": "drak"])
        #expect(try session.exit() == 2)
        #expect(session.text.contains("GREETER_TUI_THEME: 'drak' is not one of default, dark, light, mono"))
        #expect(!session.screen.isAlternate)
    }

    @Test("NO_COLOR is obeyed")
    func noColour() throws {
        let session = try PtySession(environment: ["NO_COLOR": "1"])
        try session.see("● healthy")
        let written = String(decoding: session.output, as: UTF8.self)
        #expect(!written.contains(/\u{1b}\[([0-9]+;)*([349][0-7]|38|48)(;[0-9;]*)?m/))
        session.type("q")
        #expect(try session.exit() == 0)
    }
}

/// An HTTP server that gives every request the same answer.
private final class OneAnswerServer {
    let port: Int
    private let descriptor: Int32

    init(_ body: String) throws {
        let (descriptor, port) = try LoopbackSocket.bound()
        (self.descriptor, self.port) = (descriptor, port)
        let answer = Array(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: \(body.utf8.count)\r\n\r\n\(body)"
                .utf8)
        Thread {
            while true {
                let connection = accept(descriptor, nil, nil)
                guard connection >= 0 else { return }
                var request = [UInt8](repeating: 0, count: 65_536)
                _ = read(connection, &request, request.count)
                _ = answer.withUnsafeBytes { write(connection, $0.baseAddress, $0.count) }
                shutdown(connection, Int32(SHUT_WR))
                _ = read(connection, &request, request.count)
                close(connection)
            }
        }.start()
    }

    deinit {
        shutdown(descriptor, Int32(SHUT_RDWR))
        close(descriptor)
    }
}
