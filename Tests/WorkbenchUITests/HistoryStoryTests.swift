import RPCCore
import TerminalUI
import TestSupport
import Testing
import WorkbenchModel

@testable import WorkbenchUI

@Suite("What a user does with earlier calls", .serialized, .timeLimit(.minutes(10)))
@MainActor
struct HistoryStoryTests {
    @Test("an earlier call is found, opened and run again with its plan")
    func round() async throws {
        try await UserSession.play(history: .samples()) { user in
            user.press("H")
            try await user.see("2026-11-22 12:00:07")
            user.type("demo")
            try await user.miss("12:00:08")
            user.press("down", "enter")
            try await user.see("call 7 of 2026-11-22 12:00:07, from the history")
            try await user.see("Hello from call 7!")
            #expect(user.text.contains("Sent · 3"))
            #expect(user.text.contains("✓ OK"))
            // The replay, and only that, knows how long the reply took.
            try await user.see("p50 1ms")
            user.press("R")
            try await user.see("Hello, Zoë!")
            try await user.see("✓ OK: 2 sent, 2 received")
            #expect(!user.text.contains("of the history"))
        }
    }

    @Test("what was typed is sent again, at its own server")
    func resends() async throws {
        try await UserSession.play(history: .samples()) { user in
            user.press("H")
            try await user.see("12:00:08")
            user.press("down", "enter")
            try await user.see("Hello from call 8!")
            user.press("R")
            try await user.see("Hello, Chloé!")
            try await user.see("✓ OK: 3 sent, 3 received")
            #expect(user.connector.names.last == "http://elsewhere:8000")
            user.press("R")
            try await user.see("Attempts · call 3")
            try await user.see("✓ OK: 3 sent, 3 received")
        }
    }

    @Test("a call that goes on is marked, and does not open")
    func running() async throws {
        try await UserSession.play(history: .samples()) { user in
            user.press("H")
            try await user.see("▶ running")
            user.press("enter")
            try await user.see("✕ call 9 goes on")
            user.press("esc")
            try await user.miss("earlier calls")
        }
    }

    @Test("text is found in an earlier call")
    func find() async throws {
        try await UserSession.play(history: .samples()) { user in
            user.press("H")
            try await user.see("12:00:08")
            user.press("down", "enter")
            try await user.see("Hello from call 8!")
            user.press("2", "/")
            user.type("Bob")
            user.press("enter")
            try await user.see("Detail · sent 2")
            user.press("#", "1", "enter")
            try await user.see("Detail · sent 1")
            user.press("G", "%")
            try await user.see("Detail · received 1")
            user.press("2", "&", "ctrl-u")
            user.type("Chl")
            user.press("enter")
            try await user.miss("Alice · en")
            try await user.see("Chloé · fr")
            // Another call is shown whole.
            user.press("H")
            try await user.see("12:00:07")
            user.press("down", "down", "enter")
            try await user.see("Hello from call 7!")
            #expect(user.text.contains("Alice · en"))
        }
    }

    @Test("a call is deleted at its key, once that is agreed to")
    func delete() async throws {
        let history = MemoryHistory.samples()
        try await UserSession.play(history: history) { user in
            user.press("H")
            try await user.see("12:00:08")
            user.press("down", "ctrl-d")
            try await user.see("Delete call 8")
            user.press("n")
            try await user.miss("Delete call 8")
            user.press("delete")
            try await user.see("Delete call 8")
            user.press("y")
            try await user.miss("12:00:08")
            #expect(history.numbers == [9, 7])
        }
    }

    @Test("a click opens a call")
    func click() async throws {
        try await UserSession.play(history: .samples()) { user in
            user.press("H")
            try await user.see("12:00:07")
            let lines = user.backend.lines
            let row = try #require(lines.firstIndex { $0.contains("12:00:07") })
            user.backend.feed(
                .mouse(MouseEvent(.press, button: .left, at: Point(column: 20, row: row))))
            try await user.see("Hello from call 7!")
        }
    }

    @Test("the plan of an earlier call comes into the composer")
    func compose() async throws {
        try await UserSession.play(history: .samples()) { user in
            user.press("H")
            try await user.see("12:00:08")
            user.press("down", "down", "enter")
            try await user.see("Hello from call 7!")
            user.press(":")
            user.type("plan of the call")
            user.press("enter")
            try await user.see("Compose · 2 requests")
            #expect(user.text.contains("Zoë"))
        }
    }

    @Test("without a history that is said, and so is why one cannot be read")
    func none() async throws {
        try await UserSession.play { user in
            user.press("H")
            try await user.see("no history is kept")
        }
        let newer = MemoryHistory([], problem: .failed("a newer version of greeter-tui has written it"))
        try await UserSession.play(history: newer) { user in
            user.press("H")
            try await user.see("✕ a newer version of greeter-tui has written it")
        }
        try await UserSession.play(history: MemoryHistory([])) { user in
            user.press("H")
            try await user.see("no call is recorded yet")
            user.type("x")
            try await user.see("no call has that in it")
        }
    }
}
