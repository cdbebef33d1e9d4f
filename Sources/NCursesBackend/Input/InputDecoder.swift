import TerminalUI

/// Makes events of what the terminal sends: bytes, and keys that ncurses has recognised.
///
/// ncurses knows the keys of the terminal's own description. What it hands on as plain bytes is put together here:
/// characters in UTF-8, alt with a key, xterm's keys with modifiers, mouse reports, pastes, and any sequence that
/// came in pieces. Nothing here waits: ``isPending`` tells that a rest may follow, and ``giveUp()`` takes the pieces for
/// what they are.
struct InputDecoder {
    /// One thing that was read.
    enum Item: Hashable {
        case byte(UInt8)
        case key(KeyEvent)
        /// The mark that begins a paste.
        case pasteBegins
    }

    private enum State {
        case ground
        case escape
        /// Inside a control sequence, with its parameters so far.
        case control([UInt8])
        /// After `ESC O`.
        case single
        /// In a mouse report of the old form: three bytes follow.
        case oldMouse([UInt8])
        case paste(PasteCollector)
    }

    /// Bytes of one control sequence; a longer one is thrown away.
    private static let sequenceLimit = 64

    private var state = State.ground
    private var characters = UTF8StreamDecoder(broken: .replaced)
    private var events: [TerminalEvent] = []

    /// Whether a paste is going on, in which no byte is a key.
    var isPasting: Bool {
        if case .paste = state { true } else { false }
    }

    /// Whether something has begun that is not complete.
    var isPending: Bool {
        if case .ground = state { characters.isPending } else { true }
    }

    /// Takes what was read.
    /// - Returns: the events that are complete with it.
    mutating func feed(_ items: some Sequence<Item>) -> [TerminalEvent] {
        for item in items { take(item) }
        return takeEvents()
    }

    /// Ends what is pending, because nothing has followed for long enough.
    mutating func giveUp() -> [TerminalEvent] {
        if characters.isPending { type(characters.finish()) }
        let old = state
        state = .ground
        switch old {
        case .ground, .oldMouse: break
        case .escape: emit(.escape)
        case .single: emit(.character("O"), .alt)
        case .control(let parameters): if parameters.isEmpty { emit(.character("["), .alt) }
        case .paste(let collector): events.append(.paste(collector.text))
        }
        return takeEvents()
    }

    private mutating func takeEvents() -> [TerminalEvent] {
        defer { events.removeAll(keepingCapacity: true) }
        return events
    }

    private mutating func take(_ item: Item) {
        switch item {
        case .byte(let byte): take(byte)
        case .pasteBegins:
            interrupt()
            state = .paste(PasteCollector())
        case .key(var key):
            if case .escape = state {
                state = .ground
                key.modifiers.insert(.alt)
            } else {
                interrupt()
            }
            events.append(.key(key))
        }
    }

    /// A recognised key came where the rest of something else was expected.
    private mutating func interrupt() {
        if characters.isPending { type(characters.finish()) }
        if case .escape = state { emit(.escape) }
        state = .ground
    }

    private mutating func take(_ byte: UInt8) {
        switch state {
        case .ground: takePlain(byte)
        case .escape: takeEscaped(byte)
        case .single:
            state = .ground
            emit(Sequences.single(byte))
        case .control(let parameters): takeControl(byte, parameters)
        case .oldMouse(let report):
            state = report.count < 2 ? .oldMouse(report + [byte]) : .ground
            if report.count == 2, let event = MouseReport.old(report + [byte]) { events.append(.mouse(event)) }
        case .paste(var collector):
            // The collector is moved out, so that it is not copied for each byte.
            state = .ground
            if collector.isComplete(with: byte) {
                events.append(.paste(collector.text))
            } else {
                state = .paste(collector)
            }
        }
    }

    private mutating func takePlain(_ byte: UInt8) {
        if byte >= 0x80 || characters.isPending, byte >= 0x20 { return type(characters.feed(byte)) }
        if characters.isPending { type(characters.finish()) }
        if byte == 0x1B {
            state = .escape
        } else {
            events.append(.key(Sequences.plain(byte)))
        }
    }

    private mutating func takeEscaped(_ byte: UInt8) {
        state = .ground
        switch byte {
        case UInt8(ascii: "["): state = .control([])
        case UInt8(ascii: "O"): state = .single
        case 0x1B:
            emit(.escape)
            state = .escape
        case 0x80...:
            // Alt with a letter beyond ASCII is rare, and escape before one is not.
            emit(.escape)
            takePlain(byte)
        default:
            var key = Sequences.plain(byte)
            key.modifiers.insert(.alt)
            events.append(.key(key))
        }
    }

    private mutating func takeControl(_ byte: UInt8, _ parameters: [UInt8]) {
        switch byte {
        case 0x20...0x3F:
            state = parameters.count < Self.sequenceLimit ? .control(parameters + [byte]) : .ground
        case 0x40...0x7E:
            state = .ground
            finishControl(byte, parameters)
        default:
            // No part of a control sequence: what there was of it is lost, and this begins anew.
            state = .ground
            takePlain(byte)
        }
    }

    private mutating func finishControl(_ final: UInt8, _ parameters: [UInt8]) {
        if parameters.first == UInt8(ascii: "<") {
            if let event = MouseReport.decimal(parameters.dropFirst(), final: final) { events.append(.mouse(event)) }
        } else if final == UInt8(ascii: "M"), parameters.isEmpty {
            state = .oldMouse([])
        } else if final == UInt8(ascii: "~"), parameters == Array("200".utf8) {
            state = .paste(PasteCollector())
        } else {
            emit(Sequences.control(final, parameters))
        }
    }

    private mutating func emit(_ key: KeyEvent?) {
        if let key { events.append(.key(key)) }
    }

    private mutating func emit(_ key: KeyEvent.Key, _ modifiers: KeyEvent.Modifiers = []) {
        events.append(.key(KeyEvent(key, modifiers)))
    }

    /// Types text, scalars that belong to the grapheme before as one with it.
    private mutating func type(_ text: String) {
        for character in text {
            if case .key(let last)? = events.last, let before = last.text,
                case let joined = String(before) + String(character), joined.count == 1, let whole = joined.first
            {
                events[events.count - 1] = .key(.character(whole))
            } else {
                emit(.character(character))
            }
        }
    }
}
