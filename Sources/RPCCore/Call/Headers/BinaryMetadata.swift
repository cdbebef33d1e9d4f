package import Foundation

/// Metadata whose names end in `-bin`: bytes, which travel in base64 (PROTOCOL-HTTP2.md, Binary-Header), and are written and shown
/// as people read them.
package enum BinaryMetadata {
    /// Whether the values of a name are bytes.
    package static func isBinary(_ name: String) -> Bool { name.lowercased().hasSuffix("-bin") }

    /// A value as a user has written it, as it travels: text as its bytes in UTF-8, `hex:` and `base64:` as the bytes that they say.
    /// - Returns: `nil` for what is neither hexadecimal nor base64 where it says that it is.
    package static func encoded(_ text: String) -> String? {
        let bytes: Data? =
            if let digits = text.strip("hex:") {
                Self.bytes(hex: digits)
            } else if let digits = text.strip("base64:") {
                Self.bytes(base64: digits)
            } else {
                Data(text.utf8)
            }
        // Without padding, as the specification recommends.
        return bytes.map { String($0.base64EncodedString().prefix { $0 != "=" }) }
    }

    /// Values that have come, readable: as text where the bytes are some, else as `hex:`. Several may have come in one, separated
    /// by commas. What is no base64 is left as it came.
    package static func decoded(_ value: String) -> [String] {
        value.split(separator: ",", omittingEmptySubsequences: false).map { part in
            let part = part.trimmingCharacters(in: .whitespaces)
            return bytes(base64: part).map(text) ?? part
        }
    }

    /// Bytes as a user reads them: what ``encoded(_:)`` would make the same bytes of.
    private static func text(_ bytes: Data) -> String {
        if let text = String(validating: bytes, as: UTF8.self), text.strip("hex:") == nil, text.strip("base64:") == nil,
            text.unicodeScalars.allSatisfy(isReadable)
        {
            return text
        }
        return "hex:" + hex(bytes)
    }

    private static func isReadable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
        default: true
        }
    }

    /// - Returns: `nil` for text that is no base64, with padding or without.
    package static func bytes(base64 text: some StringProtocol) -> Data? {
        let digits = text.prefix { $0 != "=" }
        let padding = text.dropFirst(digits.count)
        guard padding.count <= 2, padding.allSatisfy({ $0 == "=" }) else { return nil }
        let missing = (4 - digits.utf8.count % 4) % 4
        return Data(base64Encoded: digits + String(repeating: "=", count: missing))
    }

    /// Reads ``hex(_:)``.
    static func bytes(hex text: some StringProtocol) -> Data? {
        let digits = Array(text.utf8)
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes = Data(capacity: digits.count / 2)
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = digits[index].hexDigit, let low = digits[index + 1].hexDigit else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    /// Bytes as hexadecimal digits, two a byte.
    package static func hex(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 0xF)]] }, as: UTF8.self)
    }
}

extension String {
    /// What follows a beginning, whatever its case; `nil` where it is not there.
    fileprivate func strip(_ beginning: String) -> Substring? {
        prefix(beginning.count).lowercased() == beginning ? dropFirst(beginning.count) : nil
    }
}

extension UInt8 {
    /// The value of a hexadecimal digit in ASCII; `nil` for another character.
    package var hexDigit: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
