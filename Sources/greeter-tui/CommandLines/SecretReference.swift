import RPCCore

/// Writes what a header says where others may read it: what is secret is a variable of the environment, in the form `${NAME}` that
/// `--expand-headers` of this program and `-expand-headers` of grpcurl take.
struct SecretReference {
    /// A shorter value of a variable is not looked for in headers.
    private static let shortest = 8

    let redaction: Redaction
    let environment: [String: String]

    /// The header as `name: value`.
    func text(of header: MetadataEntry) -> String { "\(header.name): \(value(of: header))" }

    /// Whether the text of a header has a reference in it.
    static func isReference(_ text: String) -> Bool { text.contains("${") }

    private func value(of header: MetadataEntry) -> String {
        guard isSecret(header, header.value) || Self.isReference(header.value) else { return header.value }
        // The variable that it was taken from, if it is still there, or else one to be set.
        let sources = environment.filter { $0.value.utf8.count >= Self.shortest && header.value.contains($0.value) }
        let longest = sources.max { ($0.value.utf8.count, $1.key) < ($1.value.utf8.count, $0.key) }
        if let longest {
            let written = header.value.replacing(longest.value, with: "${\(longest.key)}")
            let others = header.value.replacing(longest.value, with: "")
            if redaction.redacted(others) == others { return written }
        }
        return "${\(Self.variable(for: header.name))}"
    }

    private func isSecret(_ header: MetadataEntry, _ value: String) -> Bool {
        redaction.hides(header) || redaction.redacted(value) != value
    }

    /// `X_API_KEY` for `x-api-key`.
    static func variable(for name: String) -> String {
        String(name.uppercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
    }
}
