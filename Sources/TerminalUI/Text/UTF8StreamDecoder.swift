/// Decodes UTF-8 that comes byte by byte. A byte that belongs to no character comes out as a mark.
///
/// Well-formed is what table 3-7 of the Unicode Standard allows: no overlong forms, no surrogates, nothing above
/// U+10FFFF.
public struct UTF8StreamDecoder: Hashable, Sendable {
    /// The bytes of a character that is not complete yet, three at most.
    private var pending: [UInt8] = []
    private var expected = 0

    private let broken: Broken

    /// What comes out for a byte that belongs to no character.
    public enum Broken: Hashable, Sendable {
        /// Its number: `<FF>`.
        case marked
        /// U+FFFD.
        case replaced
    }

    public init(broken: Broken = .marked) {
        self.broken = broken
    }

    /// Whether a character has begun and is not complete.
    public var isPending: Bool { !pending.isEmpty }

    /// Takes one byte.
    /// - Returns: the text that is complete with it: nothing, a scalar, or marks for broken bytes and what follows them.
    public mutating func feed(_ byte: UInt8) -> String {
        if pending.isEmpty { return begin(byte) }
        guard isContinuation(byte) else { return finish() + begin(byte) }
        pending.append(byte)
        guard pending.count == expected else { return "" }
        defer { pending.removeAll(keepingCapacity: true) }
        return String(decoding: pending, as: UTF8.self)
    }

    /// Gives up on a character that is not complete.
    /// - Returns: marks for its bytes.
    public mutating func finish() -> String {
        defer { pending.removeAll(keepingCapacity: true) }
        return pending.map(mark).joined()
    }

    private mutating func begin(_ byte: UInt8) -> String {
        switch byte {
        case 0..<0x80: return String(Unicode.Scalar(byte))
        case 0xC2...0xDF: expected = 2
        case 0xE0...0xEF: expected = 3
        case 0xF0...0xF4: expected = 4
        default: return mark(byte)
        }
        pending.append(byte)
        return ""
    }

    private func isContinuation(_ byte: UInt8) -> Bool {
        guard pending.count == 1, let first = pending.first else { return (0x80...0xBF).contains(byte) }
        switch first {
        case 0xE0: return (0xA0...0xBF).contains(byte)
        case 0xED: return (0x80...0x9F).contains(byte)
        case 0xF0: return (0x90...0xBF).contains(byte)
        case 0xF4: return (0x80...0x8F).contains(byte)
        default: return (0x80...0xBF).contains(byte)
        }
    }

    private func mark(_ byte: UInt8) -> String {
        guard broken == .marked else { return "\u{FFFD}" }
        let digits = String(byte, radix: 16, uppercase: true)
        return "<\(digits.count < 2 ? "0" : "")\(digits)>"
    }
}
