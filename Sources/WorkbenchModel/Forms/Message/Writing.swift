import Plans

/// How texts of a message are written in its form.
enum Writing: Hashable, Sendable {
    /// As they are sent.
    case plain
    /// With places to fill in, and braces doubled that are none.
    /// - Parameter fromRecord: Whether fields of a record may stand in places.
    case template(fromRecord: Bool)

    /// The parts of a text.
    /// - Throws: what is wrong with its places.
    func parts(of text: String) throws(TemplateError) -> [Template.Part] {
        switch self {
        case .plain: [.text(text)]
        case .template(let fromRecord): try Template(text, allowsFields: fromRecord).parts
        }
    }

    /// A text that stands for itself, as it is written.
    func written(_ literal: String) -> String {
        guard self != .plain else { return literal }
        return literal.reduce(into: "") { text, character in
            if character == "{" || character == "}" { text.append(character) }
            text.append(character)
        }
    }

    /// The text with something in its places; `nil` where only a record knows what, or the places are wrong.
    func sample(of text: String) -> String? {
        guard let parts = try? parts(of: text) else { return nil }
        var sample = ""
        for part in parts {
            switch part {
            case .text(let text): sample += text
            case .place(_, let filled?): sample += filled
            case .place(_, nil): return nil
            }
        }
        return sample
    }

    func hasPlaces(_ text: String) -> Bool {
        guard self != .plain, text.contains("{"), let parts = try? parts(of: text) else { return false }
        return parts.contains { if case .place = $0 { true } else { false } }
    }
}
