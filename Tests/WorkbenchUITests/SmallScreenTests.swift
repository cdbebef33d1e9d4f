import Foundation
import RPCCore
import TerminalUI
import Testing
import WorkbenchModel

@testable import WorkbenchUI

@Suite("Small screens", .timeLimit(.minutes(10)))
@MainActor
struct SmallScreenTests {
    @Test("leaving an open stream is asked about at any size", arguments: [(1, 2), (20, 5), (39, 9), (40, 10)])
    func asks(columns: Int, rows: Int) async throws {
        try await UserSession.play { user in
            user.press("c", "4", "r")
            try await user.see("Received · 3")
            user.backend.resize(to: Size(columns: columns, rows: rows))
            user.press("q")
            try await user.meet { user.text.contains("n") && !user.text.contains("too small") }
            if columns >= 20 { try await user.see("y quit") }
            user.press("n")
            user.backend.resize(to: Size(columns: 120, rows: 36))
            try await user.see("Received · 3")
            #expect(user.transport.liveCalls == 1)
            user.backend.resize(to: Size(columns: columns, rows: rows))
            user.press("q", "y")
            await user.ended()
        }
    }

    @Test("where there is nothing to ask about, the key leaves a screen that is too small")
    func leaves() async throws {
        try await UserSession.play { user in
            user.backend.resize(to: Size(columns: 20, rows: 5))
            try await user.see("too small")
            user.press("q")
            await user.ended()
        }
    }

    @Test("on the smallest screen one runs, reads and quits, and sees the keys for it all the time")
    func story() async throws {
        try await UserSession.play(size: Size(columns: 40, rows: 10)) { user in
            for key in ["r run", "tab pane", "? help", "q quit"] { #expect(user.backend.lines[9].contains(key)) }
            user.press("r")
            try await user.see("✓ OK: 3 sent, 3 received")
            for key in ["r run", "tab pane", "? help", "q quit"] { #expect(user.backend.lines[9].contains(key)) }
            user.press("tab", "tab")
            try await user.see("┌ Received")
            try await user.see("Hello, Alice!")
            user.press("enter")
            try await user.see("┌ Detail · received 3")
            user.press("q")
            await user.ended()
        }
    }

    @Test("the reason of a failure comes first, before what may be cut")
    func reason() {
        let lines = Scene.failed.draw(Size(columns: 40, rows: 10)).lines
        #expect(lines[8].contains("✕ UNAVAILABLE: connection closed"))
        #expect(lines[9].contains("q quit"))
        let history = Scene.all.first { $0.name == "history" }?.scene.draw(Size(columns: 40, rows: 10)).lines
        #expect(history?.contains { $0.contains("the server says") } == true)
    }

    @Test("how the two directions are is seen whichever pane is shown, and so is the way out")
    func directions() {
        var scene = Scene().after(.kindChosen(.bidirectional), .pressed(.run)).during(
            .opened(ConnectionInfo(time: .zero, transport: "WebSocket", route: "/v1")))
        for pane in [Pane.compose, .sent, .received, .detail] {
            scene.state.focus = pane
            let lines = scene.draw(Size(columns: 40, rows: 10)).lines
            #expect(lines[8].contains("▶ send open   ◀ receive open"), "\(pane)")
            #expect(lines[9].contains("x cancel"), "\(pane)")
        }
        scene.state.focus = .attempts
        #expect(scene.draw(Size(columns: 40, rows: 10)).lines.count { $0.contains("send open") } == 1)
    }

    @Test(
        "rows have their time and their number, in the same columns whatever they say",
        arguments: [(40, 10), (80, 24), (120, 36), (200, 60)], [Pane.sent, .received])
    func rows(_ size: (Int, Int), pane: Pane) throws {
        let size = Size(columns: size.0, rows: size.1)
        var scene = Scene.conversation
        scene.state.focus = pane
        let screen = scene.draw(size)
        let place = WorkbenchLayout(size: size, of: scene.state).content(of: pane)
        let lines = place.rowRange.map { row in place.columnRange.map { screen[$0, row].text }.joined() }
        let rows = try lines.prefix(3).map { try #require($0.firstMatch(of: #/^([0-9:]*\.\d{3}) +(\d+) /#)) }
        #expect(rows.map { String($0.2) } == ["1", "2", "3"])
        #expect(Set(rows.map { $0.1.count }).count == 1)
        #expect(Set(rows.map { $0.0.count }).count == 1)
    }

    @Test("every step of a plan has its number, however long it is")
    func numbers() throws {
        let scene = try #require(Scene.all.first { $0.name == "plan" }?.scene)
        for (columns, rows) in [(40, 10), (80, 24), (120, 36)] {
            let size = Size(columns: columns, rows: rows)
            let place = WorkbenchLayout(size: size, of: scene.state).content(of: .compose)
            let screen = scene.draw(size)
            let numbers = place.rowRange.prefix(5).map { row in
                String(place.columnRange.prefix(4).map { screen[$0, row].text }.joined().dropFirst())
            }
            let first = try #require(Int(numbers[0].trimmingCharacters(in: .whitespaces)))
            let shown = min(place.rows, 5)
            #expect(numbers == (first..<first + shown).map { "  \($0)" }, "\(size)")
        }
    }

    @Test(
        "without colours the chosen row of every pane can be told",
        arguments: [.monochrome, .sixteen] as [TerminalCapabilities.Colours])
    func choice(colours: TerminalCapabilities.Colours) async throws {
        try await UserSession.play(colours: colours) { user in
            user.press("r")
            try await user.see("OK: 3 sent")
            for (pane, text) in [("1", "Alice"), ("2", "Alice"), ("3", "Alice")] {
                user.press(pane)
                try await user.see(text)
            }
            user.press("5")
            try await user.see("OK: 3 sent", "Detail")
            let screen = user.backend.screen
            // The last request and the last reply are chosen, in panes that do not have the focus.
            for text in ["Chloé · fr", "Hello, Chloé!"] {
                let row = try #require(screen.lines.firstIndex { $0.contains(text) })
                let column = try #require(
                    screen.lines[row].firstRange(of: text)?.lowerBound.utf16Offset(in: screen.lines[row]))
                #expect(!screen[column, row].style.attributes.isEmpty, "\(text)")
                #expect(screen[column, row - 1].style.attributes.isEmpty, "\(text)")
            }
        }
    }
}
