/// JSON under construction, as UTF-8 (RFC 8259), for those who write many small messages.
///
/// A general encoder costs microseconds a message; a stream of greetings needs a tenth of one.
package struct JSONText: Sendable {
    /// What has been written.
    package private(set) var bytes: [UInt8] = []
    private let isTerminalSafe: Bool

    /// - Parameter isTerminalSafe: Whether characters that could act on a terminal or turn the direction of text are
    ///   written as `\u` escapes too. The value stays the same; only its spelling differs.
    package init(isTerminalSafe: Bool = false) {
        self.isTerminalSafe = isTerminalSafe
    }

    /// The text as a string.
    package var string: String { String(decoding: bytes, as: UTF8.self) }

    package var isEmpty: Bool { bytes.isEmpty }

    /// Forgets what has been written, and keeps the memory.
    package mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
    }

    /// Writes text that is JSON already.
    package mutating func append(raw text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    /// Writes text that is JSON already.
    package mutating func append(raw text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    /// Writes text that is JSON already, as UTF-8.
    package mutating func append(raw text: some Sequence<UInt8>) {
        bytes.append(contentsOf: text)
    }

    /// Writes a number.
    package mutating func append(_ number: Int) {
        bytes.append(decimal: number)
    }

    /// Writes a string, quoted and escaped.
    package mutating func append(_ string: String) {
        bytes.append(jsonString: string, isTerminalSafe: isTerminalSafe)
    }

    /// Writes a string, or `null`.
    package mutating func append(_ string: String?) {
        if let string { append(string) } else { append(raw: "null") }
    }

}

extension [UInt8] {
    /// Writes a string as JSON, quoted and escaped.
    /// - Parameter isTerminalSafe: See ``JSONText/init(isTerminalSafe:)``.
    package mutating func append(jsonString string: String, isTerminalSafe: Bool = false) {
        append(UInt8(ascii: "\""))
        let lastPlain: UInt8 = isTerminalSafe ? 0x7E : 0xFF
        let isWritten = string.utf8.withContiguousStorageIfAvailable { utf8 -> Bool in
            for byte in utf8
            where byte < 0x20 || byte > lastPlain || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                return false
            }
            append(contentsOf: utf8)
            return true
        }
        if isWritten != true {
            for scalar in string.unicodeScalars { append(escaping: scalar, isTerminalSafe) }
        }
        append(UInt8(ascii: "\""))
    }

    private mutating func append(escaping scalar: Unicode.Scalar, _ isTerminalSafe: Bool) {
        switch scalar {
        case "\"": self += "\\\"".utf8
        case "\\": self += "\\\\".utf8
        case "\n": self += "\\n".utf8
        case "\r": self += "\\r".utf8
        case "\t": self += "\\t".utf8
        case _ where scalar.value < 0x20 || (isTerminalSafe && scalar.isUnsafeOnTerminal):
            for unit in Character(scalar).utf16 {
                self += "\\u\(unit.digits(4, radix: 16))".utf8
            }
        default: self += UTF8.encode(scalar).map { Array($0) } ?? []
        }
    }
}

extension Unicode.Scalar {
    /// Whether a terminal may act on the character instead of showing it, or show its neighbours in another order:
    /// control and format characters, line and paragraph separators.
    var isUnsafeOnTerminal: Bool {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: self != "\u{200D}" && self != "\u{200C}"
        default: false
        }
    }
}
