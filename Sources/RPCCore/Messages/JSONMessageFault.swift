/// What is wrong with a message in JSON, and where.
public struct JSONMessageFault: Error, Hashable, Sendable {
    /// Without a full stop. Not yet made safe for a terminal.
    public var reason: String
    /// Bytes of the text before the fault.
    public var offset: Int
    /// The field that it is in: `book.pages`, `tags[3]`, `labels["a"]`; empty for the message itself.
    public var path: String

    public init(reason: String, offset: Int, path: String) {
        self.reason = reason
        self.offset = offset
        self.path = path
    }

    /// The line and the column, both from 1; a column is a character.
    public func position(in text: some Sequence<UInt8>) -> (line: Int, column: Int) {
        let before = Array(text.prefix(offset))
        let start = (before.lastIndex(of: UInt8(ascii: "\n")) ?? -1) + 1
        let line = before.reduce(into: 1) { if $1 == UInt8(ascii: "\n") { $0 += 1 } }
        return (line, String(decoding: before[start...], as: UTF8.self).count + 1)
    }

    /// `book.pages: 4294967296 is out of range for uint32`.
    public var text: String { path.isEmpty ? reason : "\(path): \(reason)" }
}
