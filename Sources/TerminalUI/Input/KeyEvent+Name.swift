extension KeyEvent {
    /// The key as people call it and configuration files write it: `ctrl-p`, `alt-b`, `shift-tab`, `page down`, `?`, `G`.
    public var name: String {
        var modifiers = modifiers
        let base: String
        switch key {
        case .character(" "): base = "space"
        case .character(let character): base = TextSafety.sanitised(String(character))
        case .function(let number): base = "f\(number)"
        case .backTab:
            modifiers.insert(.shift)
            base = "tab"
        default: base = Self.names.first { $0.key == key }?.name ?? "?"
        }
        var prefix = ""
        if modifiers.contains(.control) { prefix += "ctrl-" }
        if modifiers.contains(.alt) { prefix += "alt-" }
        if modifiers.contains(.shift) { prefix += "shift-" }
        return prefix + base
    }

    /// Reads a key from its ``name``. Modifiers may come in any order; `control-`, `esc`, `return`, `pgdn` and the like
    /// are understood too.
    public init?(parsing name: String) {
        var rest = Substring(name)
        var modifiers: Modifiers = []
        while let (modifier, length) = Self.modifier(at: rest), rest.count > length {
            modifiers.insert(modifier)
            rest = rest.dropFirst(length)
        }
        guard let key = Self.key(named: String(rest), modifiers: &modifiers) else { return nil }
        self.init(key, modifiers)
    }

    /// The names of the keys that are no characters, without those of the function keys.
    public static var keyNames: [String] { names.map(\.name) + ["space"] }

    private static let names: [(key: Key, name: String)] = [
        (.enter, "enter"), (.tab, "tab"), (.escape, "esc"), (.backspace, "backspace"), (.delete, "delete"),
        (.insert, "insert"), (.up, "up"), (.down, "down"), (.left, "left"), (.right, "right"), (.home, "home"),
        (.end, "end"), (.pageUp, "page up"), (.pageDown, "page down"),
    ]

    private static let aliases: [String: Key] = [
        "return": .enter, "escape": .escape, "del": .delete, "ins": .insert, "backtab": .backTab, "pageup": .pageUp,
        "page-up": .pageUp, "pgup": .pageUp, "pagedown": .pageDown, "page-down": .pageDown, "pgdn": .pageDown,
        "space": .character(" "),
    ]

    private static let modifierNames: [(name: String, modifier: Modifiers)] = [
        ("ctrl-", .control), ("control-", .control), ("c-", .control), ("alt-", .alt), ("meta-", .alt), ("m-", .alt),
        ("shift-", .shift), ("s-", .shift),
    ]

    private static func modifier(at text: Substring) -> (Modifiers, length: Int)? {
        let text = text.lowercased()
        return modifierNames.first { text.hasPrefix($0.name) }.map { ($0.modifier, $0.name.count) }
    }

    private static func key(named name: String, modifiers: inout Modifiers) -> Key? {
        if name.count == 1, let character = name.first {
            return keyTyping(character, modifiers: &modifiers)
        }
        let lower = name.lowercased()
        if lower == "tab", modifiers.contains(.shift) {
            modifiers.remove(.shift)
            return .backTab
        }
        if let named = names.first(where: { $0.name == lower })?.key ?? aliases[lower] { return named }
        if lower.hasPrefix("f"), let number = Int(lower.dropFirst()), (1...63).contains(number) {
            return .function(number)
        }
        return nil
    }

    /// A terminal sends no shift with a character, but the shifted character; and no case with control.
    private static func keyTyping(_ character: Character, modifiers: inout Modifiers) -> Key? {
        guard !TextSafety.drawn(character, after: " ", ascii: false).isEmpty, character != " " else { return nil }
        if modifiers.contains(.control), let lower = character.lowercased().first { return .character(lower) }
        guard modifiers.contains(.shift) else { return .character(character) }
        let upper = character.uppercased()
        guard upper.count == 1, let shifted = upper.first, shifted != character else { return .character(character) }
        modifiers.remove(.shift)
        return .character(shifted)
    }
}

extension KeyEvent: CustomStringConvertible {
    public var description: String { name }
}
