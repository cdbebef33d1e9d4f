import Testing

@testable import TerminalUI

@Suite("Keys have names")
struct KeyEventTests {
    @Test(
        "A key's name reads back as the key",
        arguments: [
            (.control("p"), "ctrl-p"), (.alt("b"), "alt-b"), (KeyEvent(.tab), "tab"), (KeyEvent(.backTab), "shift-tab"),
            (KeyEvent(.pageDown), "page down"), (KeyEvent(.escape), "esc"), (.character("?"), "?"),
            (.character("G"), "G"), (.character("g"), "g"), (.character(" "), "space"), (.control(" "), "ctrl-space"),
            (KeyEvent(.function(5)), "f5"), (KeyEvent(.function(12), .shift), "shift-f12"),
            (KeyEvent(.left, .control), "ctrl-left"), (KeyEvent(.up, [.control, .alt, .shift]), "ctrl-alt-shift-up"),
            (.character("-"), "-"), (.control("-"), "ctrl--"), (.character("你"), "你"), (.character("f"), "f"),
            (KeyEvent(.backTab, .control), "ctrl-shift-tab"), (.alt("N"), "alt-N"), (.control("\\"), "ctrl-\\"),
            (KeyEvent(.delete), "delete"), (KeyEvent(.enter, .alt), "alt-enter"),
        ] as [(KeyEvent, String)])
    func roundTrip(key: KeyEvent, name: String) {
        #expect(key.name == name)
        #expect(KeyEvent(parsing: name) == key)
    }

    @Test(
        "Other usual names are understood",
        arguments: [
            ("Ctrl-P", .control("p")), ("control-x", .control("x")), ("C-a", .control("a")), ("M-f", .alt("f")),
            ("Escape", KeyEvent(.escape)), ("return", KeyEvent(.enter)), ("PgDn", KeyEvent(.pageDown)),
            ("page-up", KeyEvent(.pageUp)), ("shift-g", .character("G")), ("backtab", KeyEvent(.backTab)),
            ("alt-ctrl-b", KeyEvent(.character("b"), [.control, .alt])),
        ] as [(String, KeyEvent)])
    func aliases(name: String, key: KeyEvent) {
        #expect(KeyEvent(parsing: name) == key)
    }

    @Test("What is no key has no key", arguments: ["", "ctrl-", "f0", "f99", "hyper-x", "ab", " "])
    func nonsense(name: String) {
        #expect(KeyEvent(parsing: name) == nil)
    }

    @Test("Colours read back from their names")
    func colours() {
        for index in UInt8.min...UInt8.max {
            #expect(Colour(parsing: Colour.indexed(index).description) == .indexed(index))
        }
        #expect(Colour(parsing: "Bright-Red") == .brightRed)
        #expect(Colour(parsing: "standard") == .standard)
        #expect(Colour(parsing: "puce") == nil)
        #expect(Colour.brightWhite.paletteIndex == 15)
    }
}
