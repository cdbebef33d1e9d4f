/// Why a text is not JSON (RFC 8259), and where.
package struct JSONFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// How many bytes stand before the place.
    package let offset: Int
    /// What is there, in a few words.
    package let problem: String

    package var description: String { "\(problem) at byte \(offset)" }
}

/// The same of one of several values in a text.
package struct JSONValueFault: Error, Hashable, Sendable {
    /// Which of the values it is, counted from 1.
    package let number: Int
    /// Its place is that in the whole text.
    package let fault: JSONFault
}

/// Whether a text is JSON, all of it, to the letter of RFC 8259: general parsers overlook much in what they are not asked for.
///
/// Stricter than it must be in three places that the standard leaves open. The escape of half a surrogate pair is refused
/// (8.2), for it is no character, and another reader would make something else of it. So is a value inside of more than
/// ``depthLimit`` others (9). And the text is UTF-8, without exception (8.1), but may begin with a byte order mark.
///
/// One pass; memory: one byte for each level of nesting.
package struct JSONCheck {
    /// How many arrays and objects a value may be inside of.
    package static let depthLimit = 256

    private let bytes: UnsafeRawBufferPointer
    private var index = 0

    private init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    /// - Returns: the first thing that is wrong; `nil` for JSON.
    package static func fault(in bytes: UnsafeRawBufferPointer) -> JSONFault? {
        var check = JSONCheck(bytes)
        do throws(JSONFault) {
            if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { check.index = 3 }
            try check.value()
            check.skipSpace()
            if check.index < bytes.count { throw check.fault("something after the end") }
            return nil
        } catch {
            return error
        }
    }

    /// The values of JSON that a text has one after another, in its memory.
    /// - Throws: ``JSONValueFault`` with the first thing that is wrong.
    package static func values(
        in bytes: UnsafeRawBufferPointer
    ) throws(JSONValueFault) -> [UnsafeRawBufferPointer] {
        var (scanner, values): (JSONScanner, [UnsafeRawBufferPointer]) = (JSONScanner(bytes), [])
        while !scanner.isAtEnd {
            let start = scanner.offset
            let value = scanner.rawValue()
            if let fault = fault(in: value) {
                throw JSONValueFault(
                    number: values.count + 1, fault: JSONFault(offset: start + fault.offset, problem: fault.problem))
            }
            values.append(value)
        }
        return values
    }

    private enum Level {
        case array, object
    }

    private mutating func value() throws(JSONFault) {
        var levels: [Level] = []
        repeat {
            if let level = try begin() {
                guard levels.count < Self.depthLimit else {
                    throw fault("a value inside of more than \(Self.depthLimit) others")
                }
                levels.append(level)
            } else {
                try end(&levels)
            }
        } while !levels.isEmpty
    }

    /// Goes past a value, or past the beginning of one that holds others.
    /// - Returns: what has begun, with the place before the first value in it.
    private mutating func begin() throws(JSONFault) -> Level? {
        skipSpace()
        guard index < bytes.count else { throw fault("the end where a value must be") }
        switch bytes[index] {
        case UInt8(ascii: "{"):
            index += 1
            if skip(UInt8(ascii: "}")) { return nil }
            try name()
            return .object
        case UInt8(ascii: "["):
            index += 1
            return skip(UInt8(ascii: "]")) ? nil : .array
        case UInt8(ascii: "\""): try string()
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try number()
        case UInt8(ascii: "t"): try word("true")
        case UInt8(ascii: "f"): try word("false")
        case UInt8(ascii: "n"): try word("null")
        default: throw fault("no value where one must be")
        }
        return nil
    }

    /// Goes past what follows a value: the ends of what it is in, and the comma before the next.
    private mutating func end(_ levels: inout [Level]) throws(JSONFault) {
        while let level = levels.last {
            if skip(UInt8(ascii: ",")) {
                if level == .object { try name() }
                return
            }
            guard skip(level == .object ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
                throw fault("neither a comma nor the end of the \(level)")
            }
            levels.removeLast()
        }
    }

    /// Goes past the name of a member and its colon.
    private mutating func name() throws(JSONFault) {
        skipSpace()
        guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else { throw fault("no name of a member") }
        try string()
        guard skip(UInt8(ascii: ":")) else { throw fault("no colon after a name") }
    }

    private mutating func word(_ word: StaticString) throws(JSONFault) {
        let letters = UnsafeRawBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
        guard bytes[index...].starts(with: letters) else { throw fault("no value where one must be") }
        index += letters.count
    }

    // MARK: - Numbers

    private mutating func number() throws(JSONFault) {
        if bytes[index] == UInt8(ascii: "-") { index += 1 }
        // A zero stands alone before the point.
        if index < bytes.count, bytes[index] == UInt8(ascii: "0") { index += 1 } else { try digits() }
        if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
            index += 1
            try digits()
        }
        guard index < bytes.count, bytes[index] | 0x20 == UInt8(ascii: "e") else { return }
        index += 1
        if index < bytes.count, bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "-") { index += 1 }
        try digits()
    }

    private mutating func digits() throws(JSONFault) {
        let start = index
        while index < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[index]) { index += 1 }
        if index == start { throw fault("no digit where one must be") }
    }

    // MARK: - Strings

    private mutating func string() throws(JSONFault) {
        index += 1
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""):
                index += 1
                return
            case UInt8(ascii: "\\"): try escape()
            case ..<0x20: throw fault("a control character in a text")
            case ..<0x80: index += 1
            default: try character()
            }
        }
        throw fault("the end in a text")
    }

    private mutating func escape() throws(JSONFault) {
        guard index + 1 < bytes.count else { throw fault("the end in a text") }
        guard bytes[index + 1] == UInt8(ascii: "u") else {
            guard "\"\\/bfnrt".utf8.contains(bytes[index + 1]) else { throw fault("an escape that is none") }
            index += 2
            return
        }
        let first = try unit()
        switch first {
        case 0xD800...0xDBFF:
            let place = index
            guard index + 1 < bytes.count, bytes[index] == UInt8(ascii: "\\"), bytes[index + 1] == UInt8(ascii: "u"),
                case 0xDC00...0xDFFF = try unit()
            else { throw JSONFault(offset: place - 6, problem: "half of a surrogate pair") }
        case 0xDC00...0xDFFF: throw JSONFault(offset: index - 6, problem: "half of a surrogate pair")
        default: break
        }
    }

    /// Goes past an escape of four hexadecimal digits.
    private mutating func unit() throws(JSONFault) -> UInt16 {
        guard index + 6 <= bytes.count else { throw fault("an escape that is none") }
        var unit: UInt16 = 0
        for byte in bytes[index + 2..<index + 6] {
            guard let digit = byte.hexDigit else { throw fault("an escape that is none") }
            unit = unit << 4 | UInt16(digit)
        }
        index += 6
        return unit
    }

    /// Goes past a character of several bytes (RFC 3629, 4).
    private mutating func character() throws(JSONFault) {
        let (length, second): (Int, ClosedRange<UInt8>)
        switch bytes[index] {
        case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
        default: throw fault("bytes that are not UTF-8")
        }
        guard index + length <= bytes.count, second.contains(bytes[index + 1]),
            bytes[index + 2..<max(index + 2, index + length)].allSatisfy({ (0x80...0xBF).contains($0) })
        else { throw fault("bytes that are not UTF-8") }
        index += length
    }

    // MARK: -

    /// Goes past a mark, and the white space before it, where it is there.
    private mutating func skip(_ mark: UInt8) -> Bool {
        skipSpace()
        guard index < bytes.count, bytes[index] == mark else { return false }
        index += 1
        return true
    }

    private mutating func skipSpace() {
        while index < bytes.count {
            switch bytes[index] {
            case 0x20, 0x09, 0x0A, 0x0D: index += 1
            default: return
            }
        }
    }

    private func fault(_ problem: String) -> JSONFault { JSONFault(offset: index, problem: problem) }
}
