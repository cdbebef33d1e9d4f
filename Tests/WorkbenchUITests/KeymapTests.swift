import TerminalUI
import TestSupport
import Testing
import WorkbenchModel

@testable import WorkbenchUI

@Suite("The keymap")
struct KeymapTests {
    @Test("no two actions share a key")
    func unique() {
        let keys = Action.allCases.flatMap { Keymap.standard.keys(for: $0) }
        #expect(Set(keys).count == keys.count)
    }

    @Test("an action without a key can be chosen by name")
    func reachable() {
        let named = Set(Menu.palette().items.map(\.choice))
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

    @Test("actions can have other keys, and the keys that they had are free")
    func changing() throws {
        let keymap = try Keymap.standard.changing([
            .run: [.control("x"), .character("!")], .send: [.character("r")], .cancel: [],
        ])
        #expect(keymap.action(for: .control("x")) == .run)
        #expect(keymap.hint(for: .run) == "ctrl-x")
        #expect(keymap.action(for: .character("r")) == .send)
        #expect(keymap.action(for: .character("s")) == nil)
        #expect(keymap.action(for: .character("x")) == nil)
        #expect(keymap.keys(for: .cancel).isEmpty)
        #expect(keymap.keys(for: .help) == Keymap.standard.keys(for: .help))
    }

    @Test("a key that two actions would have is refused, and both are named")
    func conflict() {
        let taken = #expect(throws: KeymapConflict.self) {
            try Keymap.standard.changing([.run: [.character("x")]])
        }
        #expect(taken?.action == .run)
        #expect(taken?.other == .cancel)
        let twice = #expect(throws: KeymapConflict.self) {
            try Keymap.standard.changing([.run: [.character("z")], .send: [.character("z")]])
        }
        #expect(twice?.description == "'z' is the key of 'send' and of 'run'; give one of them another")
    }

    @Test("the documentation lists the keys as they are")
    func documentation() throws {
        var lines = [
            "# Keys", "",
            "Made from the keymap by `make golden`; the program shows the same at `?`. An action without a key is in the",
            "command palette, where actions are found by their words. The name is what the setting `keys` calls it,",
            "with which other keys can be given to an action; see [configuration.md](configuration.md).", "",
        ]
        for section in KeyTable(.standard).sections {
            let hasNames = section.entries.contains { $0.action != nil }
            lines += ["## \(section.title)", ""]
            lines += hasNames ? ["| keys | action | name |", "|---|---|---|"] : ["| keys | action |", "|---|---|"]
            lines += section.entries.map { entry in
                let names = entry.keys.map { "`\($0.replacing("|", with: "\\|"))`" }
                let keys = names.isEmpty ? "palette" : names.joined(separator: " ")
                let pane = entry.action?.pane.map { " (in the \($0.title.lowercased()) pane)" } ?? ""
                return "| \(keys) | \(entry.meaning)\(pane) |" + (entry.action.map { " `\($0.rawValue)` |" } ?? "")
            }
            lines.append("")
        }
        lines += [
            "In the form of a message of another service, keys are commands until a row is edited: see",
            "[services.md](services.md#the-form-of-a-message).",
        ]
        let text = lines.joined(separator: "\n") + "\n"
        #expect(try GoldenFile("../../../docs/keys.md").difference(from: text) == nil)
    }
}
