extension HelloRequest {
    /// Reads a request from its plain form: an object of `name` and perhaps `language`, in either order, whose
    /// strings hold no escapes.
    ///
    /// Nearly every request has this form, and a general parser takes many times as long to read it.
    /// - Returns: `nil` for everything else, be it right or wrong: that is for a general parser to tell.
    package init?(plainJSON bytes: UnsafeRawBufferPointer) {
        var scanner = PlainJSONScanner(bytes: bytes)
        guard scanner.skip(UInt8(ascii: "{")) else { return nil }
        var name: String?
        var language: String?
        var hasLanguage = false
        repeat {
            guard let key = scanner.string(), scanner.skip(UInt8(ascii: ":")) else { return nil }
            if name == nil, key.elementsEqual("name".utf8) {
                guard let value = scanner.string().flatMap(String.init(checking:)) else { return nil }
                name = value
            } else if !hasLanguage, key.elementsEqual("language".utf8) {
                hasLanguage = true
                if scanner.skipNull() { continue }
                guard let value = scanner.string().flatMap(String.init(checking:)) else { return nil }
                language = value
            } else {
                return nil
            }
        } while scanner.skip(UInt8(ascii: ","))
        guard let name, scanner.skip(UInt8(ascii: "}")), scanner.isAtEnd else { return nil }
        self.init(name: name, language: language)
    }
}

extension JSONText {
    /// Writes a reply: `{"message":"Hello, Ana!","language":"en"}`. Without a language the key is left out.
    package mutating func append(_ reply: HelloReply) {
        append(raw: "{\"message\":")
        append(reply.message)
        if let language = reply.language {
            append(raw: ",\"language\":")
            append(language)
        }
        append(raw: "}")
    }
}

extension String {
    /// Text from bytes that may be no UTF-8.
    init?(checking bytes: Slice<UnsafeRawBufferPointer>) {
        self.init(validating: UnsafeRawBufferPointer(rebasing: bytes), as: UTF8.self)
    }
}
