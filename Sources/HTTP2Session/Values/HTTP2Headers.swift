/// One field of a header block.
package struct HTTP2Field: Hashable, Sendable {
    /// In lower case (RFC 9113, 8.2.1).
    package var name: String
    /// Bytes that are no UTF-8 have become U+FFFD.
    package var value: String
    /// Whether it is never put into a table of HPACK, here or by anybody on the way (RFC 7541, 7.1.3), nor shown to a tap.
    package var isSensitive: Bool

    package init(_ name: String, _ value: String, isSensitive: Bool = false) {
        self.name = name
        self.value = value
        self.isSensitive = isSensitive
    }
}

/// The fields of a header block, in order; a name may occur more than once.
package struct HTTP2Headers: Hashable, Sendable, ExpressibleByDictionaryLiteral {
    package var fields: [HTTP2Field]

    package init(_ fields: [HTTP2Field] = []) {
        self.fields = fields
    }

    package init(dictionaryLiteral elements: (String, String)...) {
        fields = elements.map { HTTP2Field($0, $1) }
    }

    /// The value of the first field of that name.
    package subscript(name: String) -> String? {
        fields.first { $0.name == name }?.value
    }

    /// The values of all fields of that name, in order.
    package func values(of name: String) -> [String] {
        fields.filter { $0.name == name }.map(\.value)
    }

    package mutating func add(_ name: String, _ value: String, isSensitive: Bool = false) {
        fields.append(HTTP2Field(name, value, isSensitive: isSensitive))
    }

    /// The same for eyes that must not see what is sensitive.
    var redacted: HTTP2Headers {
        guard fields.contains(where: \.isSensitive) else { return self }
        return HTTP2Headers(fields.map { $0.isSensitive ? HTTP2Field($0.name, "•••", isSensitive: true) : $0 })
    }
}

/// A header block that has come.
package struct HTTP2HeaderBlock: Hashable, Sendable {
    package var headers: HTTP2Headers
    /// Before HPACK, as SETTINGS_MAX_HEADER_LIST_SIZE counts: names, values, and 32 bytes a field (RFC 9113, 6.5.2).
    package var size: Int
    /// After HPACK: the payloads of HEADERS and of all its CONTINUATION frames, with padding if there is any.
    package var encodedSize: Int
    /// Whether the block ends the stream. A response that consists of such a block alone is "trailers-only".
    package var endsStream: Bool
}
