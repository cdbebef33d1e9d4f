import Testing

@testable import TerminalUI

@Suite("A text field is edited grapheme by grapheme")
struct TextFieldTests {
    /// The field with a bar where the cursor is.
    private func shown(_ field: TextField) -> String { field.halves.before + "|" + field.halves.after }

    @Test(
        "Each key does what it does in a shell",
        arguments: [
            ([], "one two|"), (["X"], "one twoX|"), (["left", "left"], "one t|wo"), (["ctrl-a"], "|one two"),
            (["home", "X"], "X|one two"), (["ctrl-a", "ctrl-e"], "one two|"), (["alt-b"], "one |two"),
            (["ctrl-left", "ctrl-left"], "|one two"), (["home", "alt-f"], "one| two"),
            (["home", "ctrl-right", "ctrl-right"], "one two|"), (["backspace"], "one tw|"),
            (["home", "delete"], "|ne two"), (["home", "ctrl-d"], "|ne two"), (["alt-b", "ctrl-k"], "one |"),
            (["alt-b", "ctrl-u"], "|two"), (["ctrl-w"], "one |"), (["ctrl-w", "ctrl-w"], "|"),
            (["home", "alt-d"], "| two"), (["home", "backspace"], "|one two"), (["end", "delete"], "one two|"),
            (["home", "left"], "|one two"), (["space", "你", "👍"], "one two 你👍|"), (["home", "right"], "o|ne two"),
        ] as [([String], String)])
    func keys(names: [String], expected: String) throws {
        var field = TextField("one two")
        for name in names {
            let key = try #require(KeyEvent(parsing: name))
            let isHandled = field.handle(key)
            #expect(isHandled)
        }
        #expect(shown(field) == expected)
    }

    @Test(
        "Keys that mean something to the form around it are left alone",
        arguments: ["enter", "esc", "tab", "shift-tab", "up", "down", "f1", "ctrl-p", "alt-x"])
    func unhandled(name: String) throws {
        var field = TextField("text")
        let before = field
        let isHandled = field.handle(try #require(KeyEvent(parsing: name)))
        #expect(!isHandled)
        #expect(field == before)
    }

    @Test("A joined emoji and a letter with its marks are one grapheme each")
    func graphemes() {
        var field = TextField("a👩‍👩‍👧e")
        field.insert("\u{301}")
        #expect(shown(field) == "a👩‍👩‍👧e\u{301}|")
        field.deleteBackward()
        field.deleteBackward()
        #expect(shown(field) == "a|")
    }

    @Test("Pasted line ends become spaces, and those around the text go")
    func paste() {
        var field = TextField("x")
        field.paste("\none\r\ntwo\tthree\r\n")
        #expect(field.text == "xone two three")
        field.paste("\n")
        #expect(field.text == "xone two three")
    }

    @Test("No more goes in than the limit")
    func limit() {
        var field = TextField("abcd", limit: 6)
        field.moveLeft()
        field.insert("123456")
        #expect(shown(field) == "abc12|d")
        field.insert("3")
        #expect(shown(field) == "abc12|d")
        #expect(TextField("abcdef", limit: 3).text == "abc")
    }

    @Test("A text wider than its place is shifted until the cursor shows")
    func scrolling() {
        var field = TextField("abc你好def")
        var buffer = ScreenBuffer(size: Size(columns: 8, rows: 1))
        let rect = Rect(column: 1, row: 0, columns: 6, rows: 1)
        field.draw(into: &buffer, rect: rect, isFocused: true)
        #expect(buffer.lines == [" … def"])
        #expect(buffer.cursor == Point(column: 6, row: 0))
        field.moveToStart()
        field.draw(into: &buffer, rect: rect, isFocused: true)
        #expect(buffer.lines == [" abc你…"])
        #expect(buffer.cursor == Point(column: 1, row: 0))
        // In the middle it goes on at both ends, and neither mark is where the cursor is.
        for _ in 0..<5 { field.moveRight() }
        field.draw(into: &buffer, rect: rect, isFocused: true)
        #expect(buffer.lines[0].hasPrefix(" …") && buffer.lines[0].hasSuffix("…"))
        #expect(buffer.cursor == Point(column: 5, row: 0))
        field.moveToStart()
        field.draw(into: &buffer, rect: rect, isFocused: false)
        #expect(buffer.lines == [" abc你…"])
    }

    @Test("A credential is never drawn")
    func secret() {
        var buffer = ScreenBuffer(size: Size(columns: 8, rows: 1))
        TextField("s3cret", isSecret: true).draw(into: &buffer, rect: buffer.bounds, isFocused: true)
        #expect(buffer.lines == ["••••••"])
        TextField().draw(into: &buffer, rect: buffer.bounds, isFocused: true, placeholder: "name")
        #expect(buffer.lines == ["name"])
        #expect(buffer.cursor == .zero)
    }
}
