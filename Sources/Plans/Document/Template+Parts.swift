extension Template {
    /// A part of a template: text that stands for itself, or a place.
    package enum Part: Hashable, Sendable {
        case text(String)
        /// - Parameters:
        ///   - written: As it is written, with its braces.
        ///   - sample: What may stand there; `nil` where only a record knows.
        case place(written: String, sample: String?)
    }

    /// What it is made of, in order.
    package var parts: [Part] {
        pieces.map { piece in
            switch piece {
            case .text(let text): .text(text)
            case .number(1): .place(written: "{i}", sample: "1")
            case .number(let first): .place(written: "{i:\(first)}", sample: String(first))
            case .uuid: .place(written: "{uuid}", sample: "00000000-0000-4000-8000-000000000000")
            case .now(.iso): .place(written: "{now}", sample: "2026-01-01T00:00:00.000Z")
            case .now(.unix): .place(written: "{now:unix}", sample: "1767225600")
            case .now(.milliseconds): .place(written: "{now:ms}", sample: "1767225600000")
            case .random(0...999_999_999): .place(written: "{random}", sample: "0")
            case .random(let range):
                .place(written: "{random:\(range.lowerBound)-\(range.upperBound)}", sample: String(range.upperBound))
            case .choice(let words):
                .place(written: "{random:\(words.joined(separator: "|"))}", sample: words.first ?? "")
            case .field(let name): .place(written: "{field:\(name)}", sample: nil)
            }
        }
    }
}
