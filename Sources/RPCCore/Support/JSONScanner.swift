/// Walks over JSON (RFC 8259) from token to token, skipping white space before each, for those who read many small messages.
///
/// It knows the marks, strings and `null`. At what it does not know, be it right or wrong, it answers with `nil` or `false`: that is
/// for a general parser to decide, which takes ten times as long.
package struct JSONScanner {
    private let bytes: UnsafeRawBufferPointer
    private var index = 0

    /// How many bytes are behind it.
    package var offset: Int { index }

    /// - Parameter bytes: Text in UTF-8, there as long as the scanner is.
    package init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    /// Whether nothing but white space is left.
    package var isAtEnd: Bool {
        mutating get {
            skipSpace()
            return index == bytes.count
        }
    }

    /// Goes past a mark such as a brace.
    /// - Returns: whether it was there.
    package mutating func skip(_ mark: Unicode.Scalar) -> Bool {
        skipSpace()
        guard index < bytes.count, bytes[index] == UInt8(ascii: mark) else { return false }
        index += 1
        return true
    }

    /// Goes past a string, and decodes it.
    /// - Returns: `nil` where there is none, or one that is not UTF-8 or holds the escape of a surrogate.
    package mutating func string() -> String? {
        guard let (content, hasEscapes) = content() else { return nil }
        return hasEscapes ? Self.unescape(content) : String(utf8Text: content)
    }

    /// Goes past a string of a text that is UTF-8.
    /// - Returns: whether there was one that ``string()`` decodes.
    package mutating func skipText() -> Bool {
        guard let (content, hasEscapes) = content() else { return false }
        return !hasEscapes || Self.unescape(content) != nil
    }

    /// Goes past a string.
    private mutating func content() -> (bytes: UnsafeRawBufferPointer, hasEscapes: Bool)? {
        guard skip("\"") else { return nil }
        let start = index
        var hasEscapes = false
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""):
                let content = UnsafeRawBufferPointer(rebasing: bytes[start..<index])
                index += 1
                return (content, hasEscapes)
            case UInt8(ascii: "\\"):
                hasEscapes = true
                index = min(index + 2, bytes.count)
            case ..<0x20: return nil
            default: index += 1
            }
        }
        return nil
    }

    /// Goes past a string or `null`.
    /// - Returns: `nil` where there is neither; `.some(nil)` for `null`.
    package mutating func stringOrNull() -> String?? {
        skipNull() ? .some(nil) : string().map { .some($0) }
    }

    /// Goes past `null`.
    /// - Returns: whether it was there.
    package mutating func skipNull() -> Bool {
        guard next == UInt8(ascii: "n"), bytes[index...].starts(with: "null".utf8) else { return false }
        index += 4
        return true
    }

    /// The next byte that is no white space; `nil` at the end.
    package var next: UInt8? {
        mutating get {
            skipSpace()
            return index < bytes.count ? bytes[index] : nil
        }
    }

    /// Goes past a value, and gives its bytes as they stand, quotation marks and brackets included. They are those of one
    /// whole value where the text is known to be JSON, and otherwise of anything.
    package mutating func rawValue() -> UnsafeRawBufferPointer {
        skipSpace()
        let start = index
        var depth = 0
        repeat {
            switch next {
            case nil: depth = 0
            case UInt8(ascii: "\""): skipString()
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                index += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                index += 1
            case UInt8(ascii: ","), UInt8(ascii: ":"): index += 1
            default: skipWord()
            }
        } while depth > 0
        return UnsafeRawBufferPointer(rebasing: bytes[start..<index])
    }

    /// The elements of an array as they stand, in the memory of its text.
    /// - Parameter bytes: An array of JSON.
    package static func elements(of bytes: UnsafeRawBufferPointer) -> [UnsafeRawBufferPointer] {
        var (scanner, elements): (JSONScanner, [UnsafeRawBufferPointer]) = (JSONScanner(bytes), [])
        _ = scanner.skip("[")
        while !scanner.skip("]"), !scanner.isAtEnd {
            elements.append(scanner.rawValue())
            _ = scanner.skip(",")
        }
        return elements
    }

    /// The names of the members of an object, quotation marks included, in the order in which they stand.
    /// - Parameter bytes: What a general parser has taken for an object.
    /// - Returns: `nil` where commas are not as they must be.
    package static func names(inObject bytes: UnsafeRawBufferPointer) -> [String]? {
        var names: [String] = []
        let isWhole = walk(object: bytes) { scanner in
            guard scanner.next == UInt8(ascii: "\"") else { return false }
            names.append(String(decoding: scanner.rawValue(), as: UTF8.self))
            guard scanner.skip(":") else { return false }
            _ = scanner.rawValue()
            return true
        }
        return isWhole ? names : nil
    }

    /// Goes over the members of the object that all of a text is.
    /// - Parameter member: Goes past a name, its colon and its value; `false` gives up.
    /// - Returns: whether braces and commas are as they must be, and no member was given up.
    package static func walk(object bytes: UnsafeRawBufferPointer, member: (inout JSONScanner) -> Bool) -> Bool {
        var scanner = JSONScanner(bytes)
        guard scanner.skip("{") else { return false }
        if !scanner.skip("}") {
            repeat {
                guard member(&scanner) else { return false }
            } while scanner.skip(",")
            guard scanner.skip("}") else { return false }
        }
        return scanner.isAtEnd
    }

    private mutating func skipString() {
        index += 1
        while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
            index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        index = min(index + 1, bytes.count)
    }

    private mutating func skipWord() {
        while index < bytes.count {
            switch bytes[index] {
            case 0x20, 0x09, 0x0A, 0x0D: return
            case let byte where ",:]}[{\"".utf8.contains(byte): return
            default: index += 1
            }
        }
    }

    private mutating func skipSpace() {
        while index < bytes.count {
            switch bytes[index] {
            case 0x20, 0x09, 0x0A, 0x0D: index += 1
            default: return
            }
        }
    }

    private static func unescape(_ content: UnsafeRawBufferPointer) -> String? {
        var plain: [UInt8] = []
        plain.reserveCapacity(content.count)
        var index = 0
        while index < content.count {
            guard content[index] == UInt8(ascii: "\\") else {
                plain.append(content[index])
                index += 1
                continue
            }
            guard index + 1 < content.count else { return nil }
            switch content[index + 1] {
            case UInt8(ascii: "n"): plain.append(0x0A)
            case UInt8(ascii: "r"): plain.append(0x0D)
            case UInt8(ascii: "t"): plain.append(0x09)
            case UInt8(ascii: "b"): plain.append(0x08)
            case UInt8(ascii: "f"): plain.append(0x0C)
            case let byte where byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte == UInt8(ascii: "/"):
                plain.append(byte)
            case UInt8(ascii: "u"):
                guard let scalar = scalar(at: index + 2, in: content) else { return nil }
                plain.append(contentsOf: String(scalar).utf8)
                index += 4
            default: return nil
            }
            index += 2
        }
        return String(validating: plain, as: UTF8.self)
    }

    /// The scalar of four hexadecimal digits; none for a surrogate, which is half of a pair.
    private static func scalar(at index: Int, in content: UnsafeRawBufferPointer) -> Unicode.Scalar? {
        guard index + 4 <= content.count else { return nil }
        var value: UInt32 = 0
        for byte in content[index..<index + 4] {
            guard let digit = byte.hexDigit else { return nil }
            value = value << 4 | UInt32(digit)
        }
        return Unicode.Scalar(value)
    }
}
