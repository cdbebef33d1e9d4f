/// The smallest piece of a tape that means something.
struct TapeToken: Hashable {
    enum Kind: Hashable {
        /// A word without quotes: a command, a setting, a unit, a path.
        case word(String)
        /// Text in quotes of one of the three sorts, without them.
        case text(String)
        case number(String)
        /// A regular expression, without its slashes.
        case expression(String)
        /// An object of JSON, with its braces.
        case json(String)
        /// One of `@ + % = [ ] - ^ \`.
        case symbol(Character)
        /// No token of the language, and why.
        case invalid(String)
    }

    var kind: Kind
    var position: TapePosition
    /// The place behind its last character.
    var end: TapePosition

    /// Whether it begins where another ends.
    func isAdjacent(to other: TapeToken) -> Bool { position == other.end }

    /// What stands there, for people: `'Entr'`, `the text "abc"`, `the number 5`.
    var described: String {
        switch kind {
        case .word(let word): "'\(word.prefix(40))'"
        case .text(let text): "the text \"\(text.prefix(40))\""
        case .number(let number): "the number \(number.prefix(40))"
        case .expression(let text): "the expression /\(text.prefix(40))/"
        case .json: "an object of JSON"
        case .symbol(let symbol): "'\(symbol)'"
        case .invalid(let reason): reason
        }
    }
}
