import Synchronization

/// Requests read from a file descriptor as JSON Lines (https://jsonlines.org), sent as they arrive.
///
/// Each line is one request: `{"name":"Ana","language":"en"}`; `language` may be missing or `null`. Blank lines are
/// skipped, a byte order mark before a line too (files that were put together have several), and lines may end in CRLF.
/// Everything else is an error that names its line; what came before it is sent first.
///
/// Reading follows sending: at most one chunk of 64 KiB and one incomplete line are held. What is read is gone, so
/// there is one run only.
public final class JSONLinesPlan: RequestPlan {
    /// The longest line that is taken, in bytes, unless another limit is given: 1 MiB.
    public static let maximumLineLength = 1 << 20

    private let descriptor: Int32
    private let place: String
    private let maximumLineLength: Int
    private let isTaken = Mutex(false)

    /// - Parameters:
    ///   - descriptor: Open for reading. It stays the caller's, and open.
    ///   - place: What errors call it.
    ///   - maximumLineLength: The longest line that is taken, in bytes.
    public init(
        descriptor: Int32, place: String = "standard input", maximumLineLength: Int = maximumLineLength
    ) {
        self.descriptor = descriptor
        self.place = place
        self.maximumLineLength = maximumLineLength
    }

    public var isRepeatable: Bool { false }

    public func makeSource(clock: any CallClock) -> any RequestSource {
        let isFirst = isTaken.withLock { isTaken in
            defer { isTaken = true }
            return !isTaken
        }
        return JSONLinesSource(
            reader: isFirst ? DescriptorReader(descriptor: descriptor) : nil,
            decoder: JSONLinesDecoder(place: place, maximumLineLength: maximumLineLength), place: place)
    }
}

/// The one run of a ``JSONLinesPlan``.
private struct JSONLinesSource: RequestSource {
    /// `nil` where somebody else is reading already.
    let reader: DescriptorReader?
    var decoder: JSONLinesDecoder
    let place: String

    mutating func next(atMost limit: Int) async throws -> [HelloRequest]? {
        guard let reader else {
            throw PlanError(place: place, problem: "can be read only once; save it to a file to send it again")
        }
        while true {
            try Task.checkCancellation()
            let batch = try decoder.next(atMost: limit)
            if !batch.isEmpty { return batch }
            if decoder.isFinished { return nil }
            do {
                try await decoder.feed(reader.read())
            } catch let error as DescriptorReader.Failure {
                throw PlanError(place: place, problem: "cannot be read: \(error)")
            }
        }
    }
}
