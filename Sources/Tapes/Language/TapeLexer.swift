/// Cuts a tape into tokens. Comments and white space are left out; where a token stands says on which line it is.
struct TapeLexer {
    private let characters: [Character]
    private var index = 0
    private var position = TapePosition(line: 1, column: 1)

    private init(_ text: String) {
        characters = Array(text)
    }

    static func tokens(of text: String) -> [TapeToken] {
        var lexer = TapeLexer(text)
        var tokens: [TapeToken] = []
        while let token = lexer.next() { tokens.append(token) }
        return tokens
    }

    private var current: Character? { index < characters.count ? characters[index] : nil }
    private var following: Character? { index + 1 < characters.count ? characters[index + 1] : nil }

    private mutating func advance() {
        guard let character = current else { return }
        index += 1
        if character.isNewline {
            position = TapePosition(line: position.line + 1, column: 1)
        } else {
            position.column += 1
        }
    }

    private mutating func next() -> TapeToken? {
        skipBlanks()
        guard let first = current else { return nil }
        let start = position
        let kind = kind(beginningWith: first)
        return TapeToken(kind: kind, position: start, end: position)
    }

    private mutating func skipBlanks() {
        while let character = current {
            if character == "#" {
                while let next = current, !next.isNewline { advance() }
            } else if character.isWhitespace || character == "\u{FEFF}" {
                advance()
            } else {
                return
            }
        }
    }

    private mutating func kind(beginningWith first: Character) -> TapeToken.Kind {
        switch first {
        case "\"", "'", "`":
            return quoted(by: first).map { .text($0) } ?? .invalid("text whose closing \(first) is missing on its line")
        case "/":
            return quoted(by: first).map { .expression($0) }
                ?? .invalid(
                    "an expression whose closing / is missing on its line (a path that begins with / is quoted)")
        case "{": return object()
        case "@", "+", "%", "=", "[", "]", "-", "^", "\\":
            advance()
            return .symbol(first)
        case _ where first.isDigit || first == "." && following?.isDigit == true:
            return .number(take { $0.isDigit || $0 == "." })
        case _ where first.isBareLetter || first == ".":
            return .word(take { $0.isBareLetter || $0.isDigit || "._-/%".contains($0) })
        default:
            advance()
            return .invalid("'\(first)', which stands in quotes only")
        }
    }

    private mutating func take(while isPart: (Character) -> Bool) -> String {
        let start = index
        while let character = current, isPart(character) { advance() }
        return String(characters[start..<index])
    }

    /// What stands between two marks on one line; `nil` where the second is missing.
    private mutating func quoted(by mark: Character) -> String? {
        advance()
        let text = take { $0 != mark && !$0.isNewline }
        guard current == mark else { return nil }
        advance()
        return text
    }

    /// An object of JSON, which may go over several lines and holds no other object.
    private mutating func object() -> TapeToken.Kind {
        let start = index
        _ = take { $0 != "}" }
        guard current == "}" else { return .invalid("an object of JSON whose closing } is missing") }
        advance()
        return .json(String(characters[start..<index]))
    }
}

extension Character {
    fileprivate var isDigit: Bool { ("0"..."9").contains(self) }
    fileprivate var isBareLetter: Bool { ("a"..."z").contains(self) || ("A"..."Z").contains(self) }
}
