import RPCCore
import WorkbenchModel

/// Reads the messages of an excerpt as JSON, one a line. In memory are a few of them, however many there are.
struct ExcerptReader: Sendable {
    /// So many messages are read at once.
    private static let window = 256

    private let excerpt: Excerpt
    private let transcript: any TranscriptReading
    /// Those that are there when it is made: of a call that goes on, more may come meanwhile.
    private var left: Range<Int>

    init(_ excerpt: Excerpt, of transcript: any TranscriptReading) {
        (self.excerpt, self.transcript) = (excerpt, transcript)
        left = transcript.kept(of: excerpt.direction)
    }

    /// The next lines; `nil` at the end.
    /// - Throws: what reading throws; ``TextPattern/TooSlow``.
    mutating func next() async throws -> [UInt8]? {
        while !left.isEmpty {
            let window = left.prefix(Self.window)
            left = window.endIndex..<left.upperBound
            let messages = try await TranscriptSearch(excerpt.direction, of: transcript)
                .messages(excerpt.pattern, in: window.startIndex..<window.endIndex)
            guard messages.isEmpty else { return messages.flatMap { Array("\($0.jsonLine)\n".utf8) } }
        }
        return nil
    }
}

extension StreamMessage {
    /// The message as JSON, in one line; what is no message, or cannot be read, as an object that says so.
    var jsonLine: String {
        var json = JSONText(isTerminalSafe: true)
        json.append(raw: "{")
        if case .rejection(let reason) = role {
            json.field("refused", reason)
        } else if let whole = payload.json {
            return whole
        } else {
            json.field("unread", summary)
        }
        json.append(raw: "}")
        return json.string
    }
}
