/// A key that was pressed, with what was held down.
public struct KeyEvent: Hashable, Sendable {
    public var key: Key
    public var modifiers: Modifiers

    public init(_ key: Key, _ modifiers: Modifiers = []) {
        self.key = key
        self.modifiers = modifiers
    }

    /// The keys of a terminal.
    public enum Key: Hashable, Sendable {
        /// A grapheme as typed: shift is already in it. With control it is the lower-case letter.
        case character(Character)
        case enter, tab, backTab, escape, backspace, delete, insert
        case up, down, left, right
        case home, end, pageUp, pageDown
        /// F1 is 1.
        case function(Int)
    }

    public struct Modifiers: OptionSet, Hashable, Sendable {
        public let rawValue: UInt8
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        public static let shift = Modifiers(rawValue: 1)
        public static let alt = Modifiers(rawValue: 2)
        public static let control = Modifiers(rawValue: 4)
    }

    /// The grapheme, where the key is a plain one that writes.
    public var text: Character? {
        guard modifiers.isEmpty, case .character(let character) = key else { return nil }
        return character
    }

    public static func character(_ character: Character) -> KeyEvent { KeyEvent(.character(character)) }
    public static func control(_ character: Character) -> KeyEvent { KeyEvent(.character(character), .control) }
    public static func alt(_ character: Character) -> KeyEvent { KeyEvent(.character(character), .alt) }
}
