import RPCCore

/// Conditions in one line, for a field of a form: `active=true language=en|es city!="New York" name~^A`.
///
/// | written | the field |
/// |---|---|
/// | `field=text`, `field=one\|other` | is the text, or one of several |
/// | `field!=text`, `field!=one\|other` | is not the text, or none of several |
/// | `field~pattern` | has the regular expression in it |
///
/// Spaces stand between conditions; all of them must be met. What has a space or one of the signs in it, or is empty,
/// stands in quotation marks, in which a quotation mark is written twice.
extension RecordCondition {
    /// Reads conditions.
    public static func list(parsing text: String) throws(ConditionError) -> [RecordCondition] {
        var parser = ConditionParser(text)
        return try parser.parse()
    }

    /// The condition as ``list(parsing:)`` reads it.
    public var text: String {
        let field = Self.quoted(field, signs: "=!~")
        return switch test {
        case .isOneOf(let texts): "\(field)=\(Self.joined(texts))"
        case .isNoneOf(let texts): "\(field)!=\(Self.joined(texts))"
        case .matches(let pattern): "\(field)~\(Self.quoted(pattern.text, signs: ""))"
        }
    }

    private static func joined(_ texts: [String]) -> String {
        texts.map { quoted($0, signs: "|") }.joined(separator: "|")
    }

    private static func quoted(_ text: String, signs: String) -> String {
        let isBare = !text.isEmpty && text.first != "\"" && !text.contains { $0.isWhitespace || signs.contains($0) }
        return isBare ? text : "\"\(text.replacing("\"", with: "\"\""))\""
    }
}

/// What is wrong with conditions, and what was expected.
public struct ConditionError: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String

    public init(description: String) {
        self.description = description
    }
}

/// Reads conditions from their beginning to their end.
private struct ConditionParser {
    private let characters: [Character]
    private var position = 0

    init(_ text: String) {
        characters = Array(text)
    }

    mutating func parse() throws(ConditionError) -> [RecordCondition] {
        var conditions: [RecordCondition] = []
        skipSpace()
        while next != nil {
            let condition = try condition()
            guard !conditions.contains(where: { $0.field == condition.field }) else {
                throw ConditionError(
                    description: "'\(condition.field)' is there twice; write one|other for one of several texts")
            }
            conditions.append(condition)
            guard next?.isWhitespace ?? true else { throw expected("a space between conditions") }
            skipSpace()
        }
        return conditions
    }

    private var next: Character? { position < characters.count ? characters[position] : nil }

    private mutating func skip(_ character: Character) -> Bool {
        guard next == character else { return false }
        position += 1
        return true
    }

    private mutating func skipSpace() {
        while next?.isWhitespace == true { position += 1 }
    }

    private func expected(_ what: String) -> ConditionError {
        let found = next.map { "'\($0)'" } ?? "the end"
        return ConditionError(description: "expected \(what), not \(found)")
    }

    private mutating func condition() throws(ConditionError) -> RecordCondition {
        let field = try word(endingAt: "=!~")
        guard !field.isEmpty else { throw expected("a field, as in active=true") }
        if skip("~") { return RecordCondition(field, .matches(try pattern())) }
        let isNegated = skip("!")
        guard skip("=") else { throw expected("=, != or ~ after '\(field)'") }
        let texts = try texts()
        return RecordCondition(field, isNegated ? .isNoneOf(texts) : .isOneOf(texts))
    }

    private mutating func texts() throws(ConditionError) -> [String] {
        var texts: [String] = []
        repeat {
            let isQuoted = next == "\""
            let text = try word(endingAt: "|")
            guard isQuoted || !text.isEmpty else { throw expected("a text, or \"\" for none") }
            texts.append(text)
        } while skip("|")
        return texts
    }

    private mutating func pattern() throws(ConditionError) -> TextPattern {
        let text = try word(endingAt: "")
        guard !text.isEmpty else { throw expected("a pattern, as in name~^A") }
        do {
            return try TextPattern(text)
        } catch {
            throw ConditionError(description: "'\(text)' is no regular expression: \(error.text)")
        }
    }

    /// What stands before a space or one of the signs, or in quotation marks.
    private mutating func word(endingAt signs: String) throws(ConditionError) -> String {
        guard skip("\"") else {
            let start = position
            while let next, !next.isWhitespace, !signs.contains(next) { position += 1 }
            return String(characters[start..<position])
        }
        var word = ""
        while let character = next {
            position += 1
            if character == "\"", !skip("\"") { return word }
            word.append(character)
        }
        throw ConditionError(description: "a quotation mark is not closed")
    }
}
