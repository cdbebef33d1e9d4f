import RPCCore

/// Reads a request from each line of JSON Lines (https://jsonlines.org). Messages that are more than texts may also go over several
/// lines, and stand on one line with others.
///
/// Each line is one request: an object with the fields of the message, of which those that are optional may be missing or `null`.
/// Blank lines are skipped, a byte order mark before a line too (files that were put together have several), and lines may end in CRLF.
/// Everything else is an error that names its line.
struct JSONLinesDecoder: RecordDecoder {
    private var lines: LineBuffer

    private let reader: JSONLinesRequest
    private let codec: any MessageCodec
    private let encoding: Payload.Encoding

    /// - Parameter encoding: Of the messages that are made, where they are more than texts.
    init(
        place: String, of message: any MessageCodec, as encoding: Payload.Encoding = .json,
        maximumLineLength: Int = RecordLimits.recordLength
    ) {
        (codec, self.encoding) = (message, encoding)
        reader = JSONLinesRequest(message)
        lines = LineBuffer(place: place, maximumLength: maximumLineLength)
    }

    var isFinished: Bool { lines.isFinished }

    func place(ofColumn column: Int?) -> String { lines.linePlace }

    mutating func feed(_ chunk: [UInt8]?) { lines.feed(chunk) }

    mutating func next() throws(PlanError) -> DecodedRecord? {
        let (reader, codec, encoding) = (reader, codec, encoding)
        guard codec.shape != nil else {
            return try lines.next { line throws(JSONLinesProblem) in .request(try reader.read(line)) }
        }
        var bytes: [UInt8] = []
        let isThere = try lines.takeValue { value throws(JSONMessageFault) in
            try codec.write(json: value, as: encoding, to: &bytes)
        }
        return isThere ? .encoded(bytes) : nil
    }
}
