/// Keeps secrets out of what is written: credentials by their value wherever they are, headers by their name.
public struct Redaction: Sendable {
    private let secrets: [Secret]
    private var headers: Set<String>

    /// - Parameters:
    ///   - secrets: Credentials, whose text must not appear.
    ///   - headers: Headers that are set for the requests. No value of theirs is written, nor of a header of that name in
    ///     an answer.
    public init(secrets: [Secret] = [], headers: [MetadataEntry] = []) {
        self.secrets = (secrets + headers.filter(\.isSecret).map { Secret($0.value) }).filter { !$0.reveal().isEmpty }
        self.headers = Set(headers.map { $0.name.lowercased() })
    }

    /// The same, and no value of these headers either. The case of their letters does not count.
    public func hiding(headers names: [String]) -> Redaction {
        var redaction = self
        redaction.headers.formUnion(names.map { $0.lowercased() })
        return redaction
    }

    /// Whether there is anything to keep out of texts.
    public var hasSecrets: Bool { !secrets.isEmpty }

    /// A text without the credentials.
    public func redacted(_ text: String) -> String {
        var text = text
        for secret in secrets where text.contains(secret.reveal()) {
            text = text.replacing(secret.reveal(), with: Secret.mask)
        }
        return text
    }

    /// Headers as they may be written: `name: value, …`.
    package func text(of entries: [MetadataEntry]) -> String {
        entries.map { "\($0.name): \(hides($0) ? Secret.mask : $0.value)" }.joined(separator: ", ")
    }

    /// Whether the value of a header must not be written.
    package func hides(_ entry: MetadataEntry) -> Bool {
        entry.isSecret || headers.contains(entry.name.lowercased())
    }

    /// Whether a credential is in a text. Quicker than to look for it character by character.
    package func mayHide(in text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            secrets.contains { secret in
                var needle = secret.reveal()
                return needle.withUTF8 { ByteSearch.position(of: $0, in: bytes) != nil }
            }
        }
    }
}
