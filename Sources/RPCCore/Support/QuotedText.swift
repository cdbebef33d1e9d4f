extension [UInt8] {
    /// Writes a string as protobuf's text format has it, quoted (https://protobuf.dev/reference/protobuf/textformat-spec): what is
    /// not ASCII stays readable, and what a terminal could act on is written as octal escapes of its bytes.
    package mutating func append(quoted string: String) {
        append(UInt8(ascii: "\""))
        for scalar in string.unicodeScalars {
            if scalar.isASCII {
                append(escaping: UInt8(scalar.value))
            } else if let bytes = UTF8.encode(scalar) {
                if scalar.isUnsafeOnTerminal { for byte in bytes { append(octal: byte) } } else { self += bytes }
            }
        }
        append(UInt8(ascii: "\""))
    }

    /// The same of bytes: what is not printable ASCII is an octal escape.
    package mutating func append(quoted bytes: some Sequence<UInt8>) {
        append(UInt8(ascii: "\""))
        for byte in bytes { append(escaping: byte) }
        append(UInt8(ascii: "\""))
    }

    private mutating func append(escaping byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\n"): self += "\\n".utf8
        case UInt8(ascii: "\r"): self += "\\r".utf8
        case UInt8(ascii: "\t"): self += "\\t".utf8
        case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "\\"): self += [UInt8(ascii: "\\"), byte]
        case 0x20...0x7E: append(byte)
        default: append(octal: byte)
        }
    }

    private mutating func append(octal byte: UInt8) {
        self += [UInt8(ascii: "\\"), 0x30 + byte >> 6, 0x30 + byte >> 3 & 7, 0x30 + byte & 7]
    }
}
