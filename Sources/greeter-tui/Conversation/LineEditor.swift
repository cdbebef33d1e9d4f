import TerminalUI

/// One line that is typed, with those before it: the keys are those of a shell.
struct LineEditor {
    /// What a key or a paste came to, beyond the line itself.
    enum Outcome: Hashable {
        /// A line is complete.
        case line(String)
        /// There will be no more.
        case end
        /// The terminal is to be cleared.
        case clear
        /// What was typed or pasted is too long, and not taken.
        case refused
    }

    /// Lines that the up key brings back; older ones are forgotten.
    static let historyLimit = 200

    private(set) var field = TextField()
    private var history: [String] = []
    /// Which line of the history is shown; at the end of it none, but the one that is being typed.
    private var place = 0
    /// What was being typed when the history was gone into.
    private var draft = ""

    /// Takes what was typed, in order.
    mutating func handle(_ events: [TerminalEvent]) -> [Outcome] {
        var outcomes: [Outcome] = []
        // Letters that come together are put in together: a long line that is pasted without marks comes as keys.
        var typed = ""
        for event in events {
            if case .key(let key) = event, let character = key.text {
                typed.append(character)
                continue
            }
            flush(&typed, &outcomes)
            switch event {
            case .key(let key): outcomes += handle(key)
            case .paste(let text): outcomes += paste(text)
            default: break
            }
        }
        flush(&typed, &outcomes)
        return outcomes
    }

    private mutating func flush(_ typed: inout String, _ outcomes: inout [Outcome]) {
        if !typed.isEmpty { outcomes += insert(typed) }
        typed = ""
    }

    private mutating func insert(_ text: String) -> [Outcome] {
        guard field.hasRoom(for: text) else { return [.refused] }
        field.insert(text)
        return []
    }

    private mutating func handle(_ key: KeyEvent) -> [Outcome] {
        switch key {
        case KeyEvent(.enter): return [.line(take())]
        case .control("d") where field.isEmpty: return [.end]
        case .control("l"): return [.clear]
        case KeyEvent(.up), .control("p"): goBack()
        case KeyEvent(.down), .control("n"): goForward()
        case KeyEvent(.tab): return insert(" ")
        default: _ = field.handle(key)
        }
        return []
    }

    /// Each line of what is pasted is one; what follows the last line end is left to be edited.
    private mutating func paste(_ text: String) -> [Outcome] {
        var outcomes: [Outcome] = []
        let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
        for (index, line) in lines.enumerated() {
            if index > 0 { outcomes.append(.line(take())) }
            outcomes += insert(String(line))
        }
        return outcomes
    }

    private mutating func take() -> String {
        let line = field.text
        field = TextField()
        draft = ""
        if !line.isEmpty, history.last != line { history.append(line) }
        history.removeFirst(max(0, history.count - Self.historyLimit))
        place = history.count
        return line
    }

    private mutating func goBack() {
        guard place > 0 else { return }
        if place == history.count { draft = field.text }
        place -= 1
        field.text = history[place]
    }

    private mutating func goForward() {
        guard place < history.count else { return }
        place += 1
        field.text = place == history.count ? draft : history[place]
    }
}
