extension StringProtocol {
    /// Whether it is a name as protocol buffers have them: letters, digits and `_`, no digit first.
    ///
    /// Made anew for each type of text where it is used: it is asked of every name of a schema.
    @inlinable package var isIdentifier: Bool {
        guard let first = utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else { return false }
        return utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
    }

    /// Whether it is such names with dots between them: `demo.v1.Library`.
    package var isDottedName: Bool {
        split(separator: ".", omittingEmptySubsequences: false).allSatisfy(\.isIdentifier)
    }

    /// What follows the last dot; all of it where there is none.
    package var lastPart: String { String(self[(lastIndex(of: ".").map(index(after:)) ?? startIndex)...]) }
}
