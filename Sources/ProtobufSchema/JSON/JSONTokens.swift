import RPCCore

/// Walks over JSON (RFC 8259) from token to token, and knows at each fault where it is and in which field.
struct JSONTokens {
    enum Kind { case object, list, string, number, bool, null }

    private let bytes: UnsafeRawBufferPointer
    var index = 0
    /// The fields that lead to the value that is read, as parts of a path.
    var path: [String] = []

    /// The most characters of a number that is still read.
    private static let numberLimit = 1024

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    func fault(_ reason: String, at offset: Int? = nil) -> JSONMessageFault {
        let text = path.joined()
        return JSONMessageFault(
            reason: reason, offset: offset ?? index, path: text.hasPrefix(".") ? String(text.dropFirst()) : text)
    }

    // MARK: Marks

    private mutating func skipSpace() {
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"): index += 1
            default: return
            }
        }
    }

    /// Goes past a mark where it stands.
    mutating func skip(_ mark: Unicode.Scalar) -> Bool {
        skipSpace()
        guard index < bytes.count, bytes[index] == UInt8(ascii: mark) else { return false }
        index += 1
        return true
    }

    mutating func expect(_ mark: Unicode.Scalar) throws(JSONMessageFault) {
        guard skip(mark) else { throw fault("'\(mark)' is expected, and \(here) stands here") }
    }

    /// Checks that nothing but space is left.
    mutating func expectEnd() throws(JSONMessageFault) {
        skipSpace()
        guard index == bytes.count else { throw fault("the message has ended, and \(here) follows") }
    }

    /// What stands at the place, for people.
    private var here: String {
        guard index < bytes.count else { return "the end of the text" }
        let character = String(decoding: bytes[index..<min(index + 4, bytes.count)], as: UTF8.self).first
        return character.map { "'\($0)'" } ?? "nothing"
    }

    /// Of which kind the next value is.
    mutating func kind() throws(JSONMessageFault) -> Kind {
        skipSpace()
        guard index < bytes.count else { throw fault("a value is missing: the text ends here") }
        switch bytes[index] {
        case UInt8(ascii: "{"): return .object
        case UInt8(ascii: "["): return .list
        case UInt8(ascii: "\""): return .string
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool
        case UInt8(ascii: "n"): return .null
        default: throw fault("a value is expected, and \(here) stands here")
        }
    }

    // MARK: Values

    mutating func bool() throws(JSONMessageFault) -> Bool {
        if skip(word: "true") { return true }
        if skip(word: "false") { return false }
        throw fault("a value is expected, and \(here) stands here")
    }

    mutating func null() throws(JSONMessageFault) {
        guard skip(word: "null") else { throw fault("a value is expected, and \(here) stands here") }
    }

    private mutating func skip(word: String) -> Bool {
        let end = index + word.utf8.count
        guard end <= bytes.count, bytes[index..<end].elementsEqual(word.utf8) else { return false }
        index = end
        return true
    }

    /// A number as it is written.
    mutating func number() throws(JSONMessageFault) -> DecimalNumber {
        skipSpace()
        let start = index
        while index < bytes.count, index - start <= Self.numberLimit {
            switch bytes[index] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."),
                UInt8(ascii: "e"), UInt8(ascii: "E"):
                index += 1
                continue
            default: break
            }
            break
        }
        guard index - start <= Self.numberLimit else {
            throw fault("a number is longer than \(Self.numberLimit) characters", at: start)
        }
        let text = String(decoding: bytes[start..<index], as: UTF8.self)
        guard let number = DecimalNumber(text) else { throw fault("'\(text)' is no number of JSON", at: start) }
        return number
    }

    mutating func string() throws(JSONMessageFault) -> String {
        skipSpace()
        let start = index
        guard skip("\"") else { throw fault("a text is expected, and \(here) stands here") }
        var text: [UInt8] = []
        while true {
            guard index < bytes.count else { throw fault("the text that begins here does not end", at: start) }
            let byte = bytes[index]
            index += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let text = String(validating: text, as: UTF8.self) else {
                    throw fault("the text is no UTF-8", at: start)
                }
                return text
            case UInt8(ascii: "\\"): try appendEscape(to: &text)
            case 0..<0x20:
                throw fault("a control character in a text must be written as an escape", at: index - 1)
            default: text.append(byte)
            }
        }
    }

    private mutating func appendEscape(to text: inout [UInt8]) throws(JSONMessageFault) {
        let start = index - 1
        guard index < bytes.count else { throw fault("the text does not end", at: start) }
        let byte = bytes[index]
        index += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(8)
        case UInt8(ascii: "f"): text.append(12)
        case UInt8(ascii: "n"): text.append(10)
        case UInt8(ascii: "r"): text.append(13)
        case UInt8(ascii: "t"): text.append(9)
        case UInt8(ascii: "u"):
            var value = UInt32(try hex())
            if (0xD800..<0xDC00).contains(value), skip(word: "\\u") {
                let low = UInt32(try hex())
                guard (0xDC00..<0xE000).contains(low) else {
                    throw fault("half of a surrogate pair stands alone", at: start)
                }
                value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(value) else {
                throw fault("half of a surrogate pair stands alone", at: start)
            }
            text += Array(String(scalar).utf8)
        default: throw fault("there is no such escape in JSON", at: start)
        }
    }

    private mutating func hex() throws(JSONMessageFault) -> UInt16 {
        let end = index + 4
        guard end <= bytes.count, bytes[index..<end].allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
            let value = UInt16(String(decoding: bytes[index..<end], as: UTF8.self), radix: 16)
        else { throw fault("four hexadecimal digits are expected after \\u") }
        index = end
        return value
    }

    // MARK: Lists and objects

    /// Reads the members of an object; `member` must go past the value.
    mutating func object(_ member: (inout JSONTokens, String, Int) throws(JSONMessageFault) -> Void)
        throws(JSONMessageFault)
    {
        try expect("{")
        if skip("}") { return }
        repeat {
            skipSpace()
            let start = index
            guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else {
                throw fault("a name in quotation marks is expected, and \(here) stands here")
            }
            let name = try string()
            try expect(":")
            try member(&self, name, start)
        } while skip(",")
        try expect("}")
    }

    /// Reads the elements of a list; `element` must go past the value.
    mutating func list(_ element: (inout JSONTokens, Int) throws(JSONMessageFault) -> Void) throws(JSONMessageFault) {
        try expect("[")
        if skip("]") { return }
        var count = 0
        repeat {
            try element(&self, count)
            count += 1
        } while skip(",")
        try expect("]")
    }

    /// Goes past a value of any kind.
    mutating func skipValue(depth: Int) throws(JSONMessageFault) {
        guard depth > 0 else { throw fault(DynamicMessage.tooDeep) }
        switch try kind() {
        case .object:
            try object { tokens, _, _ throws(JSONMessageFault) in try tokens.skipValue(depth: depth - 1) }
        case .list: try list { tokens, _ throws(JSONMessageFault) in try tokens.skipValue(depth: depth - 1) }
        case .string: _ = try string()
        case .number: _ = try number()
        case .bool: _ = try bool()
        case .null: try null()
        }
    }

    /// Whether nothing but space is left.
    mutating func isAtEnd() -> Bool { start() == bytes.count }

    /// Where the next value begins.
    mutating func start() -> Int {
        skipSpace()
        return index
    }
}
