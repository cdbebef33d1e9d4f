extension String {
    /// Text that must be UTF-8, for those who read many small messages: nearly all of them are ASCII, of which that need not be
    /// found out by the standard library's general way, which takes several times as long.
    /// - Returns: `nil` for bytes that are not UTF-8.
    package init?(utf8Text bytes: UnsafeRawBufferPointer) {
        guard bytes.isASCII else {
            self.init(validating: bytes, as: UTF8.self)
            return
        }
        self.init(decoding: bytes, as: UTF8.self)
    }
}

extension UnsafeRawBufferPointer {
    /// Whether no byte has its highest bit set.
    package var isASCII: Bool {
        var bits: UInt64 = 0
        let whole = count & ~7
        for offset in stride(from: 0, to: whole, by: 8) {
            bits |= loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        }
        for offset in whole..<count { bits |= UInt64(self[offset]) }
        return bits & 0x8080_8080_8080_8080 == 0
    }
}

/// What is known of text in UTF-8.
package enum UTF8Text {
    /// The byte order mark, which may stand before a text and means nothing.
    package static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
}
