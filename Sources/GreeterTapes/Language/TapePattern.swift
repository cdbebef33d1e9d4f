import Foundation

/// A regular expression of a tape, in ICU's syntax. Compares by its text.
public struct TapePattern: Hashable, Sendable {
    /// The expression as it is written, without its slashes.
    public let text: String
    private let expression: NSRegularExpression

    /// - Returns: `nil` for what is no regular expression.
    public init?(_ text: String) {
        guard let expression = try? NSRegularExpression(pattern: text) else { return nil }
        self.text = text
        self.expression = expression
    }

    /// Whether the expression is found anywhere in a text.
    public func isFound(in text: String) -> Bool {
        expression.firstMatch(in: text, range: NSRange(location: 0, length: text.utf16.count)) != nil
    }

    public static func == (first: TapePattern, second: TapePattern) -> Bool { first.text == second.text }

    public func hash(into hasher: inout Hasher) { hasher.combine(text) }
}
