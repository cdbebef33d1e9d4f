import RPCCore

/// Which part of what is typed into a field may be a secret, and is masked once the field is left.
public enum FieldSecrecy: Hashable, Sendable {
    case none
    /// `NAME: VALUE`: what may be a credential, by its name or its length.
    case header
    /// Where a token is: `file PATH`, `variable NAME`, `command COMMAND`, `none`. Whatever else is typed may be the token.
    case tokenSource

    /// The text as it may be seen by others.
    func shown(_ text: String) -> String {
        switch self {
        case .none: text
        case .header: Self.header(text)
        case .tokenSource: Self.tokenSource(text)
        }
    }

    private static func header(_ text: String) -> String {
        guard !text.trimmingSpaces().isEmpty else { return text }
        // A value alone is typed by mistake.
        guard let colon = text.firstIndex(of: ":") else { return Secret.mask }
        let name = text[..<colon]
        let value = text[text.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
        let isShown = value.isEmpty || Redaction.shows(MetadataEntry(String(name).trimmingSpaces(), String(value)))
        return isShown ? text : "\(name): \(Secret.mask)"
    }

    private static func tokenSource(_ text: String) -> String {
        let words = text.split(separator: " ", maxSplits: 1)
        return switch (words.first, words.count) {
        case (nil, _), ("none", 1), ("file", _), ("variable", _), ("command", 1): text
        // It may have a secret among its words.
        case ("command", _): "command \(Secret.mask)"
        default: Secret.mask
        }
    }
}
