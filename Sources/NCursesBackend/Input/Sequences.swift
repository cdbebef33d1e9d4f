import TerminalUI

/// The keys behind control characters and xterm's sequences
/// (https://invisible-island.net/xterm/ctlseqs/ctlseqs.html).
enum Sequences {
    /// A character of ASCII as a key.
    static func plain(_ byte: UInt8) -> KeyEvent {
        switch byte {
        case 0x00: .control(" ")
        case 0x08, 0x7F: KeyEvent(.backspace)
        case 0x09: KeyEvent(.tab)
        case 0x0A, 0x0D: KeyEvent(.enter)
        case 0x1B: KeyEvent(.escape)
        case 0x01...0x1A: .control(Character(Unicode.Scalar(byte + 0x60)))
        case 0x1C...0x1F: .control(Character(Unicode.Scalar(byte + 0x40)))
        default: .character(Character(Unicode.Scalar(byte)))
        }
    }

    /// `ESC O` and a letter: keys in application mode.
    static func single(_ byte: UInt8) -> KeyEvent? {
        if byte == UInt8(ascii: "M") { return KeyEvent(.enter) }
        return lettered[byte].map { KeyEvent($0) }
    }

    /// `ESC [`, parameters, and a final byte.
    static func control(_ final: UInt8, _ parameters: [UInt8]) -> KeyEvent? {
        let numbers = numbers(parameters)
        let modifiers = modifiers(numbers.count > 1 ? numbers[1] : 1)
        switch final {
        case UInt8(ascii: "Z"): return KeyEvent(.backTab)
        case UInt8(ascii: "~"):
            if numbers.first == 27, numbers.count > 2 { return coded(numbers[2], modifiers) }
            return numbers.first.flatMap { numbered[$0] }.map { KeyEvent($0, modifiers) }
        case UInt8(ascii: "u"): return numbers.first.flatMap { coded($0, modifiers) }
        default: return lettered[final].map { KeyEvent($0, modifiers) }
        }
    }

    /// As far as numbers are told apart; no terminal has so many columns, and no character so large a code.
    private static let numberLimit = 0x10_FFFF

    /// The decimal numbers between semicolons, none more than ``numberLimit``; what is no number is 0.
    static func numbers(_ parameters: some Sequence<UInt8>) -> [Int] {
        let text = String(decoding: Array(parameters), as: UTF8.self)
        guard !text.isEmpty else { return [] }
        return text.split(separator: ";", omittingEmptySubsequences: false).map { word in
            Int(word).map { min(max($0, 0), numberLimit) } ?? 0
        }
    }

    /// What was held down, from a parameter that is one more than the sum of its bits.
    private static func modifiers(_ parameter: Int) -> KeyEvent.Modifiers {
        let bits = max(0, parameter - 1)
        return KeyEvent.Modifiers(rawValue: UInt8(truncatingIfNeeded: bits & 7))
    }

    /// A key given by its code point, as terminals send it that can tell more keys apart.
    private static func coded(_ code: Int, _ modifiers: KeyEvent.Modifiers) -> KeyEvent? {
        guard let value = UInt32(exactly: code), let scalar = Unicode.Scalar(value) else { return nil }
        var modifiers = modifiers
        if code == 9, modifiers.contains(.shift) {
            modifiers.remove(.shift)
            return KeyEvent(.backTab, modifiers)
        }
        if code < 0x80 {
            var key = plain(UInt8(code))
            if case .character = key.key { modifiers.remove(.shift) }
            key.modifiers.formUnion(modifiers)
            return key
        }
        return KeyEvent(.character(Character(scalar)), modifiers.subtracting(.shift))
    }

    private static let lettered: [UInt8: KeyEvent.Key] = [
        UInt8(ascii: "A"): .up, UInt8(ascii: "B"): .down, UInt8(ascii: "C"): .right, UInt8(ascii: "D"): .left,
        UInt8(ascii: "H"): .home, UInt8(ascii: "F"): .end, UInt8(ascii: "P"): .function(1),
        UInt8(ascii: "Q"): .function(2), UInt8(ascii: "R"): .function(3), UInt8(ascii: "S"): .function(4),
    ]

    private static let numbered: [Int: KeyEvent.Key] = [
        1: .home, 2: .insert, 3: .delete, 4: .end, 5: .pageUp, 6: .pageDown, 7: .home, 8: .end,
        11: .function(1), 12: .function(2), 13: .function(3), 14: .function(4), 15: .function(5), 17: .function(6),
        18: .function(7), 19: .function(8), 20: .function(9), 21: .function(10), 23: .function(11), 24: .function(12),
    ]
}
