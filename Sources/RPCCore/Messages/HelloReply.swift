/// One reply of the Greeter service.
public struct HelloReply: Hashable, Sendable, Codable {
    /// The greeting.
    public var message: String
    /// The language of the greeting, where the server says it.
    public var language: String?

    public init(message: String, language: String? = nil) {
        self.message = message
        self.language = language
    }
}
