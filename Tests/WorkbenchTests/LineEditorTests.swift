import TerminalUI
import Testing

@testable import greeter_tui

@Suite("A line that is typed")
struct LineEditorTests {
    private func keys(_ text: String) -> [TerminalEvent] { text.map { .key(.character($0)) } }

    @Test("is taken at enter, and begins anew")
    func lines() {
        var editor = LineEditor()
        #expect(editor.handle(keys("Ana") + [.key(KeyEvent(.enter))] + keys("B")) == [.line("Ana")])
        #expect(editor.field.text == "B")
        #expect(editor.handle([.key(.control("d"))]).isEmpty)
        #expect(editor.handle([.key(KeyEvent(.backspace)), .key(.control("d"))]) == [.end])
        #expect(editor.handle([.key(.control("l"))]) == [.clear])
    }

    @Test("comes back with the up key, what is being typed with the down key")
    func history() {
        var editor = LineEditor()
        for line in ["one", "two", "two", ""] { _ = editor.handle(keys(line) + [.key(KeyEvent(.enter))]) }
        _ = editor.handle(keys("draft"))
        var seen: [String] = []
        for key in [KeyEvent.Key.up, .up, .up, .down, .down, .down] {
            _ = editor.handle([.key(KeyEvent(key))])
            seen.append(editor.field.text)
        }
        #expect(seen == ["two", "one", "one", "two", "draft", "draft"])
    }

    @Test("forgets the oldest of many lines")
    func bounded() {
        var editor = LineEditor()
        for number in 0..<LineEditor.historyLimit + 10 {
            _ = editor.handle(keys("\(number)") + [.key(KeyEvent(.enter))])
        }
        for _ in 0..<LineEditor.historyLimit + 10 { _ = editor.handle([.key(KeyEvent(.up))]) }
        #expect(editor.field.text == "10")
    }

    @Test("is refused where it is too long, typed or pasted, and nothing of it is taken")
    func refused() {
        var editor = LineEditor()
        let long = String(repeating: "x", count: TextField.defaultLimit)
        #expect(editor.handle([.paste(long)]).isEmpty)
        #expect(editor.handle([.paste("ab")]) == [.refused])
        #expect(editor.handle(keys("ab")) == [.refused])
        #expect(editor.field.text == long)
    }

    @Test("is one of several that are pasted together")
    func pasted() {
        var editor = LineEditor()
        #expect(editor.handle([.paste("a\nb\r\nc")]) == [.line("a"), .line("b")])
        #expect(editor.field.text == "c")
    }
}
