import TerminalUI
import WorkbenchModel

/// All keys and what they do, by where they do it: what the help shows, and the documentation.
struct KeyTable {
    struct Section {
        var title: String
        var entries: [Entry]
    }

    struct Entry {
        /// Names of keys, the one to show first; empty where there is none.
        var keys: [String]
        var meaning: String
        /// What it stands for, where it is an action.
        var action: Action?
    }

    let sections: [Section]

    init(_ keymap: Keymap) {
        sections =
            Action.Group.allCases.map { group in
                Section(
                    title: group.rawValue,
                    entries: Action.allCases.filter { $0.group == group }.map { action in
                        Entry(keys: keymap.keys(for: action).map(\.name), meaning: action.title, action: action)
                    })
            } + Self.elsewhere
    }

    /// The table with only what has all words of a text, of either case.
    func narrowed(to text: String) -> [Section] {
        let words = text.lowercased().split(separator: " ")
        return sections.compactMap { section in
            let entries = section.entries.filter { entry in
                let names = [entry.meaning, section.title, entry.action?.rawValue, entry.action?.aliases].compactMap {
                    $0
                }
                let text = (entry.keys + names).joined(separator: " ").lowercased()
                return words.allSatisfy { text.contains($0) }
            }
            return entries.isEmpty ? nil : Section(title: section.title, entries: entries)
        }
    }

    /// Keys that are no actions, for they are there only where something has been opened.
    private static let elsewhere = [
        Section(
            title: "In forms and menus",
            entries: [
                Entry(keys: ["tab", "down"], meaning: "next field or item"),
                Entry(
                    keys: ["shift-tab", "up"], meaning: "previous field or item"),
                Entry(keys: ["up"], meaning: "in a prompt: what was entered before"),
                Entry(keys: ["enter"], meaning: "accept: the form, the item, the typed message"),
                Entry(keys: ["space", "right", "left"], meaning: "in a field of a few words: another one"),
                Entry(keys: ["ctrl-s"], meaning: "in the settings: keep them in the configuration"),
                Entry(keys: ["esc"], meaning: "leave"),
                Entry(keys: ["f2"], meaning: "describe the field or the method"),
                Entry(keys: ["ctrl-o"], meaning: "choose a file for the field"),
                Entry(keys: ["ctrl-a", "home"], meaning: "start of the text"),
                Entry(keys: ["ctrl-e", "end"], meaning: "end of the text"),
                Entry(keys: ["alt-b", "ctrl-left"], meaning: "a word back"),
                Entry(keys: ["alt-f", "ctrl-right"], meaning: "a word forward"),
                Entry(keys: ["ctrl-k"], meaning: "delete to the end of the text"),
                Entry(keys: ["ctrl-u"], meaning: "delete to the start of the text"),
                Entry(keys: ["ctrl-w"], meaning: "delete the word before"),
            ]),
        Section(
            title: "Paste",
            entries: [
                Entry(keys: ["paste"], meaning: "lines, or values of JSON: as many requests"),
                Entry(keys: ["paste"], meaning: "where messages are typed: as many messages"),
                Entry(keys: ["paste"], meaning: "in a field: one line, with spaces for line ends"),
            ]),
        Section(
            title: "In the history",
            entries: [Entry(keys: ["ctrl-d", "delete"], meaning: "delete the call")]),
        Section(
            title: "In the list of methods",
            entries: [
                Entry(keys: ["ctrl-t"], meaning: "show health and reflection, too"),
                Entry(keys: ["ctrl-r"], meaning: "ask the server anew"),
            ]),
        Section(
            title: "In a description",
            entries: [
                Entry(keys: ["enter"], meaning: "follow the type"), Entry(keys: ["tab"], meaning: "the next type"),
                Entry(keys: ["backspace"], meaning: "return"), Entry(keys: ["/"], meaning: "search"),
            ]),
        Section(
            title: "Mouse",
            entries: [
                Entry(keys: ["click"], meaning: "choose a pane, a row, a field or an item"),
                Entry(keys: ["click"], meaning: "on a key that is named: press it"),
                Entry(keys: ["click"], meaning: "on a title: more room for the pane"),
                Entry(keys: ["click"], meaning: "on the first line: server, kind, settings"),
                Entry(keys: ["wheel"], meaning: "scroll what is under it"),
            ]),
    ]
}
