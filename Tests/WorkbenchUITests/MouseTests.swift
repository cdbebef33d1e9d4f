import TerminalUI
import Testing
import WorkbenchModel

@testable import WorkbenchUI

@Suite("The mouse", .timeLimit(.minutes(10)))
@MainActor
struct MouseTests {
    /// A theme in which nothing but the name of a key looks like one.
    private static let marked: Theme = {
        var theme = Theme.dark
        theme.key = Style(foreground: .indexed(200))
        return theme
    }()

    nonisolated static let sizes = [(40, 10), (80, 24), (120, 36), (200, 60)].map { Size(columns: $0, rows: $1) }
    nonisolated static let bare = Scene.all.filter { $0.scene.state.overlay == nil }.map(\.name)

    @Test(
        "every key that is named on the workbench can be clicked on, and the click is that key", arguments: bare, sizes)
    func keys(name: String, size: Size) throws {
        let scene = try #require(Scene.all.first { $0.name == name }?.scene)
        let (screen, clicks) = scene.drawn(size, theme: Self.marked)
        var pressed: Set<String> = []
        for row in 0..<size.rows {
            for column in 0..<size.columns
            where screen[column, row].style == Self.marked.key && screen[column, row].text != " " {
                let point = Point(column: column, row: row)
                switch clicks.press(at: point)?.target {
                case .key(let key)?:
                    let place = try #require(clicks.press(at: point)?.place)
                    let text = place.columnRange.map { screen[$0, row].text }.joined()
                    #expect(text.hasPrefix(key.name), "\(key.name) at \(point)")
                    pressed.insert(key.name)
                case .action?: break
                default: Issue.record("nothing is clicked on at \(point): \(screen.lines[row])")
                }
            }
        }
        #expect(pressed.contains("q"))
    }

    @Test("the header is clicked on: the server, the kind, the settings, its health, the help")
    func header() async throws {
        try await UserSession.play { user in
            for (text, seen) in [
                ("client stream ▾", "┌ Kind of call"), ("deadline 30s", "┌ Settings"), ("retry 4×", "┌ Settings"),
                ("http://", "┌ Server"), ("? help", "┌ Keys"),
            ] {
                try user.click(text)
                try await user.see(seen)
                // What lies below is not clicked on.
                try user.click("● healthy")
                user.press("esc")
                try await user.miss(seen)
            }
            try user.click("● healthy")
            try await user.see("✓ the server is healthy: Service is healthy (answered in 1ms)")
        }
    }

    @Test("the keys at the foot are clicked on, and those of what lies on top")
    func foot() async throws {
        try await UserSession.play { user in
            try user.click("r run")
            try await user.see("OK: 3 sent")
            try user.click(": commands", letter: 3)
            try await user.see("┌ Commands")
            user.press("esc")
            try await user.miss("┌ Commands")
            user.press("o")
            try await user.see("esc leaves")
            try user.click("esc leaves")
            try await user.miss("esc leaves")
        }
    }

    @Test("the answers of a question are clicked on")
    func question() async throws {
        try await UserSession.play { user in
            user.press("c", "4", "r")
            try await user.see("OK", "open")
            user.press("q")
            try await user.see("n stay")
            try user.click("n stay", letter: 4)
            try await user.miss("n stay")
            user.press("q")
            try await user.see("y quit")
            try user.click("y quit")
            await user.ended()
        }
    }

    @Test("a title goes to its pane, and then gives it more room; on a small screen the tabs go to the others")
    func titles() async throws {
        try await UserSession.play { user in
            user.press("r")
            try await user.see("OK: 3 sent")
            try user.click("Received ·")
            try await user.see("Detail · received")
            let usual = user.text
            try user.click("Received ·")
            try await user.meet { user.text != usual && user.text.contains("Compose") }
            try user.click("Received ·")
            try await user.miss("Compose")
            // Alone on the screen, it has the keys of the others in its border.
            try user.click(" 1 2 3 4 5 ", letter: 7)
            try await user.see("┌ Attempts")
            user.press("+")
            try await user.see("Compose")
        }
    }

    @Test("the names of columns open their choice, for the pane that they stand in")
    func columns() {
        let scene = Scene.columns
        let size = Size(columns: 120, rows: 36)
        let (_, clicks) = scene.drawn(size)
        let heads = (0..<size.rows).flatMap { row in
            (0..<size.columns).compactMap { column -> [Message]? in
                guard case .messages(let messages)? = clicks.press(at: Point(column: column, row: row))?.target else {
                    return nil
                }
                return messages
            }
        }
        #expect(heads.contains([.clicked(.sent, row: nil), .pressed(.columns)]))
    }

    @Test("a field of a form is gone to")
    func fields() async throws {
        try await UserSession.play { user in
            user.press("e")
            try await user.see("┌ Step 1")
            try user.click("language")
            user.type("xx")
            user.press("enter")
            try await user.see("Alice                xx", "Alice                   xx", "xx │")
        }
    }

    @Test("the keys that a form names below its fields are clicked on; what a server says names none")
    func keysOfForms() throws {
        func keys(_ scene: Scene) -> Set<String> {
            let size = Size(columns: 120, rows: 36)
            let (screen, clicks) = scene.drawn(size, theme: Self.marked)
            var keys: Set<String> = []
            for row in 0..<size.rows - 1 {
                for column in 0..<size.columns where screen[column, row].style == Self.marked.key {
                    guard case .key(let key)? = clicks.press(at: Point(column: column, row: row))?.target else {
                        continue
                    }
                    keys.insert(key.name)
                }
            }
            return keys
        }
        let settings = Scene.settingsForm
        #expect(keys(settings) == ["enter", "ctrl-s"])
        #expect(keys(settings.after(.steppedInOverlay(by: 2))).isSuperset(of: ["enter", "ctrl-s", "space", "left"]))
        #expect(keys(Scene.servers) == ["down"])
    }

    @Test("the mark of a field in the form of a message is clicked on to set it, or to take its value away")
    func marks() throws {
        let scene = try #require(Scene.all.first { $0.name == "message" }?.scene)
        let size = Size(columns: 120, rows: 36)
        let (screen, clicks) = scene.drawn(size)
        var marks = 0
        for row in 0..<size.rows {
            for column in 0..<size.columns {
                guard case (let place, .messages(let messages))? = clicks.press(at: Point(column: column, row: row)),
                    place.column == column, messages.last == .form(.toggle)
                else { continue }
                marks += 1
                #expect(["=", "·", "!", " ", "✕"].contains(screen[column, row].text), "\(screen.lines[row])")
                var clicked = scene.state
                for message in messages { _ = update(&clicked, message) }
                if ["=", "·"].contains(screen[column, row].text) { #expect(clicked != scene.state) }
            }
        }
        #expect(marks > 3)
    }

    @Test("the wheel scrolls what is under it, whatever has the focus, and what lies on top before that")
    func wheel() throws {
        var state = Scene.conversation.state
        let size = Size(columns: 120, rows: 36)
        let interpreter = Interpreter(keymap: .standard)
        var editor = Editor()
        func turn(_ scene: Scene, at point: Point) -> [Message] {
            interpreter.messages(
                for: MouseEvent(.wheelDown, at: point), in: scene.drawn(size).clicks, state: scene.state,
                editor: &editor, layout: WorkbenchLayout(size: size, of: scene.state))
        }
        state.focus = .compose
        var scene = Scene.conversation
        scene.state = state
        let layout = WorkbenchLayout(size: size, of: state)
        for pane in [Pane.compose, .sent, .received, .attempts, .detail] {
            #expect(turn(scene, at: layout.content(of: pane).origin) == [.scrolled(pane, by: 3)])
        }
        #expect(turn(scene, at: Point(column: 3, row: 0)) == [])
        let covered = scene.after(.pressed(.help))
        #expect(turn(covered, at: layout.content(of: .sent).origin) == [.steppedInOverlay(by: 1)])
    }

    @Test("a click is on what is there now, though it was not drawn yet")
    func late() async throws {
        try await UserSession.play { user in
            let line = try #require(user.backend.lines.last)
            let column = try #require(line.firstRange(of: "r run")?.lowerBound.utf16Offset(in: line))
            // Both come at once: the menu lies over the key by then.
            user.press("c")
            user.backend.feed(
                .mouse(MouseEvent(.press, button: .left, at: Point(column: column, row: user.backend.lines.count - 1))))
            try await user.see("Kind of call")
            user.press("esc")
            try await user.miss("Kind of call")
            #expect(!user.text.contains("OK: 3 sent"))
        }
    }
}
