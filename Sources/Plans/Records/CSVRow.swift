import RPCCore

/// One line of comma-separated values (RFC 4180, 2), found in bytes that may go on after it.
struct CSVRow {
    /// A field, as the place of its content.
    struct Field {
        var range: Range<Int>
        /// Whether it is in quotation marks.
        var isQuoted = false
        /// Whether quotation marks are doubled in it.
        var hasDoubledMarks = false
    }

    /// The fields of the row.
    private(set) var fields: [Field] = []
    /// Where the next row begins.
    private(set) var end = 0
    /// How many line ends it has, its own included.
    private(set) var lineCount = 0

    /// What is wrong with a row, and in which of its lines, counted from 0.
    struct Problem: Error {
        var line: Int
        var text: String
    }

    /// Whether the bytes hold the whole row.
    enum Extent {
        case complete
        /// More bytes are needed to tell.
        case open
    }

    /// Finds the row that begins at a place, in place of what was found before.
    /// - Parameter isLast: Whether no bytes will follow these.
    mutating func find(in bytes: UnsafeBufferPointer<UInt8>, from start: Int, isLast: Bool) throws(Problem) -> Extent {
        fields.removeAll(keepingCapacity: true)
        lineCount = 0
        end = start
        while true {
            let extent =
                end < bytes.count && bytes[end] == UInt8(ascii: "\"")
                ? try findQuoted(in: bytes, isLast: isLast) : try findPlain(in: bytes, isLast: isLast)
            guard extent == .complete else { return .open }
            guard end < bytes.count, bytes[end] == UInt8(ascii: ",") else { break }
            end += 1
            guard fields.count < RecordLimits.fieldCount else {
                throw Problem(line: 0, text: "has more than \(RecordLimits.fieldCount) fields, the most that is taken")
            }
        }
        skipLineEnd(bytes)
        return .complete
    }

    /// Whether the row holds nothing at all, not even an empty field in quotation marks.
    var isBlank: Bool { fields.count == 1 && fields[0].range.isEmpty && !fields[0].isQuoted }

    private mutating func skipLineEnd(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard end < bytes.count else { return }
        end = min(end + (bytes[end] == UInt8(ascii: "\r") ? 2 : 1), bytes.count)
        lineCount += 1
    }

    private mutating func findPlain(
        in bytes: UnsafeBufferPointer<UInt8>, isLast: Bool
    ) throws(Problem) -> Extent {
        var position = end
        scan: while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: ","), UInt8(ascii: "\n"): break scan
            case UInt8(ascii: "\""):
                throw Problem(
                    line: lineCount,
                    text: "has a quotation mark inside a field that does not begin with one; "
                        + "put the whole field into quotation marks and double those inside")
            default: position += 1
            }
        }
        guard position < bytes.count || isLast else { return .open }
        var last = position
        let endsLine = position == bytes.count || bytes[position] == UInt8(ascii: "\n")
        if endsLine, last > end, bytes[last - 1] == UInt8(ascii: "\r") { last -= 1 }
        fields.append(Field(range: end..<last))
        // A carriage return belongs to the end of the line, which is skipped with it.
        end = position < bytes.count ? last : position
        return .complete
    }

    private mutating func findQuoted(
        in bytes: UnsafeBufferPointer<UInt8>, isLast: Bool
    ) throws(Problem) -> Extent {
        let opening = lineCount
        var field = Field(range: end + 1..<end + 1, isQuoted: true)
        var position = end + 1
        while true {
            guard position < bytes.count else {
                guard isLast else { return .open }
                throw Problem(line: opening, text: "opens a quotation mark that is never closed")
            }
            if bytes[position] == UInt8(ascii: "\n") { lineCount += 1 }
            position += 1
            guard bytes[position - 1] == UInt8(ascii: "\"") else { continue }
            guard position < bytes.count || isLast else { return .open }
            guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else { break }
            field.hasDoubledMarks = true
            position += 1
        }
        field.range = end + 1..<position - 1
        fields.append(field)
        end = position
        return try checkEnd(of: bytes, isLast: isLast)
    }

    /// After the closing quotation mark there must be a comma or the end of the line.
    private func checkEnd(of bytes: UnsafeBufferPointer<UInt8>, isLast: Bool) throws(Problem) -> Extent {
        let rest = bytes[end...].prefix(2)
        switch rest.first {
        case nil: return isLast ? .complete : .open
        case UInt8(ascii: ","), UInt8(ascii: "\n"): return .complete
        case UInt8(ascii: "\r"):
            if rest.count == 2, rest.last == UInt8(ascii: "\n") { return .complete }
            if rest.count == 1 { return isLast ? .complete : .open }
        default: break
        }
        throw Problem(
            line: lineCount, text: "goes on after a closing quotation mark; expected a comma or the end of the line")
    }
}
