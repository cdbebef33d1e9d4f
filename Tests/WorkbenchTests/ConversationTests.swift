import Foundation
import Testing

@Suite("A conversation on a terminal", .serialized, .ownThread, .timeLimit(.minutes(5)))
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
}
