import RPCCore

/// Fields of which only the number is known. What may be a message by itself is written as one, where it is no longer text.
enum UnknownFieldsText {
    /// How many of them may be in one another; deeper ones are bytes.
    private static let depth = 10

    static func append(_ bytes: [UInt8], to text: inout [UInt8], level: Int) {
        guard !bytes.isEmpty else { return }
        bytes.withUnsafeBytes { bytes in
            var reader = WireReader(bytes)
            try? append(&reader, to: &text, level, depth: depth)
        }
    }

    private static func append(
        _ reader: inout WireReader, to text: inout [UInt8], _ level: Int, depth: Int, group: Int? = nil
    ) throws(WireFault) {
        while !reader.isAtEnd {
            let start = reader.index
            let tag = try reader.tag()
            switch tag.type {
            case .varint: text.append(line: "\(tag.number): \(try reader.varint())", level)
            case .fixed32: text.append(line: "\(tag.number): 0x\(try reader.fixed32().digits(8, radix: 16))", level)
            case .fixed64: text.append(line: "\(tag.number): 0x\(try reader.fixed64().digits(16, radix: 16))", level)
            case .length: append(reader.slice(try reader.length()), number: tag.number, to: &text, level, depth: depth)
            case .startGroup:
                text.append(line: "\(tag.number) {", level)
                try append(&reader, to: &text, level + 1, depth: depth, group: tag.number)
                text.append(line: "}", level)
            case .endGroup:
                guard tag.number == group else { throw WireFault("a group ends that has not begun", at: start) }
                return
            }
        }
    }

    private static func append(
        _ content: WireReader, number: Int, to text: inout [UInt8], _ level: Int, depth: Int
    ) {
        if !content.isAtEnd, depth > 0, content.isMessage {
            text.append(line: "\(number) {", level)
            var reader = content
            try? append(&reader, to: &text, level + 1, depth: depth - 1)
            text.append(line: "}", level)
        } else {
            text.indent(level)
            text += "\(number): ".utf8
            text.append(quoted: content.rest)
            text.append(UInt8(ascii: "\n"))
        }
    }
}

extension WireReader {
    /// Whether what follows can be read as fields to its end.
    fileprivate var isMessage: Bool {
        var reader = self
        do throws(WireFault) {
            while !reader.isAtEnd { try reader.skip(try reader.tag(), depth: DynamicMessage.maximumDepth) }
            return true
        } catch {
            return false
        }
    }
}

/// Lines of the text format.
extension [UInt8] {
    mutating func indent(_ level: Int) {
        append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * level))
    }

    mutating func append(line: String, _ level: Int) {
        indent(level)
        self += line.utf8
        append(UInt8(ascii: "\n"))
    }
}
