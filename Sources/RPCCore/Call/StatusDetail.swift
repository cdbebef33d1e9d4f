/// Something that a server says of a failed call beside its status: a message of google.rpc (error_details.proto), or one that
/// nobody here knows.
public struct StatusDetail: Hashable, Sendable {
    /// The full name of the message: `google.rpc.BadRequest`.
    public var type: String
    /// What it says: of a `BadRequest` for instance the path of each field, and what is wrong with it. Of a message that is not
    /// known, its bytes in hexadecimal.
    public var fields: [MetadataEntry]
    /// All bytes of a message that is not known, for whoever can find out what it is. They are not kept with the call.
    public var unread: [UInt8]

    public init(_ type: String, _ fields: [MetadataEntry], unread: [UInt8] = []) {
        self.type = type
        self.fields = fields
        self.unread = unread
    }

    /// The first 32 fields of a message, with the first 500 characters of each.
    public init(_ type: String, of value: MessageValue) {
        self.init(
            type,
            value.fields.prefix(32).map { field in
                let rest = field.text.unicodeScalars.dropFirst(500)
                let text = String(String.UnicodeScalarView(field.text.unicodeScalars.prefix(500)))
                return MetadataEntry(field.name, rest.isEmpty ? text : text + "…")
            })
    }

    public static func == (one: StatusDetail, other: StatusDetail) -> Bool {
        one.type == other.type && one.fields == other.fields
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(type)
        hasher.combine(fields)
    }
}

extension StatusDetail: CustomStringConvertible {
    /// On one line: `BadRequest: name: must not be empty; language: is unknown`.
    public var description: String {
        let name = type.hasPrefix("google.rpc.") ? String(type.dropFirst("google.rpc.".count)) : type
        guard !fields.isEmpty else { return name }
        return "\(name): " + fields.map(\.description).joined(separator: "; ")
    }
}
