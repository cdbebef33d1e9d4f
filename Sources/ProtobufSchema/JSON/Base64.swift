import Foundation

/// Bytes as text (RFC 4648). JSON takes both alphabets, with padding or without.
enum Base64 {
    /// `nil` for a text that is none.
    static func bytes(of text: String) -> [UInt8]? {
        var digits = text.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "-"): UInt8(ascii: "+")
            case UInt8(ascii: "_"): UInt8(ascii: "/")
            default: byte
            }
        }
        let padding = UInt8(ascii: "=")
        // Padding may be left out, but not in part.
        guard digits.last == padding || digits.count % 4 != 1 else { return nil }
        if digits.last != padding { digits += Array(repeating: padding, count: (4 - digits.count % 4) % 4) }
        return Data(base64Encoded: Data(digits)).map { [UInt8]($0) }
    }

    static func text(of bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }
}
