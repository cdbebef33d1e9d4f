/// The words of a command line that a tape types, quoted as in a shell (POSIX.1, XCU 2.2). Nothing else of a shell is
/// there: what would be an operator, an expansion or a pattern is refused.
enum CommandLineWords {
    struct Problem: Error, Hashable {
        let text: String
    }

    private static let operators = Set("|&;<>()$`*?[]{}!")
    /// What means something only at the beginning of a word.
    private static let beginnings = Set("~#")

    static func split(_ line: String) throws(Problem) -> [String] {
        var words: [String] = []
        var word: String?
        var quote: Character?
        var isEscaped = false
        for character in line {
            if isEscaped {
                word = (word ?? "") + String(character)
                isEscaped = false
            } else if character == "\\", quote != "'" {
                isEscaped = true
            } else if let open = quote {
                if character == open { quote = nil } else { word = (word ?? "") + String(character) }
            } else if character == "'" || character == "\"" {
                quote = character
                word = word ?? ""
            } else if character.isWhitespace {
                if let complete = word { words.append(complete) }
                word = nil
            } else if operators.contains(character) || word == nil && beginnings.contains(character) {
                throw Problem(text: "'\(character)' means nothing here: a tape's prompt is no shell")
            } else {
                word = (word ?? "") + String(character)
            }
        }
        guard quote == nil, !isEscaped else { throw Problem(text: "a quote is not closed in the command line") }
        return words + (word.map { [$0] } ?? [])
    }
}
