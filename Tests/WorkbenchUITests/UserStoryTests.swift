import RPCCore
import TerminalUI
import TestSupport
import Testing
import WorkbenchModel

@testable import WorkbenchUI

@Suite("What a user does", .serialized, .timeLimit(.minutes(10)))
@MainActor
struct UserStoryTests {
    @Test("r runs the sample requests")
    func run() async throws {
        try await UserSession.play { user in
            user.press("r")
            try await user.see("✓ OK: 3 sent, 3 received")
            #expect(user.text.contains("Sent · 3"))
            #expect(user.text.contains("Hello, Chloé!"))
            #expect(user.text.contains("send half-closed by you"))
        }
    }

    @Test("a key is answered at once, though a frame has just been drawn")
    func quickAnswer() async throws {
        try await UserSession.play { user in
            for key in ["2", "3", "1"] {
                let frames = user.backend.frameCount
                user.press(key)
                try await user.seeNext(after: frames)
            }
        }
    }

    @Test("a live conversation: run, type, half-close")
    func conversation() async throws {
        try await UserSession.play { user in
            user.press("c", "4", "r")
            try await user.see("Received · 3")
            #expect(user.text.contains("send open"))
            user.press("s")
            try await user.see("Send into the stream")
            user.type("Dora q?")
            user.press("enter")
            try await user.see("Hello, Dora q?!")
            user.type("Eve")
            user.press("enter")
            try await user.see("Hello, Eve!")
            user.press("esc", ".")
            try await user.see("✓ OK: 5 sent, 5 received")
        }
    }

    @Test("a plan is run here and there, and what came of it is shown side by side")
    func compares() async throws {
        try await UserSession.play { user in
            user.press("c", "4", "=")
            try await user.see("Run the plan here and there")
            user.press("enter")
            try await user.see("✓ the same replies")
            #expect(user.text.contains("answered        3"))
            #expect(user.text.contains("p99"))
            user.press("esc")
            try await user.miss("the same replies")
        }
    }

    @Test("replies are narrowed to what matches, also those to come, and a key leads from a reply to its request")
    func filter() async throws {
        try await UserSession.play { user in
            user.press("c", "4", "r")
            try await user.see("Received · 3")
            user.press("3", "&")
            try await user.see("Show only what matches in received")
            user.type("/A|E/")
            user.press("enter")
            try await user.see("Received · 3 · match 1 of 1: /A|E/")
            user.press("s")
            user.type("Eve")
            user.press("enter")
            try await user.see("Hello, Eve!")
            user.type("Bob")
            user.press("enter", "esc")
            try await user.see("Received · 5 · match 2 of 2: /A|E/")
            #expect(!user.text.contains("Hello, Bob!"))
            user.press("%")
            try await user.see("Detail · sent 4")
            user.press(".")
            try await user.see("✓ OK: 5 sent, 5 received")
            user.press("3", "&", "ctrl-u", "enter")
            try await user.see("Hello, Bob!")
        }
    }

    @Test("a time leads to the message that was then")
    func jump() async throws {
        try await UserSession.play { user in
            user.press("c", "4", "r")
            try await user.see("Received · 3")
            user.press("3", "#")
            user.type("+0s")
            user.press("enter")
            try await user.see("Detail · received 1")
            user.press("#")
            user.type("+9999s")
            user.press("enter")
            try await user.see("there is no such message")
            user.press(".")
            try await user.see("✓ OK")
        }
    }

    @Test("s without a call opens a stream for what is typed")
    func sendFirst() async throws {
        try await UserSession.play { user in
            user.press("c", "4", "s")
            user.type("你好")
            user.press("enter")
            try await user.see("Hello, 你好!")
            user.press("esc", ".")
            try await user.see("OK: 1 sent, 1 received")
        }
    }

    @Test("a request is added by hand, sent a hundred thousand times, and counted exactly")
    func manyRequests() async throws {
        try await UserSession.play { user in
            user.press("a")
            user.type("User {i}")
            user.press("tab", "tab", "ctrl-u")
            user.type("100000")
            user.press("enter")
            try await user.see("Compose* · 100003 requests")
            user.press("r")
            try await user.see("OK: 100003 sent, 100003 received")
            #expect(user.text.contains("User 100000"))
            user.press("2", "g")
            // The oldest message kept; the pane is bounded, the counter is not.
            try await user.see("90004")
            #expect(user.text.contains("Sent · 100003"))
        }
    }

    @Test("cancelling a call that says nothing ends it at once")
    func cancel() async throws {
        try await UserSession.play(.stalls) { user in
            user.press("r")
            try await user.see("no replies yet")
            user.press("x")
            try await user.see("CANCELLED: ")
            #expect(user.transport.liveCalls == 0)
        }
    }

    @Test("a drop says what was delivered, and the workbench goes on")
    func drop() async throws {
        try await UserSession.play(.drops(after: 2)) { user in
            user.press("r")
            try await user.see("UNAVAILABLE: connection lost (at receive; 2 sent, 1 received)")
            #expect(user.text.contains("1 uncertain"))
            user.transport.behave(.answers)
            user.press("R")
            try await user.see("OK: 3 sent, 3 received")
        }
    }

    @Test("an unreachable server is said to be so, and another can be chosen")
    func unreachable() async throws {
        try await UserSession.play(.refuses) { user in
            try await user.see("connection refused (at connect); try: start the server")
            user.press("r")
            try await user.see("(0 sent, 0 received)")
            user.press("t", "ctrl-u")
            user.type("http://nowhere")
            user.press("enter")
            try await user.see("no address for nowhere")
            user.transport.behave(.answers)
            user.press("t", "ctrl-u")
            user.type("http://somewhere")
            user.press("enter")
            try await user.see("● healthy")
            // The transport that was left is closed; see how the session ends.
            user.press("t", "ctrl-u")
            user.type("http://nowhere")
            user.press("enter")
            try await user.see("✕ unreachable")
        }
    }

    @Test("pausing holds messages back, and a step lets one through")
    func pause() async throws {
        try await UserSession.play { user in
            user.press("c", "4", "r")
            try await user.see("Received · 3")
            user.press("space")
            try await user.see("receiving is paused")
            user.press("s")
            user.type("Dora")
            user.press("enter")
            user.type("Eve")
            user.press("enter", "esc")
            try await user.see("Sent · 4")
            #expect(user.text.contains("Received · 3"))
            user.press(">")
            try await user.see("Received · 4")
            user.press("space")
            try await user.see("Received · 5")
        }
    }

    @Test("keys of the composer do nothing in another pane but say whose they are")
    func foreignKeys() async throws {
        try await UserSession.play { user in
            user.press("3", "d")
            try await user.see("d is a key of the compose pane: delete the step; 1 goes there")
            user.press("D", "K")
            try await user.see("K is a key of the compose pane")
            #expect(user.text.contains("Compose · 3 requests"))
            user.press("1", "d")
            try await user.see("Compose* · 2 requests")
        }
    }

    @Test("the first character typed takes the place of what stands in a field, and moving keeps it")
    func replaces() async throws {
        try await UserSession.play { user in
            user.press("/")
            user.type("Alice")
            user.press("enter", "/")
            user.type("Bob")
            user.press("enter")
            #expect(!user.text.contains("AliceBob"))
            user.press("/", "end")
            user.type("by")
            try await user.see("Bobby")
            user.press("esc", "/", "up", "up")
            try await user.see("Alice")
        }
    }

    @Test("a pane takes most of the screen, then all of it")
    func zoom() async throws {
        try await UserSession.play { user in
            user.press("3", "+", "+")
            try await user.miss("Compose · ")
            user.press("_")
            try await user.see("Compose · ")
            user.press("_", "?")
            user.type("zoom")
            try await user.see("less room for the pane")
            try await user.miss("half-close")
        }
    }

    @Test("find goes to the match and marks it; copy takes it")
    func find() async throws {
        try await UserSession.play { user in
            user.press("r")
            try await user.see("OK: 3 sent")
            user.press("3", "/")
            user.type("bob")
            user.press("enter")
            try await user.see("received 2")
            user.press("y")
            try await user.see("copied to the clipboard")
            #expect(user.backend.requests.contains(.copy(#"{"message":"Hello, Bob!","language":"es"}"#)))
            user.press("/", "ctrl-u")
            user.type("nobody")
            user.press("enter")
            try await user.see("not found: nobody")
        }
    }

    @Test("the palette runs an action by its name")
    func palette() async throws {
        try await UserSession.play { user in
            user.press("ctrl-p")
            try await user.see("Commands")
            user.type("kind of call")
            user.press("enter")
            try await user.see("Kind of call")
            user.press("down", "enter")
            try await user.see("bidirectional ▾")
        }
    }

    @Test("faults are ordered and taken back by name, and a wrong value keeps the form open")
    func faults() async throws {
        try await UserSession.play { user in
            user.press(":")
            user.type("demo server fail")
            user.press("enter")
            try await user.see("Faults of the demo server")
            #expect(user.text.contains("refuse      the first N connections are reset at once"))
            user.press("enter")
            try await user.see("Order refuse=N")
            user.type("many")
            user.press("enter")
            try await user.see("✕ a whole number")
            user.press("ctrl-u")
            user.type("2")
            user.press("enter")
            try await user.see("✓ refuse=2")
            user.press("down", "down", "enter")
            try await user.see("✓ stall")
            try await user.see("⚠ 2 faults")
            try await user.meet { user.connector.faults == [FaultOrder("refuse=2"), FaultOrder("stall")] }
            user.press("up", "up", "enter")
            try await user.miss("✓ refuse=2")
            try await user.meet { user.connector.faults == [FaultOrder("stall")] }
            try await user.see("● healthy")
            user.press("esc")
            user.press("r")
            try await user.see("Attempts · call 1 · client stream · faults stall")
            try await user.see("OK: 3 sent, 3 received")
        }
    }

    @Test("the help shows every key and is left again")
    func help() async throws {
        try await UserSession.play { user in
            user.press("?")
            try await user.see("half-close: send no more")
            user.press("esc")
            try await user.miss("half-close: send no more")
        }
    }

    @Test("quit asks while a stream is open")
    func quit() async throws {
        try await UserSession.play(.stalls) { user in
            user.press("r")
            try await user.see("no replies yet")
            user.press("q")
            try await user.see("Quit all the same?")
            user.press("n")
            try await user.miss("Quit all the same?")
            user.press("q")
            try await user.see("Quit all the same?")
            user.press("y")
            await user.ended()
        }
    }

    @Test("a paste goes into the field as one line", arguments: ["Ana\nBob", "Ana\tBob\r\n"])
    func paste(text: String) async throws {
        try await UserSession.play { user in
            user.press("a")
            user.backend.feed(.paste(text))
            let what = text.contains("\t") ? "1 tab" : "1 line end"
            try await user.see("a field has one line: \(what) has become a space")
            user.press("enter")
            try await user.see("2 Ana Bob")
        }
    }

    @Test("a paste that is longer than a field is refused as a whole, and said so")
    func longPaste() async throws {
        try await UserSession.play { user in
            user.press("a")
            user.type("Ana")
            user.backend.feed(.paste(String(repeating: "x", count: 65_534)))
            try await user.see("not pasted: a field takes 65536 characters")
            user.backend.feed(.paste(" B"))
            user.press("enter")
            try await user.see("2 Ana B")
        }
    }

    @Test("the mouse chooses panes, rows and menu items")
    func mouse() async throws {
        try await UserSession.play { user in
            user.press("r")
            try await user.see("OK: 3 sent")
            user.backend.feed(.mouse(MouseEvent(.press, button: .left, at: Point(column: 80, row: 3))))
            try await user.see("received 2")
            user.backend.feed(.mouse(MouseEvent(.wheelUp, at: Point(column: 80, row: 3))))
            user.press("c")
            try await user.see("Kind of call")
            let row = try #require(user.backend.lines.firstIndex { $0.contains("1 unary") })
            user.backend.feed(.mouse(MouseEvent(.press, button: .left, at: Point(column: 60, row: row))))
            try await user.see("unary ▾")
        }
    }

    @Test("every size can be worked in, and a resize redraws", arguments: [(40, 10), (80, 24), (200, 60)])
    func sizes(columns: Int, rows: Int) async throws {
        try await UserSession.play(size: Size(columns: columns, rows: rows)) { user in
            user.press("r")
            try await user.see("OK: 3 sent")
            user.backend.resize(to: Size(columns: 20, rows: 5))
            try await user.see("20x5 is too small")
            user.backend.resize(to: Size(columns: 120, rows: 36))
            try await user.see("Received · 3")
        }
    }

    @Test("nothing is drawn when nothing has changed")
    func quiet() async throws {
        try await UserSession.play { user in
            user.press("f")
            for _ in 0..<200 { await Task.yield() }
            let before = user.backend.frameCount
            user.press("f", "f", "f")
            for _ in 0..<2000 {
                user.clock.advance(by: .milliseconds(20))
                await Task.yield()
            }
            #expect(user.backend.frameCount == before)
        }
    }

    @Test("a stream of a hundred thousand messages costs few frames")
    func frames() async throws {
        try await UserSession.play { user in
            user.press("e", "tab", "tab", "ctrl-u")
            user.type("100000")
            user.press("enter", "r")
            let before = user.clock.now
            try await user.see("OK: 100002 sent")
            let seconds = (user.clock.now - before) / .seconds(1)
            #expect(Double(user.backend.frameCount) <= 40 + seconds * Double(Program.framesPerSecond))
        }
    }
}
