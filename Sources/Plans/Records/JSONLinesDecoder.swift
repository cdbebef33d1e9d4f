import RPCCore

/// Reads a request from each line of JSON Lines (https://jsonlines.org).
///
/// Each line is one request: an object with the fields of the message, of which those that are optional may be missing or `null`.
/// Blank lines are skipped, a byte order mark before a line too (files that were put together have several), and lines may end in CRLF.
/// Everything else is an error that names its line.
struct JSONLinesDecoder: RecordDecoder {
    private var lines: LineBuffer

    private let reader: JSONLinesRequest

    init(place: String, of message: any MessageCodec, maximumLineLength: Int = RecordLimits.recordLength) {
        reader = JSONLinesRequest(message)
        lines = LineBuffer(place: place, maximumLength: maximumLineLength)
    }

    var isFinished: Bool { lines.isFinished }

    mutating func feed(_ chunk: [UInt8]?) { lines.feed(chunk) }

    mutating func next() throws(PlanError) -> DecodedRecord? {
        let reader = reader
        return try lines.next { line throws(JSONLinesProblem) in .request(try reader.read(line)) }
    }
}
