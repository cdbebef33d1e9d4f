import RPCCore

/// Cuts a template into its pieces.
struct TemplateParser {
    private let text: String
    private let allowsFields: Bool
    private var pieces: [Template.Piece] = []
    private var literal = ""
    /// Braces of JSON that are open: objects in it are text, and places in them are places.
    private var depth = 0
    /// Whether a text of that JSON is open, in which braces are not its own.
    private var isInText = false

    init(text: String, allowsFields: Bool) {
        self.text = text
        self.allowsFields = allowsFields
    }

    /// The places that every template may have.
    private static let places = ["i", "uuid", "now", "random"]

    mutating func parse() throws(TemplateError) -> [Template.Piece] {
        var rest = text[...]
        while let brace = rest.firstIndex(where: isMark) {
            literal += rest[..<brace]
            let after = text.index(after: brace)
            if rest[brace] == "\"" || rest[brace] == "\\" {
                if rest[brace] == "\"" { isInText.toggle() }
                let isEscape = rest[brace] == "\\" && after < text.endIndex
                let end = isEscape ? text.index(after: after) : after
                literal += rest[brace..<end]
                rest = rest[end...]
                continue
            }
            if takeBraceOfJSON(rest[brace], before: rest[after...]) {
                rest = rest[after...]
                continue
            }
            if rest[after...].first == rest[brace] {
                literal.append(rest[brace])
                rest = rest[text.index(after: after)...]
                continue
            }
            guard rest[brace] == "{" else { throw error(at: brace, "'}' stands alone; write '}}' for a brace") }
            guard let end = rest[after...].firstIndex(where: { $0 == "{" || $0 == "}" }), rest[end] == "}" else {
                throw error(at: brace, "'{' is not closed; write '{{' for a brace")
            }
            flush()
            pieces.append(try place(rest[after..<end], at: brace))
            rest = rest[text.index(after: end)...]
        }
        literal += rest
        flush()
        return pieces
    }

    /// Takes a brace that belongs to JSON for text: one before a name in quotation marks or another brace that closes it, and the
    /// one that closes that.
    private mutating func takeBraceOfJSON(_ brace: Character, before rest: Substring) -> Bool {
        guard !isInText else { return false }
        if brace == "}", depth > 0 {
            depth -= 1
        } else if brace == "{", let next = rest.first(where: { !$0.isWhitespace }), next == "\"" || next == "}" {
            depth += 1
        } else {
            return false
        }
        literal.append(brace)
        return true
    }

    /// Whether a character is more than text.
    private func isMark(_ character: Character) -> Bool {
        character == "{" || character == "}" || depth > 0 && (character == "\"" || character == "\\")
    }

    private mutating func flush() {
        if !literal.isEmpty { pieces.append(.text(literal)) }
        literal = ""
    }

    private func error(at index: String.Index, _ problem: String) -> TemplateError {
        TemplateError(position: text.distance(from: text.startIndex, to: index), problem: problem)
    }

    private func place(_ inside: Substring, at index: String.Index) throws(TemplateError) -> Template.Piece {
        let colon = inside.firstIndex(of: ":")
        let word = String(inside[..<(colon ?? inside.endIndex)])
        let argument = colon.map { String(inside[inside.index(after: $0)...]) }
        switch (word, argument) {
        case ("i", nil): return .number(from: 1)
        case ("i", let first?):
            guard let first = Int(first) else { throw error(at: index, "{i:…} takes a whole number, such as {i:0}") }
            return .number(from: first)
        case ("uuid", nil): return .uuid
        case ("now", nil): return .now(.iso)
        case ("now", let form?):
            guard let form = Template.TimeForm(rawValue: form), form != .iso else {
                throw error(at: index, "{now:…} takes unix or ms")
            }
            return .now(form)
        case ("random", nil): return .random(0...999_999_999)
        case ("random", let choices?): return try random(choices, at: index)
        case ("field", let name?) where allowsFields && !name.isEmpty: return .field(name)
        default:
            guard allowsFields, !inside.isEmpty else { throw unknown(inside, at: index) }
            return .field(String(inside))
        }
    }

    private func random(_ choices: String, at index: String.Index) throws(TemplateError) -> Template.Piece {
        if choices.contains("|") {
            return .choice(choices.split(separator: "|", omittingEmptySubsequences: false).map(String.init))
        }
        guard let dash = choices.dropFirst().firstIndex(of: "-"), let low = Int(choices[..<dash]),
            let high = Int(choices[choices.index(after: dash)...]), low <= high
        else {
            throw error(at: index, "{random:…} takes a range, such as {random:1-6}, or words, such as {random:en|es}")
        }
        return .random(low...high)
    }

    private func unknown(_ inside: Substring, at index: String.Index) -> TemplateError {
        let known = Self.places.map { "{\($0)}" }.joined(separator: ", ")
        return error(
            at: index,
            "{\(inside.prefix(40))} is unknown: {{ is a brace; the places are \(known)"
                + (allowsFields ? " and the fields of the record" : "; fields are for steps that read records"))
    }
}
