/// JSON laid out, a member a line: the words stay as they are, and only blanks between them are others. What is cut off at its end is
/// laid out as far as it goes.
struct JSONOutline {
    /// One line, without its indentation.
    private struct Line {
        var text: String
        var depth: Int
        /// The line that closes what this one opens.
        var close: Int?
        /// How many members that has.
        var members = 0
    }

    /// A line in sight.
    struct Row {
        var text: String
        /// Blanks before it.
        var indent: Int
        /// The line that can be closed or opened, counted without any fold, where it is one.
        var fold: (line: Int, isClosed: Bool)?
    }

    /// Levels that are indented; what is nested more deeply stands below those.
    private static let indentedLevels = 24

    private var lines: [Line] = []

    /// - Returns: `nil` for what is no object and no list.
    init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard let first = bytes.first(where: { !Self.isBlank($0) }),
            first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
        else { return nil }
        read(bytes)
    }

    var isOneLine: Bool { lines.count < 2 }

    /// The lines that are in sight.
    /// - Parameters:
    ///   - levels: Those that are open; `nil` for all.
    ///   - flipped: Lines that are not as their level says.
    func rows(levels: Int?, flipped: Set<Int>) -> [Row] {
        var rows: [Row] = []
        var index = 0
        while index < lines.count {
            let line = lines[index]
            var row = Row(text: line.text, indent: 2 * min(line.depth, Self.indentedLevels))
            if let close = line.close {
                let isClosed = (levels.map { line.depth >= $0 } ?? false) != flipped.contains(index)
                row.fold = (index, isClosed)
                if isClosed {
                    row.text += " … \(line.members) \(lines[close].text)"
                    index = close
                }
            }
            rows.append(row)
            index += 1
        }
        return rows
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }

    private mutating func read(_ bytes: [UInt8]) {
        // Lines that are open, and the bytes of the line that is being written.
        var (open, word): ([Int], [UInt8]) = ([], [])
        func end(_ lines: inout [Line], closing: Int? = nil) {
            guard !word.isEmpty else { return }
            if let parent = open.last, closing == nil { lines[parent].members += 1 }
            lines.append(Line(text: String(decoding: word, as: UTF8.self), depth: open.count, close: nil))
            word = []
        }
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            switch byte {
            case UInt8(ascii: "\""):
                let start = index
                index += 1
                while index < bytes.count, bytes[index] != byte { index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1 }
                word += bytes[start..<min(bytes.count, index + 1)]
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                word.append(byte)
                // What has nothing in it stays on its line.
                var next = index + 1
                while next < bytes.count, Self.isBlank(bytes[next]) { next += 1 }
                if next < bytes.count, bytes[next] == byte + 2 {
                    word.append(bytes[next])
                    index = next
                } else {
                    end(&lines)
                    open.append(lines.count - 1)
                }
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                end(&lines)
                let opened = open.popLast()
                word.append(byte)
                if index + 1 < bytes.count, let comma = Self.comma(in: bytes, after: index) {
                    word.append(UInt8(ascii: ","))
                    index = comma
                }
                end(&lines, closing: opened ?? -1)
                if let opened { lines[opened].close = lines.count - 1 }
            case UInt8(ascii: ","):
                word.append(byte)
                end(&lines)
            case UInt8(ascii: ":"): word += [byte, 0x20]
            default: if !Self.isBlank(byte) { word.append(byte) }
            }
            index += 1
        }
        end(&lines)
    }

    /// Where a comma is that comes next.
    private static func comma(in bytes: [UInt8], after index: Int) -> Int? {
        let next = bytes[(index + 1)...].firstIndex { !isBlank($0) }
        return next.flatMap { bytes[$0] == UInt8(ascii: ",") ? $0 : nil }
    }
}
