/// Cuts bytes into lines, whatever pieces they come in.
///
/// Holds the bytes of what has been fed and not yet asked for, and of one incomplete line.
@usableFromInline
package struct LineBuffer: Sendable {
    /// What errors call the input.
    package let place: String
    private let maximumLength: Int
    private var bytes: [UInt8] = []
    /// Where the first line begins that has not been read.
    private var start = 0
    /// Up to where there is known to be no end of that line.
    private var searched = 0
    private var hasEnded = false
    /// The number of the line that was read last.
    private var line = 0
    /// Lines before ``start``, where values are read rather than lines.
    private var passed = 0
    private var scan = JSONValueScan()

    package init(place: String, maximumLength: Int) {
        self.place = place
        self.maximumLength = maximumLength
    }

    /// Whether everything has been fed and read.
    package var isFinished: Bool { hasEnded && start == bytes.count }

    /// Adds bytes; `nil` says that there are no more.
    package mutating func feed(_ chunk: [UInt8]?) {
        guard let chunk else {
            hasEnded = true
            return
        }
        bytes.removeFirst(start)
        searched -= start
        start = 0
        bytes += chunk
    }

    /// Reads the next line that is not blank, without a byte order mark before it.
    /// - Parameter read: Makes something of a line; `nil` leaves it out.
    /// - Returns: `nil` when more bytes are needed, or none are left.
    /// - Throws: ``PlanError`` for a line that is too long, and what `read` throws, with the line named.
    @inlinable
    package mutating func next<Value>(
        _ read: (UnsafeRawBufferPointer) throws(JSONLinesProblem) -> Value?
    ) throws(PlanError) -> Value? {
        var value: Value?
        try take { line throws(JSONLinesProblem) in
            value = try read(line)
            return value != nil
        }
        return value
    }

    /// Reads lines up to one of which something is made. Not generic, so that it costs other modules nothing.
    @usableFromInline
    mutating func take(_ read: (UnsafeRawBufferPointer) throws(JSONLinesProblem) -> Bool) throws(PlanError) {
        while let range = try nextRange() {
            let reading = bytes.withUnsafeBytes { all -> Result<Bool, JSONLinesProblem> in
                var bytes = all[range]
                if bytes.starts(with: UTF8Text.mark) { bytes = bytes.dropFirst(UTF8Text.mark.count) }
                if bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { return .success(false) }
                return Result { () throws(JSONLinesProblem) in try read(UnsafeRawBufferPointer(rebasing: bytes)) }
            }
            do {
                if try reading.get() { return }
            } catch {
                throw self.error(error.text, column: error.column)
            }
        }
    }

    /// Reads the next value of JSON: a line that is one (https://jsonlines.org), one that goes over several lines, or one that stands on
    /// a line with others.
    /// - Parameter read: Makes something of the bytes of a value.
    /// - Returns: `false` when more bytes are needed, or none are left.
    /// - Throws: ``PlanError`` for a value that is too long, and what `read` throws, with the line and the column named.
    package mutating func takeValue(
        _ read: (UnsafeRawBufferPointer) throws(JSONMessageFault) -> Void
    ) throws(PlanError) -> Bool {
        skipSpace()
        guard start < bytes.count else { return false }
        line = passed + 1
        // Nearly always a line is a value, and need not be looked through before it is read.
        if scan.offset == 0, let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")), end - start <= maximumLength,
            fault(of: start..<end, read) == nil
        {
            (start, searched, passed) = (end + 1, end + 1, passed + 1)
            return true
        }
        let end = bytes.withUnsafeBytes { all in
            scan.end(in: UnsafeRawBufferPointer(rebasing: all[start...]), isLast: hasEnded)
        }
        guard (end ?? scan.offset) <= maximumLength else {
            throw error("is longer than \(maximumLength) bytes, the most that is taken")
        }
        guard let end else { return false }
        let value = bytes[start..<start + end]
        if let fault = fault(of: value.indices, read) {
            let place = fault.position(in: value)
            line += place.line - 1
            throw error(fault.text, column: place.column)
        }
        passed += value.count { $0 == UInt8(ascii: "\n") }
        start += end
        (searched, scan) = (start, JSONValueScan())
        return true
    }

    private func fault(
        of value: Range<Int>, _ read: (UnsafeRawBufferPointer) throws(JSONMessageFault) -> Void
    ) -> JSONMessageFault? {
        bytes.withUnsafeBytes { all in
            do throws(JSONMessageFault) {
                try read(UnsafeRawBufferPointer(rebasing: all[value]))
                return nil
            } catch {
                return error
            }
        }
    }

    /// Goes past white space, and past byte order marks: files that were put together have several.
    private mutating func skipSpace() {
        guard scan.offset == 0 else { return }
        while start < bytes.count {
            switch bytes[start] {
            case UInt8(ascii: "\n"):
                passed += 1
                start += 1
            case 0x20, 0x09, 0x0D: start += 1
            case 0xEF where bytes[start...].starts(with: UTF8Text.mark): start += UTF8Text.mark.count
            default:
                searched = start
                return
            }
        }
        searched = start
    }

    private mutating func nextRange() throws(PlanError) -> Range<Int>? {
        let end = bytes[searched...].firstIndex(of: UInt8(ascii: "\n"))
        searched = end ?? bytes.count
        guard searched - start <= maximumLength else {
            line += 1
            throw error("is longer than \(maximumLength) bytes, the most that is taken")
        }
        guard end != nil || (hasEnded && start < bytes.count) else { return nil }
        line += 1
        defer {
            start = min(searched + 1, bytes.count)
            searched = start
        }
        return start..<searched
    }

    /// The line that was read last, for errors.
    package var linePlace: String { "\(place), line \(line)" }

    private func error(_ problem: String, column: Int? = nil) -> PlanError {
        PlanError(place: linePlace + (column.map { ", column \($0)" } ?? ""), problem: problem)
    }
}

/// What is wrong with a line, and what was expected.
@usableFromInline
package struct JSONLinesProblem: Error {
    let text: String
    /// The character, counted from 1, where that is known.
    let column: Int?

    package init(_ text: String, column: Int? = nil) {
        (self.text, self.column) = (text, column)
    }
}
