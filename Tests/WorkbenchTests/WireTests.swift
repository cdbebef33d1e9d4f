import Foundation
import TestSupport
import Testing

@Suite("The wire on a terminal", .serialized, .ownThread, .timeLimit(.minutes(10)))
struct WireTests {
    @Test("F shows the frames of a call of gRPC, with what is in them, at every size")
    func frames() throws {
        let session = try PtySession(["--server", "demo:grpc"])
        try session.see("● healthy")
        session.type("F")
        try session.see("Wire ·")
        session.type("r")
        try session.see("✓ OK: 3 sent, 1 received")
        try session.see("END_STREAM")
        try session.see("no stalls")
        session.type("g/POST\r")
        try session.see("POST /helloworld.Greeter")
        session.type("\r")
        try session.see(":method: POST")
        for (columns, rows) in [(80, 24), (40, 10), (200, 60), (120, 36)] {
            session.resize(columns: columns, rows: rows)
            try session.see("POST")
        }
        session.type("F")
        try session.see("Attempts")
        session.type("q")
        #expect(try session.exit() == 0)
    }

    @Test("a stream that waits for a window of the server is found when the pane is opened in the middle of it")
    func stall() throws {
        let server = try ScriptedGRPCServer(.takesTenBytes)
        let session = try PtySession(["--server", "\(server.address)", "--deadline", "none"])
        try session.see("Compose")
        session.type("r")
        try session.see("Sent · 3")
        session.type("F")
        try session.see("stalled")
        try session.see("the server gives the stream no window")
        server.widen()
        try session.see("1 stall,")
        session.type("x")
        try session.see("CANCELLED")
        session.type("q")
        #expect(try session.exit() == 0)
    }
}
