/// One request of the Greeter service: whom to greet, and in which language.
public struct HelloRequest: Hashable, Sendable, Codable {
    /// Whom to greet. Servers refuse an empty name; the workbench lets one be sent, so that the refusal can be seen.
    public var name: String
    /// A language tag such as `en` or `zh`. `nil` leaves the field out, and the server chooses (English).
    public var language: String?

    public init(name: String, language: String? = nil) {
        self.name = name
        self.language = language
    }

    /// One line for a list: `Alice · en`.
    public var summary: String {
        language.map { "\(name) · \($0)" } ?? name
    }
}
