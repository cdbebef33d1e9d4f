/// Reads a request from each line of JSON Lines (https://jsonlines.org).
///
/// Each line is one request: `{"name":"Ana","language":"en"}`; `language` may be missing or `null`. Blank lines are
/// skipped, a byte order mark before a line too (files that were put together have several), and lines may end in CRLF.
/// Everything else is an error that names its line.
struct JSONLinesDecoder: RecordDecoder {
    private var lines: LineBuffer

    init(place: String, maximumLineLength: Int = RecordLimits.recordLength) {
        lines = LineBuffer(place: place, maximumLength: maximumLineLength)
    }

    var isFinished: Bool { lines.isFinished }

    mutating func feed(_ chunk: [UInt8]?) { lines.feed(chunk) }

    mutating func next() throws(PlanError) -> DecodedRecord? {
        try lines.next { line throws(JSONLinesProblem) in
            if let request = HelloRequest(plainJSON: line) { return .request(request) }
            return .request(try HelloRequest(jsonLine: line))
        }
    }
}
