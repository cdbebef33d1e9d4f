import RPCCore

/// Reads chosen fields of comma-separated values (RFC 4180): the first line names the fields, lines end in CRLF or LF,
/// fields in quotation marks may hold commas, line ends and doubled quotation marks. Blank lines are skipped, a byte order
/// mark at the beginning too.
struct CSVDecoder: RecordDecoder {
    private let place: String
    private let selection: FieldSelection
    private let takes: RecordTest
    private let maximumLength: Int
    private var bytes: [UInt8] = []
    private var start = 0
    private var hasEnded = false
    private var row = CSVRow()
    /// The line in which the next row begins, counted from 1.
    private var line = 1
    private var header: Header?
    /// Whether all columns are taken, after the fields that were selected.
    private let takesColumns: Bool
    /// What the first line names, once it was read.
    private(set) var columns: [String]?
    /// The line of the record that was read last.
    private var recordLine = 0

    /// What the first line says.
    private struct Header {
        /// How many fields there are.
        var count: Int
        /// The columns of the selected fields; `nil` for one that there is not.
        var columns: [Int?]
    }

    init(
        place: String, selection: FieldSelection, takes: @escaping RecordTest = { _ in true },
        takesColumns: Bool = false, maximumLength: Int = RecordLimits.recordLength
    ) {
        self.takesColumns = takesColumns
        self.place = place
        self.selection = selection
        self.takes = takes
        self.maximumLength = maximumLength
    }

    var isFinished: Bool { hasEnded && start == bytes.count && header != nil }

    mutating func feed(_ chunk: [UInt8]?) {
        guard let chunk else {
            hasEnded = true
            return
        }
        bytes.removeFirst(start)
        start = 0
        bytes += chunk
    }

    mutating func next() throws(PlanError) -> DecodedRecord? {
        while try findRow() {
            defer {
                start = row.end
                recordLine = line
                line += row.lineCount
            }
            if row.isBlank { continue }
            guard let header else {
                self.header = try readHeader()
                continue
            }
            guard row.fields.count == header.count else {
                throw error(
                    "has \(row.fields.count.counted("field", "fields")), and the first line names \(header.count.counted("field", "fields"))"
                )
            }
            let values = try header.columns.map { column throws(PlanError) in try column.map(text) ?? nil }
            do throws(TextPattern.TooSlow) {
                if try takes(values) { return .fields(values) }
            } catch {
                throw self.error("\(error)")
            }
        }
        if hasEnded, header == nil {
            throw PlanError(place: place, problem: "is empty; expected a line of field names")
        }
        return nil
    }

    /// - Returns: whether there is a whole row at the start.
    private mutating func findRow() throws(PlanError) -> Bool {
        if line == 1, header == nil, start == 0, bytes.starts(with: UTF8Text.mark) { start = UTF8Text.mark.count }
        guard start < bytes.count else { return false }
        var row = CSVRow()
        swap(&row, &self.row)
        defer { swap(&row, &self.row) }
        do throws(CSVRow.Problem) {
            let extent = try bytes.withUnsafeBufferPointer { bytes throws(CSVRow.Problem) in
                try row.find(in: bytes, from: start, isLast: hasEnded)
            }
            guard (extent == .complete ? row.end : bytes.count) - start <= maximumLength else {
                throw CSVRow.Problem(line: 0, text: "is longer than \(maximumLength) bytes, the most that is taken")
            }
            return extent == .complete
        } catch {
            line += error.line
            throw self.error(error.text)
        }
    }

    private mutating func readHeader() throws(PlanError) -> Header {
        let names = try row.fields.indices.map { index throws(PlanError) in try text(index) }
        if let twice = names.first(where: { name in names.count { $0 == name } > 1 }) {
            throw error("names the field '\(twice.prefix(40))' twice")
        }
        if let problem = selection.problem(with: names) { throw error(problem) }
        columns = names
        return Header(
            count: names.count,
            columns: selection.names.map { names.firstIndex(of: $0) } + (takesColumns ? Array(names.indices) : []))
    }

    func place(ofColumn column: Int?) -> String {
        guard let column, row.fields.indices.contains(column), let first = row.fields.first else {
            return "\(place), line \(recordLine)"
        }
        let before = bytes[first.range.lowerBound..<row.fields[column].range.lowerBound]
        return "\(place), line \(recordLine), column \(String(decoding: before, as: UTF8.self).count + 1)"
    }

    /// The content of a field of the present row.
    private func text(_ index: Int) throws(PlanError) -> String {
        let field = row.fields[index]
        let text = bytes.withUnsafeBytes {
            String(validating: UnsafeRawBufferPointer(rebasing: $0[field.range]), as: UTF8.self)
        }
        guard let text else { throw error("is not UTF-8") }
        return field.hasDoubledMarks ? text.replacing("\"\"", with: "\"") : text
    }

    private func error(_ problem: String) -> PlanError {
        PlanError(place: "\(place), line \(line)", problem: problem)
    }
}
