import Plans
import RPCCore

/// Reads JSON with places in it. Each place is one character to it, of those that nobody else may use.
struct JSONTreeParser {
    private static let firstMark: UInt32 = 0x10_0000
    private static let lastMark: UInt32 = 0x10_FFFD
    /// Deeper than any message can be.
    private static let depthLimit = 300

    private var scalars: [Unicode.Scalar] = []
    private var places: [String] = []
    private var index = 0
    private let writing: Writing

    /// `nil` where the places are wrong.
    init?(_ text: String, _ writing: Writing) {
        self.writing = writing
        guard let parts = try? writing.parts(of: text) else { return nil }
        for part in parts {
            switch part {
            case .text(let text):
                guard writing == .plain || !text.unicodeScalars.contains(where: Self.isMark) else { return nil }
                scalars += text.unicodeScalars
            case .place(let written, _):
                guard let mark = Unicode.Scalar(Self.firstMark + UInt32(clamping: places.count)),
                    mark.value <= Self.lastMark
                else { return nil }
                places.append(written)
                scalars.append(mark)
            }
        }
    }

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        (firstMark...lastMark).contains(scalar.value)
    }

    /// Reads all of it as one value.
    mutating func whole() -> JSONTree? {
        guard let tree = value(depth: 0) else { return nil }
        skipSpace()
        return index == scalars.count ? tree : nil
    }

    private mutating func skipSpace() {
        while index < scalars.count, [" ", "\n", "\r", "\t"].contains(scalars[index]) { index += 1 }
    }

    private mutating func skip(_ scalar: Unicode.Scalar) -> Bool {
        skipSpace()
        guard index < scalars.count, scalars[index] == scalar else { return false }
        index += 1
        return true
    }

    private func place(_ scalar: Unicode.Scalar) -> String? {
        guard writing != .plain, Self.isMark(scalar) else { return nil }
        let number = Int(scalar.value - Self.firstMark)
        return places.indices.contains(number) ? places[number] : nil
    }

    private mutating func value(depth: Int) -> JSONTree? {
        skipSpace()
        guard depth < Self.depthLimit, index < scalars.count else { return nil }
        switch scalars[index] {
        case "{": return object(depth: depth)
        case "[": return list(depth: depth)
        case "\"": return string().map { .text($0) }
        case "t": return word("true") ? .bool(true) : nil
        case "f": return word("false") ? .bool(false) : nil
        case "n": return word("null") ? .null : nil
        case let scalar:
            if let place = place(scalar) {
                index += 1
                return .place(place)
            }
            return number()
        }
    }

    private mutating func word(_ word: String) -> Bool {
        let word = Array(word.unicodeScalars)
        guard scalars[index...].starts(with: word) else { return false }
        index += word.count
        return true
    }

    private mutating func number() -> JSONTree? {
        let start = index
        while index < scalars.count, "0123456789+-.eE".unicodeScalars.contains(scalars[index]) { index += 1 }
        var text = String.UnicodeScalarView()
        text += scalars[start..<index]
        return JSONNumber.isValid(String(text)) ? .number(String(text)) : nil
    }

    private mutating func list(depth: Int) -> JSONTree? {
        index += 1
        if skip("]") { return .list([]) }
        var elements: [JSONTree] = []
        repeat {
            guard let element = value(depth: depth + 1) else { return nil }
            elements.append(element)
        } while skip(",")
        return skip("]") ? .list(elements) : nil
    }

    private mutating func object(depth: Int) -> JSONTree? {
        index += 1
        if skip("}") { return .object([]) }
        var members: [JSONTree.Member] = []
        repeat {
            skipSpace()
            guard index < scalars.count, scalars[index] == "\"", let name = string(), skip(":"),
                let value = value(depth: depth + 1)
            else { return nil }
            members.append(JSONTree.Member(name: name, value: value))
        } while skip(",")
        return skip("}") ? .object(members) : nil
    }

    /// A text, as it is written in a form.
    private mutating func string() -> String? {
        index += 1
        var (text, literal) = ("", String.UnicodeScalarView())
        while index < scalars.count {
            let scalar = scalars[index]
            index += 1
            switch scalar {
            case "\"": return text + writing.written(String(literal))
            case "\\":
                guard let escaped = escape() else { return nil }
                literal.append(escaped)
            case _ where scalar.value < 0x20: return nil
            default:
                if let place = place(scalar) {
                    text += writing.written(String(literal)) + place
                    literal = String.UnicodeScalarView()
                } else {
                    literal.append(scalar)
                }
            }
        }
        return nil
    }

    private mutating func escape() -> Unicode.Scalar? {
        guard index < scalars.count else { return nil }
        let scalar = scalars[index]
        index += 1
        switch scalar {
        case "\"", "\\", "/": return scalar
        case "b": return "\u{8}"
        case "f": return "\u{C}"
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "u":
            guard let high = hex() else { return nil }
            guard (0xD800..<0xDC00).contains(high) else { return Unicode.Scalar(high) }
            guard index + 1 < scalars.count, scalars[index] == "\\", scalars[index + 1] == "u" else { return nil }
            index += 2
            guard let low = hex(), (0xDC00..<0xE000).contains(low) else { return nil }
            return Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
        default: return nil
        }
    }

    private mutating func hex() -> UInt32? {
        guard index + 4 <= scalars.count else { return nil }
        var digits = String.UnicodeScalarView()
        digits += scalars[index..<index + 4]
        guard digits.allSatisfy({ $0.properties.isASCIIHexDigit }) else { return nil }
        index += 4
        return UInt32(String(digits), radix: 16)
    }
}

/// Numbers as JSON has them (RFC 8259, section 6).
enum JSONNumber {
    static func isValid(_ text: String) -> Bool {
        var rest = Array(text.utf8)[...]
        func digits() -> Int {
            let count = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }.count
            rest = rest.dropFirst(count)
            return count
        }
        if rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
        let isZero = rest.first == UInt8(ascii: "0")
        let whole = digits()
        guard whole > 0, !isZero || whole == 1 else { return false }
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            guard digits() > 0 else { return false }
        }
        if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
            rest = rest.dropFirst()
            if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
            guard digits() > 0 else { return false }
        }
        return rest.isEmpty
    }
}
