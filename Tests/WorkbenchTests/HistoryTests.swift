import Foundation
import TestSupport
import Testing

@Suite("Earlier calls on a terminal", .serialized, .ownThread, .timeLimit(.minutes(10)))
final class HistoryTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder([:])
    }

    private func session(_ arguments: String..., columns: Int = 120) throws -> PtySession {
        let session = try PtySession(
            arguments, columns: columns, environment: ["XDG_STATE_HOME": folder.path, "TZ": "UTC"])
        try session.see("● healthy")
        return session
    }

    private func quit(_ session: PtySession) throws {
        session.type("q")
        #expect(try session.exit() == 0)
    }

    @Test("a call has on screen the number that it has in the history, and without one that of this run")
    func numbers() throws {
        let first = try session()
        first.type("r")
        try first.see("✓ OK: 3 sent, 1 received")
        try first.see("call 1 ")
        try quit(first)
        let second = try session()
        second.type("r")
        try second.see("✓ OK: 3 sent, 1 received")
        try second.see("call 2 ")
        try list(second) { $0.contains(/2 20.*✓ OK/) }
        second.type("\u{1b}")
        try second.miss("ctrl-d")
        try quit(second)
        let third = try session("--no-history")
        third.type("r")
        try third.see("✓ OK: 3 sent, 1 received")
        try third.see("call 1 ")
        try quit(third)
    }

    @Test("a call of one run is found in the next, opened, searched, run again, and deleted")
    func round() throws {
        let first = try session()
        first.type("c4r")
        try first.see("Received · 3")
        first.type("s")
        try first.see("Send into the stream")
        first.type("Dora\r")
        try first.see("Hello, Dora!")
        first.type("\u{1b}")
        try first.miss("Send into the stream")
        first.type(".")
        try first.see("✓ OK: 4 sent, 4 received")
        try quit(first)

        let second = try session()
        second.type("r")
        try second.see("✓ OK: 3 sent, 1 received")
        try list(second) { $0.contains(/✓ OK +3 +1/) }
        second.type("bidi")
        try second.miss("client stream ✓")
        try second.see("bidirectional ✓")
        second.type("\r")
        try second.see("call 1 of the history")
        try second.see("Hello, Dora!")
        try second.see("Sent · 4")
        second.type("3/dora\r")
        try second.see("Detail · received 4")
        second.type("R")
        try second.see("send open")
        second.type(".")
        try second.see("✓ OK: 3 sent, 3 received")
        #expect(!second.text.contains("of the history"))
        try list(second) { $0.contains(/3 20.*✓ OK/) }
        second.type("\u{4}")
        try second.see("Delete call 3")
        second.type("y")
        try second.see("call 3 is deleted")
        try second.see("# began")
        #expect(!second.text.contains("3 20"))
        second.type("\u{1b}")
        try second.miss("ctrl-d")
        try quit(second)
    }

    /// Opens the list of calls, again and again, until it shows what is looked for: a call is on the disk a moment after it.
    private func list(_ session: PtySession, until isMet: (String) -> Bool) throws {
        for _ in 0..<200 {
            session.type("H")
            // The last line of the list is drawn last, and goes last.
            let isListed = { (text: String) in text.contains("ctrl-d") && text.contains(/# +began|no call is recorded/)
            }
            try session.wait(for: "the list") { isListed($0.text) }
            if isMet(session.text) { return }
            session.type("\u{1b}")
            try session.miss("ctrl-d")
        }
        Issue.record("never listed; the screen was:\n\(session.text)")
        throw PtySession.NeverCame()
    }

    @Test("what was typed into a stream without a plan is sent again")
    func typed() throws {
        let session = try session()
        session.type("c4s")
        try session.see("Send into the stream")
        session.type("Dora\r")
        try session.see("Hello, Dora!")
        session.type("Eve\r")
        try session.see("Hello, Eve!")
        session.type("\u{1b}")
        try session.miss("Send into the stream")
        session.type(".")
        try session.see("✓ OK: 2 sent, 2 received")
        try list(session) { $0.contains(/✓ OK +2 +2/) }
        session.type("\r")
        try session.see("call 1 of the history")
        session.type("R")
        // Its number in the history, here as there.
        try session.see("Attempts · call 2")
        try session.see("✓ OK: 2 sent, 2 received")
        try session.see("Hello, Eve!")
        try quit(session)
    }

    @Test("a call of another program is seen to go on, and opened as far as it was recorded when that is gone")
    func interrupted() throws {
        let (first, second) = (try session(), try session())
        first.type("c4r")
        try first.see("Received · 3")
        try list(second) { $0.contains(/▶ running +3 +3/) }
        second.type("\r")
        try second.see("call 1 goes on")
        second.type("\u{1b}")
        try second.miss("call 1 goes on")
        first.send(SIGKILL)
        try first.exit()
        try list(second) { $0.contains(/\? interrupted +3 +3/) }
        second.type("\r")
        try second.see("call 1 of the history")
        try second.see("¡Hola, Bob!")
        try second.see("cut off")
        try quit(second)
    }

    @Test("a long call is opened at once, and read where it is looked at")
    func long() throws {
        let plan = "kind: bidi\nrequests:\n- {repeat: 20000, send: {name: 'User {i}'}}\n"
        try Data(plan.utf8).write(to: URL(fileURLWithPath: "\(folder.path)/long.yaml"))
        let first = try session("--plan", "\(folder.path)/long.yaml")
        first.type("r")
        try first.see("Received · 20000")
        first.type(".")
        try first.see("✓ OK: 20000 sent")
        try quit(first)

        let second = try session()
        try list(second) { $0.contains(/✓ OK +20000 +20000/) }
        second.type("\r")
        try second.see("Hello, User 20000!")
        second.type("3g")
        try second.see("Hello, User 1!")
        second.type("/User 15555\r")
        try second.see("Detail · received 15555")
        second.type("%")
        try second.see("Detail · sent 15555")
        second.type("#7000\r")
        try second.see("Detail · sent 7000")
        try second.see("User 7000 ")
        second.type("3#+0s\r")
        try second.see("Detail · received 1 ")
        second.type("&\u{15}/User 1999[0-9]/\r")
        try second.see("Hello, User 19990!")
        try second.miss("Hello, User 1!")
        try second.see("p50")
        second.type("R")
        try second.see("Received · 20000")
        try second.see("Hello, User 20000!")
        second.type(".")
        try second.see("✓ OK: 20000 sent")
        try quit(second)
    }

    @Test("a history that is off or cannot be read says so, and the workbench works")
    func unreadable() throws {
        let off = try session("--no-history")
        off.type("H")
        try off.see("no history is kept")
        off.type("\u{1b}")
        try off.miss("no history is kept")
        try quit(off)
        try FileManager.default.createDirectory(
            atPath: "\(folder.path)/greeter-tui/history.sqlite", withIntermediateDirectories: true)
        let broken = try session()
        broken.type("H")
        try broken.see("✕ \(folder.path)/greeter-tui/history.sqlite: ")
        broken.type("\u{1b}")
        try broken.miss("history.sqlite")
        broken.type("r")
        try broken.see("✓ OK: 3 sent, 1 received")
        try quit(broken)
    }
}
