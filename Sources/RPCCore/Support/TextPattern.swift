import Foundation

/// A regular expression (ICU's syntax), compiled once. Compares by its text.
public struct TextPattern: Hashable, Sendable {
    /// How much of the processor's time one search may take. There are expressions that would take years on a short text, such as
    /// `(a+)+$`.
    public static let timeout = Duration.milliseconds(500)

    /// The expression as it is written.
    public let text: String
    private let expression: NSRegularExpression

    /// Why a text is no regular expression, as the end of a sentence: `expected ')'`.
    public struct Problem: Error, Hashable, Sendable {
        public let text: String
    }

    /// A search that was given up.
    public struct TooSlow: Error, Hashable, Sendable, CustomStringConvertible {
        public let pattern: TextPattern

        public var description: String {
            "'\(pattern.text)' was looked for longer than \(TextPattern.timeout.text) in a text of this kind"
        }
    }

    public init(_ text: String) throws(Problem) {
        do {
            expression = try NSRegularExpression(pattern: text)
            self.text = text
        } catch {
            throw Problem(text: Self.reason(text))
        }
    }

    /// Whether the expression is found anywhere in a text.
    /// - Throws: ``TooSlow`` where that took longer than ``timeout``.
    public func isFound(in text: String) throws(TooSlow) -> Bool {
        let end = Self.processorTime + Self.timeout
        var isFound = false
        var isTooSlow = false
        let all = NSRange(location: 0, length: text.utf16.count)
        // Called for a match, and from time to time while there is none.
        expression.enumerateMatches(in: text, options: .reportProgress, range: all) { match, _, stop in
            isFound = match != nil
            isTooSlow = !isFound && Self.processorTime > end
            if isFound || isTooSlow { stop.pointee = true }
        }
        if isTooSlow { throw TooSlow(pattern: self) }
        return isFound
    }

    /// What this thread has had of the processor, whatever else the machine does.
    private static var processorTime: Duration {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    /// Where the expression is found in a text, as offsets in its UTF-16 form; those that were found within a time limit.
    package func ranges(in text: String, within limit: Duration) -> [Range<Int>] {
        let end = Self.processorTime + limit
        var ranges: [Range<Int>] = []
        let all = NSRange(location: 0, length: text.utf16.count)
        expression.enumerateMatches(in: text, options: .reportProgress, range: all) { match, _, stop in
            if let match, match.range.length > 0 { ranges.append(match.range.lowerBound..<match.range.upperBound) }
            if Self.processorTime > end { stop.pointee = true }
        }
        return ranges
    }

    /// ICU's wrapper says only that there is an error; Swift's parser, of nearly the same syntax, says which.
    private static func reason(_ text: String) -> String {
        do {
            _ = try Regex(text)
            return "the expression cannot be read"
        } catch {
            return "\(error)"
        }
    }

    public static func == (first: TextPattern, second: TextPattern) -> Bool { first.text == second.text }

    public func hash(into hasher: inout Hasher) { hasher.combine(text) }
}
