import TerminalUI

extension TapeParser {
    /// The keys that have a command of their own.
    static let keys: [String: KeyEvent] = [
        "Enter": KeyEvent(.enter), "Space": .character(" "), "Backspace": KeyEvent(.backspace), "Tab": KeyEvent(.tab),
        "Delete": KeyEvent(.delete), "Insert": KeyEvent(.insert), "Escape": KeyEvent(.escape), "Up": KeyEvent(.up),
        "Down": KeyEvent(.down), "Left": KeyEvent(.left), "Right": KeyEvent(.right), "PageUp": KeyEvent(.pageUp),
        "PageDown": KeyEvent(.pageDown), "Home": KeyEvent(.home), "End": KeyEvent(.end),
    ]

    /// `KEY[@TIME] [COUNT]`
    mutating func press(_ key: KeyEvent) throws(TapeError) -> TapeCommand {
        let every = try speed()
        return .press(key, every: every, times: try count())
    }

    /// `Type[@TIME] TEXT`
    mutating func typing() throws(TapeError) -> TapeCommand {
        let every = try speed()
        return .type(try words(), every: every)
    }

    // MARK: Control

    /// `Ctrl[+Alt][+Shift]+KEY`
    mutating func control() throws(TapeError) -> TapeCommand {
        let expected = "a key such as in Ctrl+C"
        var modifiers: KeyEvent.Modifiers = .control
        while takes("+") != nil {
            let token = try take(expected)
            switch token.kind {
            case .word("Alt"): modifiers.insert(.alt)
            // A terminal sends the same with shift as without.
            case .word("Shift"): break
            default:
                guard let key = Self.controlled(token, modifiers) else {
                    throw error(at: token, "expected \(expected), found \(token.described)")
                }
                return .press(key, every: nil, times: 1)
            }
        }
        throw missing(expected)
    }

    /// What a terminal sends for control and a key.
    private static func controlled(_ token: TapeToken, _ modifiers: KeyEvent.Modifiers) -> KeyEvent? {
        switch token.kind {
        case .symbol(let symbol): return controlled(symbol, modifiers)
        case .word(let name) where name.count == 1: return name.first.flatMap { controlled($0, modifiers) }
        case .word("Enter"), .word("Backspace"):
            // Control makes no difference there; alt does.
            return key(token)?.adding(modifiers.subtracting(.control))
        case .word("Space"), .word("Left"), .word("Right"), .word("Up"), .word("Down"):
            return key(token)?.adding(modifiers)
        default: return nil
        }
    }

    /// Some characters are other keys under control (ECMA-48, 5.2: BS, HT, LF, CR and ESC).
    private static func controlled(_ character: Character, _ modifiers: KeyEvent.Modifiers) -> KeyEvent? {
        let rest = modifiers.subtracting(.control)
        switch character.lowercased() {
        case "h": return KeyEvent(.backspace, rest)
        case "i": return KeyEvent(.tab, rest)
        case "j", "m": return KeyEvent(.enter, rest)
        case "[": return KeyEvent(.escape, rest)
        case "@": return KeyEvent(.character(" "), modifiers)
        case "-": return KeyEvent(.character("_"), modifiers)
        case let letter:
            return letter.first.flatMap { ("a"..."z").contains($0) || "]^\\".contains($0) ? $0 : nil }
                .map { KeyEvent(.character($0), modifiers) }
        }
    }

    // MARK: Alt and shift

    /// `Alt+KEY` and `Shift+KEY`
    mutating func modified(by modifier: String) throws(TapeError) -> TapeCommand {
        let isAlt = modifier == "Alt"
        let expected = "a key such as in \(modifier)+\(isAlt ? "b" : "Tab")"
        guard takes("+") != nil else { throw missing(expected) }
        let token = try take(expected)
        guard let key = Self.key(token) ?? Self.character(token) else {
            throw error(at: token, "expected \(expected), found \(token.described)")
        }
        return .press(isAlt ? key.adding(.alt) : Self.shifted(key), every: nil, times: 1)
    }

    /// Enter and Tab, which modifiers may stand before.
    private static func key(_ token: TapeToken) -> KeyEvent? {
        guard case .word(let name) = token.kind else { return nil }
        return keys[name]
    }

    private static func character(_ token: TapeToken) -> KeyEvent? {
        switch token.kind {
        case .word(let text), .text(let text), .number(let text):
            text.count == 1 ? text.first.map { .character($0) } : nil
        case .symbol(let symbol): .character(symbol)
        default: nil
        }
    }

    /// What a terminal sends with shift: another character, the key that goes back, or the key itself.
    private static func shifted(_ key: KeyEvent) -> KeyEvent {
        switch key.key {
        case .tab: return KeyEvent(.backTab)
        case .character(let character):
            let upper = character.uppercased()
            return upper.count == 1 ? .character(upper.first ?? character) : key
        case .enter, .escape, .backspace: return key
        default: return key.adding(.shift)
        }
    }
}

extension KeyEvent {
    fileprivate func adding(_ modifiers: Modifiers) -> KeyEvent {
        KeyEvent(key, self.modifiers.union(modifiers))
    }
}
