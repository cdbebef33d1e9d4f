extension HelloRequest {
    /// Reads a request from its plain form: an object of `name` and perhaps `language`, in either order.
    ///
    /// Nearly every request has this form, and a general parser takes many times as long to read it.
    /// - Returns: `nil` for everything else, be it right or wrong: that is for a general parser to tell.
    package init?(plainJSON bytes: UnsafeRawBufferPointer) {
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
    /// Writes a request: `{"name":"Ana","language":"en"}`. Without a language the key is left out.
    package mutating func append(_ request: HelloRequest) {
        append("name", request.name, language: request.language)
    }

    /// Writes a reply: `{"message":"Hello, Ana!","language":"en"}`. Without a language the key is left out.
    package mutating func append(_ reply: HelloReply) {
        append("message", reply.message, language: reply.language)
    }

    private mutating func append(_ field: StaticString, _ text: String, language: String?) {
        append(raw: "{\"")
        append(raw: field)
        append(raw: "\":")
        append(text)
        if let language {
            append(raw: ",\"language\":")
            append(language)
        }
        append(raw: "}")
    }
}
