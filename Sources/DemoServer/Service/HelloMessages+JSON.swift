import RPCCore

extension HelloRequest {
    /// Reads a request from its plain form: an object of `name` and perhaps `language`, in either order.
    ///
    /// Nearly every request has this form, and a general parser takes many times as long to read it.
    /// - Returns: `nil` for everything else, be it right or wrong: that is for a general parser to tell.
    init?(plainJSON bytes: UnsafeRawBufferPointer) {
        var scanner = JSONScanner(bytes)
        guard scanner.skip("{") else { return nil }
        var name: String?
        var language: String??
        repeat {
            guard let key = scanner.string(), scanner.skip(":") else { return nil }
            switch key {
            case "name" where name == nil:
                guard let value = scanner.string() else { return nil }
                name = value
            case "language" where language == nil:
                guard let value = scanner.stringOrNull() else { return nil }
                language = .some(value)
            default: return nil
            }
        } while scanner.skip(",")
        guard let name, scanner.skip("}"), scanner.isAtEnd else { return nil }
        self.init(name: name, language: language ?? nil)
    }
}

extension JSONText {
    /// Writes a reply: `{"message":"Hello, Ana!","language":"en"}`. Without a language the key is left out.
    mutating func append(_ reply: HelloReply) {
        append(raw: "{\"message\":")
        append(reply.message)
        if let language = reply.language {
            append(raw: ",\"language\":")
            append(language)
        }
        append(raw: "}")
    }
}
