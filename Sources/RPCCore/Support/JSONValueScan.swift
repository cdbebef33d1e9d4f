/// Finds where a value of JSON ends, whatever pieces it comes in. What is no JSON ends somewhere: who reads it says what is wrong.
struct JSONValueScan {
    /// Bytes that were looked at.
    private(set) var offset = 0
    private var depth = 0
    private var isInString = false
    private var isEscaped = false

    /// - Parameters:
    ///   - bytes: From the first byte of the value on, with all that were there before.
    ///   - isLast: Whether there are no more.
    /// - Returns: how long the value is; `nil` when more bytes are needed.
    mutating func end(in bytes: UnsafeRawBufferPointer, isLast: Bool) -> Int? {
        while offset < bytes.count {
            let byte = bytes[offset]
            if isInString {
                offset += 1
                if take(inString: byte) { return offset }
                continue
            }
            switch byte {
            case 0x20, 0x09, 0x0A, 0x0D: if depth == 0 { return offset }
            case UInt8(ascii: "\""), UInt8(ascii: "{"), UInt8(ascii: "["):
                // A number or a word ends where something else begins.
                if depth == 0, offset > 0 { return offset }
                if byte == UInt8(ascii: "\"") { isInString = true } else { depth += 1 }
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if depth <= 0 { return offset + 1 }
            default: break
            }
            offset += 1
        }
        return isLast ? bytes.count : nil
    }

    /// - Returns: whether the value ends with the byte.
    private mutating func take(inString byte: UInt8) -> Bool {
        if isEscaped {
            isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
            isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
            isInString = false
            return depth == 0
        }
        return false
    }
}
