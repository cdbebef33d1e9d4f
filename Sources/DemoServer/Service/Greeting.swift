import RPCCore

/// What the service says.
enum Greeting {
    /// The name that is greeted when a request names nobody.
    static let defaultName = "John Doe"
    /// The language of a request that asks for none.
    static let defaultLanguage = "en"
    /// Why a request without a name is refused.
    static let emptyName = "Name cannot be empty"

    /// Greets one name. A language that nobody here speaks is greeted in English.
    static func reply(to request: HelloRequest) -> HelloReply {
        let language = request.language ?? defaultLanguage
        return HelloReply(message: text(for: request.name, in: language), language: language)
    }

    static func text(for name: String, in language: String) -> String {
        let (before, after) = words(in: language)
        return before + name + after
    }

    /// What stands before a name and behind it.
    static func words(in language: String) -> (before: String, after: String) {
        switch language {
        case "zh": ("你好，", "！")
        case "es": ("¡Hola, ", "!")
        case "fr": ("Bonjour, ", "!")
        case "de": ("Hallo, ", "!")
        case "ja": ("こんにちは、", "さん！")
        default: ("Hello, ", "!")
        }
    }

    /// One of the greetings of a server stream, counted from 1. The first stands alone, the others say which they are.
    static func reply(to request: HelloRequest, number: Int, of count: Int) -> HelloReply {
        var reply = reply(to: request)
        if number > 1 { reply.message += " (\(number) of \(count))" }
        return reply
    }
}

extension HelloRequest {
    /// Whether the name has nothing to greet in it.
    var hasBlankName: Bool {
        if let first = name.utf8.first, first > 0x20, first < 0x7F { return false }
        return name.allSatisfy(\.isWhitespace)
    }
}

/// The requests of a client stream, summed up as they come.
///
/// Holds a count and the first three names, each cut at 64 characters, however long the stream.
struct GreetedNames {
    private static let limit = 3
    private static let lengthLimit = 64

    private(set) var count = 0
    private var names: [String] = []
    private var language: String?

    mutating func add(_ request: HelloRequest) {
        if count == 0 { language = request.language }
        count += 1
        guard names.count < Self.limit else { return }
        let name = request.name
        names.append(name.count > Self.lengthLimit ? name.prefix(Self.lengthLimit) + "…" : name)
    }

    /// One greeting for all, in the language of the first: `Hello, Alice, Bob and Charlie! (3 requests)`.
    var reply: HelloReply {
        let language = language.map { String($0.prefix(Self.lengthLimit)) } ?? Greeting.defaultLanguage
        let greeting = Greeting.text(for: list, in: language)
        return HelloReply(message: "\(greeting) (\(count) request\(count == 1 ? "" : "s"))", language: language)
    }

    private var list: String {
        guard let last = names.last else { return "nobody" }
        if count > names.count { return names.joined(separator: ", ") + " and \(count - names.count) more" }
        if count == 1 { return last }
        return names.dropLast().joined(separator: ", ") + " and " + last
    }
}
