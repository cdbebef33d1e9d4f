/// Makes text from anywhere harmless to a terminal and honest to its reader.
///
/// What could steer the terminal, reorder the line or hide in it is replaced by a visible mark: control characters by
/// their pictures (`␛`), everything else by its number (`<U+202E>`). The text that comes out is inert, and what was
/// in it can still be told.
public enum TextSafety {
    /// The text with every unsafe scalar replaced by a visible mark, tabs and line ends included.
    /// - Parameter ascii: Draws control characters as `^[` where the terminal has no more than ASCII.
    public static func sanitised(_ text: String, ascii: Bool = false) -> String {
        if text.utf8.allSatisfy(isPrintable) { return text }
        var result = ""
        result.reserveCapacity(text.utf8.count + 16)
        var last = Character(" ")
        for character in text {
            for safe in drawn(character, after: last, ascii: ascii) { result.append(safe) }
            last = character
        }
        return result
    }

    /// Bytes as text. Those that are not UTF-8 appear as `<FF>`.
    public static func decoded(_ bytes: some Collection<UInt8>) -> String {
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        var decoder = UTF8StreamDecoder()
        var result = ""
        for byte in bytes { result += decoder.feed(byte) }
        return result + decoder.finish()
    }

    /// Whether a byte is a printable ASCII character.
    static func isPrintable(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte < 0x7F
    }

    /// A grapheme as it may be drawn: itself, or the marks that stand for what is unsafe in it.
    static func drawn(_ character: Character, after last: Character, ascii: Bool) -> String {
        if let value = character.asciiValue, isPrintable(value) { return String(character) }
        var result = ""
        var previous = last.unicodeScalars.last
        var marks = 0
        for scalar in character.unicodeScalars {
            if isSafe(scalar, after: previous) {
                marks = TextWidth.columns(of: scalar) == 0 ? marks + 1 : 0
                // A heap of marks on one base is cut down to what a cell holds; it would paint over other rows.
                if marks <= TextWidth.marksLimit { result.unicodeScalars.append(scalar) }
            } else {
                result += mark(for: scalar, ascii: ascii)
                marks = 0
            }
            previous = scalar
        }
        return result
    }

    /// The visible mark for an unsafe scalar.
    static func mark(for scalar: Unicode.Scalar, ascii: Bool) -> String {
        switch scalar.value {
        case 0..<0x20 where ascii: return "^" + String(Unicode.Scalar(UInt8(scalar.value) + 0x40))
        case 0x7F where ascii: return "^?"
        case 0..<0x20: return Unicode.Scalar(0x2400 + scalar.value).map(String.init) ?? "?"
        case 0x7F: return "\u{2421}"
        default:
            let digits = String(scalar.value, radix: 16, uppercase: true)
            return "<U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits + ">"
        }
    }

    /// Whether a scalar can neither steer the terminal nor hide, where it stands.
    private static func isSafe(_ scalar: Unicode.Scalar, after previous: Unicode.Scalar?) -> Bool {
        if scalar.value < 0x300 { return scalar.value >= 0xA0 && scalar.value != 0xAD || isPrintableScalar(scalar) }
        if scalar.isJoinerOrSelector { return isJoined(scalar, to: previous) }
        // Conjoining Hangul vowels and finals draw; their fillers do not.
        if scalar.properties.isDefaultIgnorableCodePoint || scalar.properties.isBidiControl { return false }
        switch scalar.properties.generalCategory {
        case .control, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: return false
        case .format: return TextWidth.columns(of: scalar) > 0
        default: return true
        }
    }

    private static func isPrintableScalar(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value >= 0x20 && scalar.value < 0x7F
    }

    /// Whether a joiner or selector does its proper work here: on a pictograph, or between letters of a script that
    /// uses it. Anywhere else it only hides.
    private static func isJoined(_ scalar: Unicode.Scalar, to previous: Unicode.Scalar?) -> Bool {
        guard let previous, !(previous.isJoinerOrSelector && scalar.value >= 0xFE00) else { return false }
        let isSelector = scalar.value >= 0xFE00
        if previous.properties.isEmoji || previous.properties.isEmojiModifier { return true }
        if isSelector { return previous.value > 0x2000 && !previous.isJoinerOrSelector }
        if scalar.value == 0x200D, (0xFE0E...0xFE0F).contains(previous.value) { return true }
        return (0x600...0x109F).contains(previous.value)
    }
}
