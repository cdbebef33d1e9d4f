import GreeterTestSupport
import GreeterViewModel
import TerminalUI
import Testing

@testable import GreeterUI

@Suite("The keymap")
struct KeymapTests {
    @Test("no two actions share a key")
    func unique() {
        let keys = Action.allCases.flatMap { Keymap.standard.keys(for: $0) }
        #expect(Set(keys).count == keys.count)
    }

    @Test("an action without a key can be chosen by name")
    func reachable() {
        let named = Set(Menu(.palette).items.map(\.choice))
        for action in Action.allCases where Keymap.standard.keys(for: action).isEmpty {
            #expect(named.contains(.pressed(action)))
        }
    }

    @Test("every key has a name that can be read again")
    func names() {
        for action in Action.allCases {
            for key in Keymap.standard.keys(for: action) {
                #expect(KeyEvent(parsing: key.name) == key)
                #expect(Keymap.standard.action(for: key) == action)
            }
        }
    }

    @Test("the documentation lists the keys as they are")
    func documentation() throws {
        var lines = [
            "# Keys", "",
            "Made from the keymap by `make golden`; the program shows the same at `?`. An action without a key is in the",
            "command palette, where every action can be found by its words.", "",
        ]
        for group in Action.Group.allCases {
            lines += ["## \(group.rawValue)", "", "| keys | action |", "|---|---|"]
            for action in Action.allCases where action.group == group {
                let keys = Keymap.standard.keys(for: action).map { "`\($0.name)`" }
                lines.append("| \(keys.isEmpty ? "palette" : keys.joined(separator: " ")) | \(action.title) |")
            }
            lines.append("")
        }
        lines += [
            "## In forms and menus", "", "| keys | action |", "|---|---|",
            "| `tab` `down`, `shift-tab` `up` | next, previous field or item |",
            "| `enter` | accept: the form, the item, the typed message |", "| `esc` | leave |",
            "| `ctrl-a` `ctrl-e` `home` `end` | begin, end of the text |",
            "| `alt-b` `alt-f` `ctrl-left` `ctrl-right` | a word back, on |",
            "| `ctrl-k` `ctrl-u` `ctrl-w` | delete to the end, to the beginning, the word before |", "",
            "## Mouse", "", "A click chooses a pane, a row or an item; the wheel scrolls what is under it.",
        ]
        let text = lines.joined(separator: "\n") + "\n"
        #expect(try GoldenFile("../../../docs/keys.md").difference(from: text) == nil)
    }
}
