import Foundation
import TestSupport
import Testing

@Suite("A conversation on a terminal", .serialized, .ownThread, .timeLimit(.minutes(10)))
struct ConversationTests {
    @Test("each line is a request, ctrl-d ends the stream, and the last replies still come")
    func converses() throws {
        let session = try PtySession(["call", "bidi"])
        try session.see("ctrl-d ends, ctrl-c cancels")
        try session.see(">")
        session.type("Ana\r")
        try session.see("Hello, Ana!")
        session.type("Bob Müller @es\r")
        try session.see("¡Hola, Bob Müller!")
        session.type("\r@de\r")
        try session.see("the language is de from now on")
        session.type("Eve\r")
        try session.see("Hallo, Eve!")
        session.type("\u{4}")
        try session.see("ended: nothing more is sent")
        #expect(try session.exit() == 0)
        #expect(session.text.contains("OK: sent 3, answered 3, uncertain 0, received 3"))
        #expect(!session.text.contains("{"))
    }

    @Test("a client stream is answered after ctrl-d")
    func clientStream() throws {
        let session = try PtySession(["call", "client-stream", "--language", "fr"])
        try session.see(">")
        session.type("Ana\rBob\r\u{4}")
        try session.see("(2 requests)")
        #expect(try session.exit() == 0)
        #expect(session.text.contains("Bonjour, Ana"))
    }

    @Test("a unary call is made for each line")
    func unary() throws {
        let session = try PtySession(["call", "unary"])
        try session.see(">")
        session.type("Ana\r")
        try session.see("Hello, Ana!")
        session.type("Bob\r")
        try session.see("Hello, Bob!")
        session.type("\u{4}")
        #expect(try session.exit() == 0)
        #expect(session.text.contains("OK: sent 2, "))
    }

    @Test("ctrl-c cancels the call, and leaves the terminal as it was")
    func cancels() throws {
        let session = try PtySession(["call", "bidi"])
        let before = session.settings
        try session.see(">")
        session.type("Ana\r")
        try session.see("Hello, Ana!")
        session.type("\u{3}")
        #expect(try session.exit() == 130)
        #expect(session.settings.c_lflag == before.c_lflag)
        #expect(session.text.contains("CANCELLED"))
    }

    @Test("a server that ends the stream ends the conversation, and what it said before is there")
    func serverEnds() throws {
        let session = try PtySession(["call", "bidi", "--fault", "close=1011", "--retry", "off"])
        try session.see(">")
        session.type("Ana\r")
        #expect(try session.exit() > 64)
        #expect(session.text.contains("greeter-tui: "))
        #expect(session.text.contains("sent 1, "))
    }

    @Test("a hostile greeting leaves title and screen untouched, and --output json prints JSON")
    func printsSafely() throws {
        let session = try PtySession(["call", "bidi", "--output", "json"])
        try session.see(">")
        session.type("A\u{16}\u{1b}[2JB\r")
        try session.see(#"{"message":"Hello, A\u001b[2JB!","language":"en"}"#)
        let text = try PtySession(["call", "bidi"])
        try text.see(">")
        text.type("A\u{16}\u{1b}[2JB\r")
        try text.see("Hello, A␛[2JB!")
        session.type("\u{4}")
        text.type("\u{4}")
        #expect(try session.exit() == 0)
        #expect(try text.exit() == 0)
    }

    @Test("a line may be longer than the terminal's own line mode takes, typed or pasted", arguments: [false, true])
    func longLine(isPasted: Bool) throws {
        let session = try PtySession(["call", "bidi"])
        try session.see(">")
        let name = String(repeating: "0123456789", count: 1000)
        session.type(isPasted ? "\u{1B}[200~\(name)\u{1B}[201~" : name)
        try session.see("56789")
        session.type("\r")
        try session.wait(for: "the whole of it") {
            String(decoding: $0.output, as: UTF8.self).contains("Hello, \(name)!")
        }
        session.type("\u{4}")
        #expect(try session.exit() == 0)
        #expect(session.text.contains("OK: sent 1, answered 1, "))
    }

    @Test("a line is edited as in a shell, and the up key brings back the one before")
    func edits() throws {
        let session = try PtySession(["call", "bidi"])
        try session.see(">")
        session.type("na Müllex\u{7F}r\u{1}A\u{5}!\u{1B}[D\u{1B}[3~\r")
        try session.see("Hello, Ana Müller!")
        session.type("gone\u{15}你好吗\u{1B}[D\u{7F}\r")
        try session.see("Hello, 你吗!")
        session.type("\u{1B}[A\u{1B}OA")
        try session.see("> Ana Müller")
        session.type("\u{17}Bob\r")
        try session.see("Hello, Ana Bob!")
        session.type("draft\u{1B}[A\u{1B}[B\u{1}\u{B}\u{4}")
        #expect(try session.exit() == 0)
        #expect(!session.text.contains("^[") && !session.text.contains("[A"))
        #expect(session.text.contains("OK: sent 3, "))
    }

    @Test("lines that are pasted together are requests of their own, and what follows the last is left to be edited")
    func pastesLines() throws {
        let session = try PtySession(["call", "bidi"])
        try session.see(">")
        session.type("\u{1B}[200~Ana\nBob\r\nCh\u{1B}[201~")
        try session.see("Hello, Bob!")
        try session.see("> Ch")
        session.type("loe\r")
        try session.see("Hello, Chloe!")
        session.type("\u{4}")
        #expect(try session.exit() == 0)
        #expect(session.text.contains("OK: sent 3, "))
    }

    @Test("a reply that comes while a line is typed stands above it, and the line goes on")
    func repliesWhileTyping() throws {
        let session = try PtySession(["call", "bidi", "--fault", "delay=700ms"])
        try session.see(">")
        session.type("Ana\rBo")
        try session.see("> Bo")
        try session.see("Hello, Ana!")
        try session.wait(for: "the line below the reply") { session in
            session.text.contains("Hello, Ana!\n> Bo")
        }
        session.type("b\r")
        try session.see("Hello, Bob!")
        session.type("\u{4}")
        #expect(try session.exit() == 0)
    }

    @Test("what does not fit the row scrolls sideways, and never wraps")
    func scrolls() throws {
        let session = try PtySession(["call", "bidi"], columns: 40, rows: 12)
        try session.see(">")
        session.type(String(repeating: "a", count: 100) + "END")
        try session.see("aEND")
        #expect(session.text.split(separator: "\n").filter { $0.contains("aaa") }.count == 1)
        session.type("\u{1}START")
        try session.see("> STARTaaa")
        session.resize(columns: 60, rows: 12)
        session.send(SIGWINCH)
        try session.see("> START" + String(repeating: "a", count: 50))
        session.type("\u{3}")
        #expect(try session.exit() == 130)
    }

    @Test("the terminal is as it was after every end", arguments: ["ctrl-c", "ctrl-d", "SIGTERM", "SIGHUP", "SIGSEGV"])
    func restores(end: String) throws {
        let session = try PtySession(["call", "bidi"])
        let before = session.settings
        try session.see(">")
        session.type("Ana\r")
        try session.see("Hello, Ana!")
        #expect(session.settings.c_lflag & tcflag_t(ICANON | ECHO) == 0)
        #expect(session.screen.modes.contains(2004))
        switch end {
        case "ctrl-c": session.type("\u{3}")
        case "ctrl-d": session.type("\u{4}")
        case "SIGTERM": session.send(SIGTERM)
        case "SIGHUP": session.send(SIGHUP)
        default: session.send(SIGSEGV)
        }
        let statuses: [String: Int32] = ["ctrl-c": 130, "ctrl-d": 0, "SIGTERM": 143, "SIGHUP": 129]
        #expect(try session.exit() == statuses[end] ?? -SIGSEGV)
        #expect(session.settings.c_lflag == before.c_lflag)
        #expect(session.settings.c_cc.10 == before.c_cc.10)
        #expect(!session.screen.modes.contains(2004))
    }

    @Test("ctrl-z stops it and gives the terminal back, fg goes on where it was")
    func stops() throws {
        let folder = try BuiltProduct.path(of: "greeter-tui").split(separator: "/").dropLast().joined(separator: "/")
        let session = try PtySession(
            ["--norc", "--noprofile", "-i"], environment: ["PS1": "shell: ", "PATH": "/\(folder):/usr/bin:/bin"],
            program: "/bin/bash")
        try session.see("shell:")
        session.type("greeter-tui call bidi --deadline none\r")
        try session.see("ctrl-c cancels")
        session.type("Ana\r")
        try session.see("Hello, Ana!")
        session.type("Bo")
        try session.see("> Bo")
        session.type("\u{1A}")
        try session.see("Stopped")
        session.type("stty -a | grep -o ' icanon'\r")
        try session.see("\n icanon")
        session.type("fg\r")
        try session.see("call bidi --deadline none\n> Bo")
        session.type("b\r")
        try session.see("Hello, Bob!")
        session.type("\u{4}")
        try session.see("OK: sent 2, answered 2, ")
        session.type("exit\r")
        #expect(try session.exit() == 0)
    }

    @Test("a terminal that shows no more than lines edits them itself")
    func dumb() throws {
        let session = try PtySession(["call", "bidi"], environment: ["TERM": "dumb"])
        try session.see(">")
        session.type("Anx\u{7F}a\r")
        try session.see("Hello, Ana!")
        session.type("\u{4}")
        #expect(try session.exit() == 0)
    }
}
