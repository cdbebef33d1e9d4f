/// Keeps secrets out of what is written: credentials by their value wherever they are, headers by their name, and what
/// addresses carry in their query by the name of the parameter.
///
/// Texts are masked before they are shortened: a secret across the cut would leave its beginning otherwise. Who shortens what a
/// server said finds what is to be masked in ``current``.
public struct Redaction: Sendable {
    /// What must not appear, as UTF-8; the longest first, for one may be part of another.
    private var secrets: [[UInt8]]
    private var headers: Set<String>

    /// What is secret in this task; nothing, unless ``with(_:_:)`` says otherwise.
    @TaskLocal package static var current = Redaction()

    /// - Parameters:
    ///   - secrets: Credentials, whose text must not appear.
    ///   - headers: Headers that are set for the requests. No value of theirs is written, nor of a header of that name in
    ///     an answer; and those that may be credentials are kept out of texts, see ``Credentials``.
    ///   - routes: Where requests go, perhaps with a credential in the query.
    public init(secrets: [Secret] = [], headers: [MetadataEntry] = [], routes: [String] = []) {
        self.headers = Set(headers.map { $0.name.lowercased() })
        self.secrets = []
        add(secrets.map { $0.reveal() } + headers.flatMap(Credentials.inHeader) + routes.flatMap(Credentials.inQuery))
    }

    private mutating func add(_ texts: [String]) {
        let all = Set(secrets).union(texts.filter { !$0.isEmpty }.map { Array($0.utf8) })
        secrets = all.sorted { ($0.count, $1.description) > ($1.count, $0.description) }
    }

    /// The same, and no value of these headers either. The case of their letters does not count.
    public func hiding(headers names: [String]) -> Redaction {
        var redaction = self
        redaction.headers.formUnion(names.map { $0.lowercased() })
        return redaction
    }

    /// The same, and nothing that another hides.
    public func hiding(_ other: Redaction) -> Redaction {
        var redaction = self
        redaction.headers.formUnion(other.headers)
        redaction.add(other.secrets.map { String(decoding: $0, as: UTF8.self) })
        return redaction
    }

    /// The same, and no credential in the query of a route either.
    public func hiding(route: String?) -> Redaction {
        var redaction = self
        redaction.add(route.map(Credentials.inQuery) ?? [])
        return redaction
    }

    /// Only what is hidden by the name of its header: for what has lost its secrets already.
    package var ofNames: Redaction {
        var redaction = self
        redaction.secrets = []
        return redaction
    }

    /// Whether the value of a header that is set for the requests may stand on screen: it is none that may be a credential.
    public static func shows(_ header: MetadataEntry) -> Bool { Credentials.inHeader(header).isEmpty }

    /// Whether there is anything to keep out of texts.
    package var hasSecrets: Bool { !secrets.isEmpty }

    /// A text without the credentials.
    public func redacted(_ text: String) -> String {
        guard hasSecrets, mayHide(in: text) else { return text }
        return String(decoding: redacted(Array(text.utf8)), as: UTF8.self)
    }

    /// Bytes without the credentials: with the mask in their place.
    package func redacted(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for secret in secrets { bytes = Self.replacing(secret, in: bytes, with: Array(Secret.mask.utf8)) }
        return bytes
    }

    /// Bytes in which the credentials are overwritten with asterisks: all others stay where they are.
    package func overwritten(_ bytes: [UInt8]) -> [UInt8] {
        secrets.reduce(bytes) { bytes, secret in
            Self.replacing(secret, in: bytes, with: Array(repeating: UInt8(ascii: "*"), count: secret.count))
        }
    }

    /// A text without the credentials, and without those in the query of an address in it.
    package func redactedAddress(_ text: String) -> String { Credentials.maskingQuery(redacted(text)) }

    /// Whether the value of a header must not be written.
    package func hides(_ entry: MetadataEntry) -> Bool {
        entry.isSecret || headers.contains(entry.name.lowercased())
    }

    /// Whether a credential is in a text. Looks at bytes, not at characters, which is many times as quick.
    package func mayHide(in text: String) -> Bool {
        guard hasSecrets else { return false }
        var text = text
        return text.withUTF8 { mayHide(in: $0) }
    }

    /// Whether a credential is in bytes.
    func mayHide(in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        secrets.contains { ByteSearch.position(of: $0, in: bytes) != nil }
    }

    private static func replacing(_ secret: [UInt8], in bytes: [UInt8], with mask: [UInt8]) -> [UInt8] {
        var masked: [UInt8] = []
        var start = 0
        while let found = ByteSearch.position(of: secret, in: bytes, from: start) {
            masked += bytes[start..<found]
            masked += mask
            start = found + secret.count
        }
        return masked + bytes[start...]
    }
}
