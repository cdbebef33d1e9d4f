import TerminalUI

/// A paste on its way: everything between the two marks of bracketed paste.
struct PasteCollector {
    /// Bytes kept of one paste, 1 MiB; the rest of a longer one is dropped.
    static let limit = 1 << 20

    private static let endMark = Array("\u{1B}[201~".utf8)

    private var bytes: [UInt8] = []
    /// How much of the end mark the last bytes are.
    private var matched = 0

    /// Takes a byte.
    /// - Returns: whether the end mark is complete with it.
    mutating func isComplete(with byte: UInt8) -> Bool {
        if byte == Self.endMark[matched] {
            matched += 1
            return matched == Self.endMark.count
        }
        // Only the first byte of the mark is an escape, so a mark can only begin anew here.
        append(Self.endMark.prefix(matched))
        matched = byte == Self.endMark[0] ? 1 : 0
        if matched == 0 { append([byte]) }
        return false
    }

    /// What was pasted, line ends as they came; bytes that are no UTF-8 as visible marks.
    var text: String { TextSafety.decoded(bytes) }

    private mutating func append(_ more: some Collection<UInt8>) {
        bytes.append(contentsOf: more.prefix(Self.limit - bytes.count))
    }
}
