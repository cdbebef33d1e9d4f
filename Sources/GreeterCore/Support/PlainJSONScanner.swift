/// Walks over JSON of the plainest kind, skipping white space before every token.
///
/// Everything that it does not take is for a general parser to tell right from wrong.
struct PlainJSONScanner {
    let bytes: UnsafeRawBufferPointer
    var position = 0

    init(bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    var isAtEnd: Bool {
        mutating get {
            skipSpace()
            return position == bytes.count
        }
    }

    private func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }

    private mutating func skipSpace() {
        while position < bytes.count, isSpace(bytes[position]) { position += 1 }
    }

    /// The next byte that is no white space; `nil` at the end.
    var next: UInt8? {
        mutating get {
            skipSpace()
            return position < bytes.count ? bytes[position] : nil
        }
    }

    mutating func skip(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        position += 1
        return true
    }

    mutating func skipNull() -> Bool {
        skipSpace()
        guard bytes[position...].starts(with: "null".utf8) else { return false }
        position += 4
        return true
    }

    /// The bytes between two quotation marks, if none of them needs decoding.
    mutating func string() -> Slice<UnsafeRawBufferPointer>? {
        guard skip(UInt8(ascii: "\"")) else { return nil }
        let start = position
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                position += 1
                return bytes[start..<position - 1]
            }
            if byte < 0x20 || byte == UInt8(ascii: "\\") { return nil }
            position += 1
        }
        return nil
    }

    /// The bytes of a value as they stand, quotation marks and brackets included. Where the text is known to be JSON,
    /// they are those of one whole value; otherwise of anything.
    mutating func rawValue() -> Slice<UnsafeRawBufferPointer> {
        skipSpace()
        let start = position
        var depth = 0
        repeat {
            guard position < bytes.count else { break }
            switch bytes[position] {
            case UInt8(ascii: "\""): skipString()
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                position += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                position += 1
            case UInt8(ascii: ","), UInt8(ascii: ":"): position += 1
            default: skipWord()
            }
            skipSpaceInside(depth)
        } while depth > 0
        return bytes[start..<position]
    }

    private mutating func skipSpaceInside(_ depth: Int) {
        if depth > 0 { skipSpace() }
    }

    private mutating func skipString() {
        position += 1
        while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
            position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
        }
        position = min(position + 1, bytes.count)
    }

    private mutating func skipWord() {
        while position < bytes.count, !isSpace(bytes[position]), !",:]}[{\"".utf8.contains(bytes[position]) {
            position += 1
        }
    }
}
