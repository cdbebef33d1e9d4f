import RPCCore
import TerminalUI
import TestSupport
import Testing
import WorkbenchModel

@testable import WorkbenchUI

@Suite("Screens")
struct ScreenTests {
    static let sizes = [(80, 24), (120, 36), (200, 60), (40, 10)].map { Size(columns: $0, rows: $1) }
    static let names = Scene.all.map(\.name)

    private func scene(_ name: String) throws -> Scene {
        try #require(Scene.all.first { $0.name == name }?.scene)
    }

    /// Every scene, as small as it may be and as a terminal comes; and on a large screen those that are read there, each for what
    /// only a large screen has: three columns beside each other, the plan's column with its steps told in the detail, the
    /// wire with plan and detail around it, and a dialogue with room to spare.
    static let looks = names.flatMap { name in
        sizes.filter { $0.columns <= 80 || ["conversation", "plan", "wire", "history", "message"].contains(name) }.map {
            (name, $0)
        }
    }

    @Test("every scene looks as it was last seen", arguments: looks)
    func golden(name: String, size: Size) throws {
        let screen = try scene(name).draw(size)
        let text = (screen.lines + ["", "\(screen.styleMap)"]).joined(separator: "\n") + "\n"
        let difference = try GoldenFile("\(name)-\(size).txt").difference(from: text)
        #expect(difference == nil)
    }

    @Test("the first screen, literally")
    func idle() {
        let lines = Scene.idle.draw(Size(columns: 80, rows: 24)).lines
        #expect(
            lines[0] == " http://127.0.0.1:8010  ● healthy        client stream ▾  deadline 30s  ? help")
        #expect(lines[1].hasPrefix("┌ Compose · 3 requests ─"))
        #expect(lines[2] == "│▸  1 Alice" + String(repeating: " ", count: 65) + "en │")
        #expect(lines[23].hasPrefix(" r run  e edit  a add"))
        #expect(lines[23].hasSuffix(": commands  ? help  q quit"))
    }

    @Test("what a server sends is shown, never executed")
    func hostile() {
        let screen = Scene.conversation.draw(Size(columns: 200, rows: 60))
        let text = screen.lines.joined(separator: "\n")
        #expect(text.contains("␛]0;owned␇␛[2J<U+202E>abc"))
        #expect(!text.unicodeScalars.contains { $0.value < 32 && $0 != "\n" || $0.value == 0x202E })
    }

    @Test(
        "what an earlier call's server said is shown, never executed",
        arguments: ["history", "history-question", "recorded"])
    func hostileHistory(name: String) throws {
        let text = try scene(name).draw(Size(columns: 200, rows: 60)).lines.joined(separator: "\n")
        #expect(text.contains("http://evil␛[2J"))
        #expect(!text.unicodeScalars.contains { $0.value < 32 && $0 != "\n" || $0.value == 0x202E })
    }

    @Test("the detail tells which subprotocol was chosen, and how long pings took")
    func connection() {
        let opened = ConnectionInfo(
            time: .zero, transport: "WebSocket", route: "/v1/helloworld/ws",
            metadata: [MetadataEntry("Sec-WebSocket-Protocol", "greet.v2")])
        let scene = Scene().after(.pressed(.run)).during(
            .opened(opened), .pinged(roundTrip: .milliseconds(20), at: .seconds(1)),
            .pinged(roundTrip: .milliseconds(40), at: .seconds(2)),
            .pinged(roundTrip: .milliseconds(30), at: .seconds(3)))
        let text = scene.draw(Size(columns: 200, rows: 60)).lines.joined(separator: "\n")
        #expect(text.contains("attempt 1: WebSocket /v1/helloworld/ws, subprotocol greet.v2"))
        #expect(text.contains("pings        last 30ms  min 20ms  max 40ms  of 3"))
    }

    @Test("an earlier call is never taken for a live one")
    func recorded() {
        for size in Self.sizes {
            #expect(Scene.recorded.draw(size).lines[0].contains("call 1039 of the history"))
        }
        let lines = Scene.recorded.draw(Size(columns: 120, rows: 36)).lines
        #expect(lines.contains { $0.contains("? interrupted") })
        #expect(lines[2].contains("✓") && lines[3].contains("?") && lines[4].contains("?"))
        #expect(lines[2].contains("12:00:01.020"))
    }

    @Test("a credential in a server's headers is masked")
    func secret() {
        let scene = Scene.succeeded.after(.pressed(.focusAttempts))
        let text = scene.draw(Size(columns: 200, rows: 60)).lines.joined(separator: "\n")
        #expect(text.contains("Set-Cookie: [redacted]"))
        #expect(!text.contains("session=secret"))
    }

    @Test("without Unicode everything is drawn in ASCII", arguments: sizes)
    func ascii(size: Size) {
        for (_, scene) in Scene.all {
            let text = scene.draw(size, glyphs: .ascii).lines.joined()
            // Letters of messages, and marks in them, are replaced by the backend, which knows the terminal.
            let others = text.filter { !$0.isASCII && !$0.isLetter && Glyphs.asciiFallback(for: $0) == nil }
            #expect(others.filter { !["，", "！", "␛"].contains($0) } == "")
        }
    }

    @Test("a screen that is too small says so", arguments: [(20, 5), (39, 10), (40, 9), (1, 1)])
    func tooSmall(columns: Int, rows: Int) {
        let lines = Scene.idle.draw(Size(columns: columns, rows: rows)).lines
        #expect("\(columns)x\(rows) is too small:".hasPrefix(lines[0]))
    }

    @Test(
        "no size and no scene draws outside of the screen or traps", arguments: [1, 2, 9, 39, 40, 59, 60, 99, 100, 230])
    func anySize(columns: Int) {
        for rows in [1, 10, 11, 20, 33] {
            for (_, scene) in Scene.all {
                let screen = scene.draw(Size(columns: columns, rows: rows))
                #expect(screen.lines.count == rows)
                #expect(screen.lines.allSatisfy { TextWidth.columns(of: $0) <= columns })
            }
        }
    }

    @Test("the header says in words that certificates go unchecked")
    func insecure() {
        var scene = Scene.idle
        scene.state.server.isInsecure = true
        for size in Self.sizes {
            #expect(scene.draw(size).lines[0].contains("INSECURE"))
        }
    }

    @Test("the pane that has the focus is drawn in the focus's colour")
    func focus() throws {
        let screen = Scene.idle.after(.pressed(.focusSent)).draw(Size(columns: 120, rows: 36))
        let column = try #require(screen.lines[1].firstRange(of: "Sent")?.lowerBound.utf16Offset(in: screen.lines[1]))
        #expect(screen[column, 1].style == Theme.dark.focusedBorder)
        #expect(screen[2, 1].style == Theme.dark.title)
    }

    @Test("what was looked for is marked")
    func highlight() {
        var scene = Scene.succeeded
        scene.state.pattern = "BOB"
        let screen = scene.draw(Size(columns: 120, rows: 36))
        let marked = (0..<36).flatMap { row in
            (0..<120).filter { screen[$0, row].style == Theme.dark.match }.map { screen[$0, row].text }
        }
        #expect(marked.joined() == "BobBob")
    }

    @Test(
        "what failed is drawn as a failure, and the choice of a pane without the keys as such",
        arguments: [
            ("recovered", "✕ UNAVAILABLE", Theme.dark.failure), ("wire-detail", "GOAWAY", Theme.dark.failure),
            ("wire-empty", "▸  1 Alice", Theme.dark.otherSelection),
            ("history-off", "replies come here", Theme.dark.faint),
        ])
    func styles(name: String, text: String, style: Style) throws {
        let screen = try scene(name).draw(Size(columns: 120, rows: 36))
        let row = try #require(screen.lines.firstIndex { $0.contains(text) })
        let line = screen.lines[row]
        let column = try #require(line.firstRange(of: text)?.lowerBound.utf16Offset(in: line))
        #expect(screen[column, row].style == style)
    }

    @Test("delivery marks tell what is known of each request")
    func marks() {
        let live = Scene.conversation.draw(Size(columns: 120, rows: 36)).lines
        let dead = Scene.failed.draw(Size(columns: 120, rows: 36)).lines
        #expect(live[2].contains("Alice · en") && live[2].contains("✓"))
        #expect(live[4].contains("…"))
        #expect(dead[2].contains("✓"))
        #expect(dead[3].contains("?") && dead[4].contains("?"))
    }

    @Test(
        "a sentence is broken between its words, and within those that fit no line",
        arguments: [
            ("one two three", ["one two", "three"]), ("abcdefghijkl mn", ["abcdefgh", "ijkl mn"]), ("", []),
            ("a\u{1b}b", ["a␛b"]), ("你好你好 x", ["你好你好", "x"]),
        ])
    func words(text: String, lines: [String]) {
        #expect(LineWrap.words(text, columns: 8) == lines)
    }
}
