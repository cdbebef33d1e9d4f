/// One request of the Greeter service: whom to greet, and in which language.
struct HelloRequest: Hashable, Sendable, Codable {
    /// Whom to greet. Servers refuse an empty name; the workbench lets one be sent, so that the refusal can be seen.
    var name: String
    /// A language tag such as `en` or `zh`. `nil` leaves the field out, and the server chooses (English).
    var language: String?

    init(name: String, language: String? = nil) {
        self.name = name
        self.language = language
    }
}

/// One reply of the Greeter service.
struct HelloReply: Hashable, Sendable, Codable {
    /// The greeting.
    var message: String
    /// The language of the greeting, where the server says it.
    var language: String?

    init(message: String, language: String? = nil) {
        self.message = message
        self.language = language
    }
}
