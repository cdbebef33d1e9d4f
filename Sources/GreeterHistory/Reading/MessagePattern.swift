public import GreeterCore

/// What is looked for in messages.
public enum MessagePattern: Hashable, Sendable {
    /// Text in the line that a list shows of a message, whatever the case of its letters.
    case text(String)
    /// An expression that is found in that line.
    case expression(TextPattern)
}

/// Finds out whether a message is what is looked for.
struct MessageMatcher {
    private enum Rule {
        /// Lower-case letters of ASCII.
        case plain([UInt8], crossesParts: Bool)
        case folded(String)
        case expression(TextPattern)
    }

    private let rule: Rule

    init(_ pattern: MessagePattern) {
        switch pattern {
        case .expression(let expression): rule = .expression(expression)
        case .text(let text):
            let lower = text.lowercased()
            // What a list adds to the texts of a message has one of these in it.
            let crossesParts = lower.contains { "· :()".contains($0) }
            let isPlain = lower.utf8.allSatisfy { $0 < 0x80 }
            rule = isPlain ? .plain(Array(lower.utf8), crossesParts: crossesParts) : .folded(lower)
        }
    }

    /// - Throws: ``TextPattern/TooSlow``.
    func matches(_ message: StreamMessage) throws(TextPattern.TooSlow) -> Bool {
        switch rule {
        case .expression(let expression): try expression.isFound(in: message.summary)
        case .folded(let text): message.summary.lowercased().contains(text)
        case .plain(let text, true): Self.contains(message.summary, text)
        case .plain(let text, false):
            switch message.body {
            case .request(let request):
                Self.contains(request.name, text) || request.language.map { Self.contains($0, text) } == true
            case .reply(let reply): Self.contains(reply.message, text)
            case .refusal, .markerEcho: Self.contains(message.summary, text)
            }
        }
    }

    private static func contains(_ text: String, _ needle: [UInt8]) -> Bool {
        var text = text
        return text.withUTF8 { text in
            guard let first = needle.first else { return true }
            guard text.count >= needle.count else { return false }
            for start in 0...text.count - needle.count where lower(text[start]) == first {
                if needle.indices.allSatisfy({ lower(text[start + $0]) == needle[$0] }) { return true }
            }
            return false
        }
    }

    private static func lower(_ byte: UInt8) -> UInt8 {
        byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
    }
}
