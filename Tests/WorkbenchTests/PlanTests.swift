import Foundation
import Testing

@Suite("Plans on a terminal", .serialized, .ownThread, .timeLimit(.minutes(10)))
final class PlanTests {
    private let folder = FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
        .appendingPathComponent(UUID().uuidString)

    init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    @Test("a plan is opened, edited, previewed, written and run")
    func round() throws {
        let file = folder.appendingPathComponent("mine.yaml")
        try Data("kind: bidi\nrequests:\n- {name: Ana, language: es}\n- {repeat: 2, send: {name: 'U{i}'}}\n".utf8)
            .write(to: file)
        let session = try PtySession()
        try session.see("● healthy")
        session.type("o")
        try session.see("Open a plan")
        session.type("\(folder.path)/")
        try session.see("mine.yaml")
        session.type("\r")
        try session.see("Compose · mine.yaml · 3 req")
        try session.see("bidirectional ▾")
        session.type("e")
        try session.see("Step 1: request")
        session.type("\u{15}Zoë\r")
        try session.see("mine.yaml*")
        session.type("p")
        try session.see("these are all")
        #expect(session.text.contains("U2"))
        session.type("p")
        try session.miss("these are all")
        session.type("w")
        try session.see("written to mine.yaml")
        let text = try String(contentsOf: file, encoding: .utf8)
        #expect(text.contains("Zoë") && text.contains("bidi") && text.contains("U{i}"))
        session.type("r")
        try session.see("Hello, U2!")
        session.type(".")
        try session.see("✓ OK: 3 sent")
        session.type("q")
        #expect(try session.exit() == 0)
    }

    @Test("what is unsaved survives ctrl-c and SIGTERM, and is offered at the next start", arguments: [false, true])
    func keep(bySignal: Bool) throws {
        let environment = ["XDG_STATE_HOME": folder.path]
        let first = try PtySession(environment: environment)
        try first.see("● healthy")
        first.type("D")
        try first.see("Compose* · 4 requests")
        if bySignal { first.send(SIGTERM) } else { first.type("\u{3}") }
        #expect(try first.exit() == (bySignal ? 128 + SIGTERM : 0))
        #expect(first.text.contains("the unsaved plan is kept in \(folder.path)"))

        let second = try PtySession(environment: environment)
        try second.see("Changes of a plan without a file were kept,")
        second.type("o")
        try second.see("Compose* · 4 requests")
        second.type("q")
        try second.see("The plan has unsaved changes.")
        second.type("y")
        #expect(try second.exit() == 0)
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/greeter-tui/plans") == [])
    }
}
