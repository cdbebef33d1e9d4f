/// Cuts bytes into lines and reads a request from each, whatever pieces the bytes come in.
///
/// Holds the bytes of what has been fed and not yet asked for, and of one incomplete line.
struct JSONLinesDecoder: Sendable {
    private let place: String
    private let maximumLineLength: Int
    private var bytes: [UInt8] = []
    /// Where the first line begins that has not been read.
    private var start = 0
    /// Up to where there is known to be no end of that line.
    private var searched = 0
    private var line = 0
    private var hasEnded = false
    /// What is to be thrown once the requests before it have been handed over.
    private var failure: PlanError?

    init(place: String, maximumLineLength: Int = JSONLinesPlan.maximumLineLength) {
        self.place = place
        self.maximumLineLength = maximumLineLength
    }

    /// Whether everything has been fed and read.
    var isFinished: Bool { hasEnded && start == bytes.count && failure == nil }

    /// Adds bytes; `nil` says that there are no more.
    mutating func feed(_ chunk: [UInt8]?) {
        guard let chunk else {
            hasEnded = true
            return
        }
        bytes.removeFirst(start)
        searched -= start
        start = 0
        bytes += chunk
    }

    /// The requests of the lines that are complete, at most `limit`; none when more bytes are needed.
    /// - Throws: ``PlanError`` for a line that is no request. Nothing can be read after it.
    mutating func next(atMost limit: Int) throws(PlanError) -> [HelloRequest] {
        var batch: [HelloRequest] = []
        do throws(PlanError) {
            if let failure { throw failure }
            while batch.count < limit, let range = try nextLine() {
                if let request = try read(range) { batch.append(request) }
            }
        } catch {
            failure = error
            if batch.isEmpty { throw error }
        }
        return batch
    }

    private mutating func nextLine() throws(PlanError) -> Range<Int>? {
        let end = bytes[searched...].firstIndex(of: UInt8(ascii: "\n"))
        searched = end ?? bytes.count
        guard searched - start <= maximumLineLength else {
            line += 1
            throw error("is longer than \(maximumLineLength) bytes, the most that is taken")
        }
        guard end != nil || (hasEnded && start < bytes.count) else { return nil }
        line += 1
        defer {
            start = min(searched + 1, bytes.count)
            searched = start
        }
        return start..<searched
    }

    private func read(_ range: Range<Int>) throws(PlanError) -> HelloRequest? {
        let reading = bytes.withUnsafeBytes { all -> Result<HelloRequest?, JSONLinesProblem> in
            var bytes = all[range]
            if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
            let text = UnsafeRawBufferPointer(rebasing: bytes)
            if text.allSatisfy({ [0x20, 0x09, 0x0D].contains($0) }) { return .success(nil) }
            if let request = HelloRequest(plainJSON: text) { return .success(request) }
            return Result { () throws(JSONLinesProblem) in try HelloRequest(jsonLine: text) }
        }
        do {
            return try reading.get()
        } catch {
            throw self.error(error.text)
        }
    }

    private func error(_ problem: String) -> PlanError {
        PlanError(place: "\(place), line \(line)", problem: problem)
    }
}
