import Foundation

/// A regular expression (ICU's syntax), compiled once. Compares by its text.
public struct TextPattern: Hashable, Sendable {
    /// Up to how many UTF-16 units text is searched unless told otherwise: what a server says must not decide how long a
    /// search takes.
    public static let searchLimit = 4096

    /// The expression as it is written.
    public let text: String
    private let expression: NSRegularExpression

    /// Why a text is no regular expression, as the end of a sentence: `expected ')'`.
    public struct Problem: Error, Hashable, Sendable {
        public let text: String
    }

    public init(_ text: String) throws(Problem) {
        do {
            expression = try NSRegularExpression(pattern: text)
            self.text = text
        } catch {
            throw Problem(text: Self.reason(text))
        }
    }

    /// Whether the expression is found anywhere in the beginning of a text.
    /// - Parameter limit: How much of it is searched, in UTF-16 units.
    public func isFound(in text: String, limit: Int = searchLimit) -> Bool {
        let length = min(text.utf16.count, limit)
        return expression.firstMatch(in: text, range: NSRange(location: 0, length: length)) != nil
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
