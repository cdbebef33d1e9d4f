/// What is looked for in messages.
public enum MessagePattern: Hashable, Sendable {
    /// Text in the line that a list shows of a message, whatever the case of its letters.
    case text(String)
    /// An expression that is found in that line.
    case expression(TextPattern)

    /// Reads what a user writes: an expression between slashes, such as `/^Hello/`, and text otherwise.
    public init(parsing text: String) throws(TextPattern.Problem) {
        let isExpression = text.utf8.count > 2 && text.hasPrefix("/") && text.hasSuffix("/")
        self = isExpression ? .expression(try TextPattern(String(text.dropFirst().dropLast()))) : .text(text)
    }

    /// Whether it is found in a line.
    public func isFound(in line: String) throws(TextPattern.TooSlow) -> Bool {
        switch self {
        case .expression(let expression): try expression.isFound(in: line)
        case .text(let text): line.lowercased().contains(text.lowercased())
        }
    }
}

/// Finds out whether a message is what is looked for.
struct MessageMatcher: Sendable {
    private enum Rule: Sendable {
        /// Lower-case letters of ASCII.
        case plain([UInt8], crossesParts: Bool)
        case other(MessagePattern)
    }

    private let rule: Rule

    init(_ pattern: MessagePattern) {
        guard case .text(let text) = pattern, text.utf8.allSatisfy({ $0 < 0x80 }) else {
            rule = .other(pattern)
            return
        }
        let lower = text.lowercased()
        // What a list adds to the texts of a message has one of these in it.
        rule = .plain(Array(lower.utf8), crossesParts: lower.contains { "· :()".contains($0) })
    }

    func matches(_ message: StreamMessage) throws(TextPattern.TooSlow) -> Bool {
        switch rule {
        case .other(let pattern): try pattern.isFound(in: message.summary)
        case .plain(let text, let crossesParts):
            // Nearly all messages have it nowhere, and need not be decoded for that to be known.
            (crossesParts || Self.mayContain(message, text)) && Self.contains(message.summary, text)
        }
    }

    /// Whether the text of a field may have it: whether the payload has, or spells its text in another way.
    private static func mayContain(_ message: StreamMessage, _ needle: [UInt8]) -> Bool {
        switch message.role {
        case .rejection, .noise: true
        case .request, .response:
            !message.payload.codec.isTextOnly
                || message.payload.message.withUnsafeBufferPointer {
                    contains($0, needle) || message.payload.encoding == .json && $0.contains(UInt8(ascii: "\\"))
                }
        }
    }

    private static func contains(_ text: String, _ needle: [UInt8]) -> Bool {
        var text = text
        return text.withUTF8 { contains($0, needle) }
    }

    private static func contains(_ text: UnsafeBufferPointer<UInt8>, _ needle: [UInt8]) -> Bool {
        guard let first = needle.first else { return true }
        guard text.count >= needle.count else { return false }
        for start in 0...text.count - needle.count where lower(text[start]) == first {
            if needle.indices.allSatisfy({ lower(text[start + $0]) == needle[$0] }) { return true }
        }
        return false
    }

    private static func lower(_ byte: UInt8) -> UInt8 {
        byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
    }
}
