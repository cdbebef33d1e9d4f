import RPCCore

/// Makes records of bytes, whatever pieces they come in. Holds at most one incomplete record and what has been fed.
protocol RecordDecoder: Sendable {
    /// Whether everything has been fed and read.
    var isFinished: Bool { get }
    /// Adds bytes; `nil` says that there are no more.
    mutating func feed(_ chunk: [UInt8]?)
    /// The next record; `nil` when more bytes are needed, or none are left.
    /// - Throws: ``PlanError`` for what is no record. Nothing can be read after it.
    mutating func next() throws(PlanError) -> DecodedRecord?
    /// The names of the columns, once they were read; `nil` where there are none.
    var columns: [String]? { get }
    /// Where the record that was read last is, or a column of it.
    func place(ofColumn column: Int?) -> String
}

extension RecordDecoder {
    var columns: [String]? { nil }
}

/// Whether a record of these values is taken, in the order of ``FieldSelection/names``.
typealias RecordTest = @Sendable ([String?]) throws(TextPattern.TooSlow) -> Bool

/// A record as a plan uses it.
enum DecodedRecord: Hashable, Sendable {
    /// A record that is a request.
    case request(MessageValue)
    /// A record that is a request, as it is sent.
    case encoded([UInt8])
    /// The values of the fields that were selected, in the order of ``FieldSelection/names``; `nil` for a missing one.
    case fields([String?])
}

/// How much of a record is taken.
public enum RecordLimits {
    /// The longest record that is taken, and the longest line of JSON Lines, in bytes: 1 MiB.
    public static let recordLength = 1 << 20
    /// The most fields that a line of CSV may have.
    public static let fieldCount = 4096
}
