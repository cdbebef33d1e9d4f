import Foundation
import RPCCore

/// The records of a step, read as they are asked for: at most one chunk of 64 KiB and one incomplete record are held.
struct RecordStream: Sendable {
    private let reader: DescriptorReader
    private let place: String
    /// What errors call the records.
    var title: String { place }
    private var decoder: any RecordDecoder

    /// - Parameter directory: Where a relative path begins.
    /// - Throws: ``PlanError`` where the file cannot be opened, or standard input is read already.
    init(
        _ selection: RecordSelection, of step: RecordsStep, as encoding: Payload.Encoding, in directory: String,
        input: StandardInput
    ) throws(PlanError) {
        switch step.source {
        case .standardInput:
            place = StandardInput.place
            reader = try input.take()
        case .file(let path):
            place = path
            reader = try Self.open(path, in: directory)
        }
        decoder =
            switch step.effectiveFormat {
            case .csv:
                CSVDecoder(
                    place: place, selection: selection.fields, takes: selection.takes,
                    takesColumns: selection.takesColumns)
            case .jsonLines where selection.takesRequests, nil:
                JSONLinesDecoder(place: place, of: selection.codec, as: encoding)
            case .jsonLines: JSONRecordDecoder(place: place, selection: selection.fields, takes: selection.takes)
            }
    }

    private static func open(_ path: String, in directory: String) throws(PlanError) -> DescriptorReader {
        let file = PathText.beginning(in: directory, path)
        do throws(FileReadingError) {
            return DescriptorReader(descriptor: try FileReading.open(file, as: .stream), closesDescriptor: true)
        } catch {
            throw PlanError(place: file, problem: error.problem)
        }
    }

    /// Whether all records have been read.
    var isFinished: Bool { decoder.isFinished }

    /// The next record that meets the conditions; `nil` when more bytes are needed, or none are left.
    mutating func next() throws(PlanError) -> DecodedRecord? {
        try decoder.next()
    }

    /// What the first line of CSV names, once it was read.
    var columns: [String]? { decoder.columns }

    /// Where the record that was read last is, or a column of it.
    func place(ofColumn column: Int?) -> String { decoder.place(ofColumn: column) }

    /// Waits for more bytes.
    mutating func fill() async throws {
        do {
            try await decoder.feed(reader.read())
        } catch let error as DescriptorReader.Failure {
            throw PlanError(place: place, problem: "cannot be read: \(error)")
        }
    }
}

/// Which records a step takes, and which of their fields it looks at.
struct RecordSelection: Sendable {
    let codec: any MessageCodec
    let fields: FieldSelection
    /// What is made of a record.
    let template: RequestTemplate
    /// Whether every record is a request, all of it.
    let takesRequests: Bool
    /// Whether the columns of CSV say what a request is.
    let takesColumns: Bool
    private let conditions: [(index: Int, condition: RecordCondition)]

    /// - Parameter codec: Of the requests that are made.
    init(_ step: RecordsStep, of codec: any MessageCodec) {
        self.codec = codec
        takesRequests = step.template == nil && step.conditions.isEmpty
        let isObject = codec.shape.map { $0.wellKnown == nil } ?? false
        takesColumns = step.template == nil && step.effectiveFormat == .csv && isObject
        guard !takesColumns else {
            template = RequestTemplate([])
            var fields = FieldSelection()
            conditions = step.conditions.map { (fields.add($0.field, isRequired: true), $0) }
            self.fields = fields
            return
        }
        template =
            step.template ?? RequestTemplate(codec.fields.map { RequestTemplate.Field($0, Template(field: $0.name)) })
        var fields = FieldSelection()
        fields.allowsOthers = step.template != nil
        let optional = step.template == nil ? codec.fields.filter(\.isOptional).map(\.name) : []
        for name in template.recordFields { _ = fields.add(name, isRequired: !optional.contains(name)) }
        // The first line of CSV says what there is; in JSON a field may be missing from one record only.
        let isRequired = step.effectiveFormat == .csv
        conditions = step.conditions.map { (fields.add($0.field, isRequired: isRequired), $0) }
        self.fields = fields
    }

    /// What the columns of CSV make of a record.
    /// - Parameter place: The place of a column in the first line.
    func columnPaths(_ columns: [String], at place: (Int) -> String) throws(PlanError) -> ColumnPaths? {
        guard takesColumns, let shape = codec.shape else { return nil }
        do throws(ColumnPaths.Problem) {
            return try ColumnPaths(
                columns, of: shape, besides: Set(conditions.map(\.condition.field)), first: fields.names.count)
        } catch {
            throw PlanError(place: place(error.column), problem: error.text)
        }
    }

    /// Whether a record of these values meets the conditions.
    @Sendable func takes(_ values: [String?]) throws(TextPattern.TooSlow) -> Bool {
        for (index, condition) in conditions where try !condition.isMet(by: values[index] ?? "") { return false }
        return true
    }
}
