import RPCCore
import TerminalUI
import UserConfiguration
import WorkbenchModel
import WorkbenchUI

/// The keys of an action; none at all where it is `none`, or an empty list.
struct KeyList: SettingValue {
    let keys: [KeyEvent]

    static var shape: SettingShape { .list }

    static func read(_ raw: RawValue) throws(ConfigurationError) -> KeyList {
        if raw.texts.map(\.text) == ["none"] { return KeyList(keys: []) }
        var keys: [KeyEvent] = []
        for text in raw.texts {
            guard let key = KeyEvent(parsing: text.text) else {
                throw ConfigurationError(
                    text.origin, "there is no key '\(text.text.prefix(64))'; \(suggestion(for: text.text))")
            }
            keys.append(key)
        }
        return KeyList(keys: keys)
    }

    /// The nearest key, or the same with the nearest modifier before it.
    private static func suggestion(for text: String) -> String {
        let written = text.lastIndex(of: "-").map { text[...$0] } ?? ""
        let key = text.dropFirst(written.count)
        let modifiers = NearestName.of(written, among: ["", "ctrl-", "alt-", "shift-", "ctrl-alt-"]) ?? ""
        let names = KeyEvent.keyNames
        let isKey = KeyEvent(parsing: String(key)) != nil
        guard let nearest = isKey ? String(key) : NearestName.of(key, among: names, within: NearestName.slip) else {
            return
                "a key is a character, f1 to f63, or one of \(names.joined(separator: ", ")), after ctrl-, alt- or shift-"
        }
        return "did you mean '\(modifiers)\(nearest)'?"
    }

    var settingText: String { keys.isEmpty ? "none" : keys.map(\.name).joined(separator: " ") }
}

/// Which keys an action may have.
enum KeyRule {
    @Sendable static func problem(with action: String, _ list: KeyList) -> String? {
        for key in list.keys {
            if key == KeyEvent(.escape) { return "esc always closes what is open, and can be nothing else" }
            if let action = Action(rawValue: action), Keymap.worksEverywhere(action), key.text != nil {
                return "'\(key.name)' is a letter in a text field, where this action works, too; give it another key"
            }
        }
        return nil
    }
}

extension Settings {
    /// The keys of the workbench.
    /// - Throws: ``ConfigurationError`` at the action whose key another one has.
    func keymap() throws(ConfigurationError) -> Keymap {
        let members = members(of: Known.keys)
        var changes: [Action: [KeyEvent]] = [:]
        for member in members { if let action = Action(rawValue: member.name) { changes[action] = member.value.keys } }
        do throws(KeymapConflict) {
            return try Keymap.standard.changing(changes)
        } catch {
            let origin = members.first { $0.name == error.action.rawValue }?.origin
            throw ConfigurationError(origin, "\(error)")
        }
    }
}
