/// Something that a server says of a failed call beside its status: a message of google.rpc (error_details.proto), or one that
/// nobody here knows.
public struct StatusDetail: Hashable, Sendable {
    /// The full name of the message: `google.rpc.BadRequest`.
    public var type: String
    /// What it says: of a `BadRequest` for instance the path of each field, and what is wrong with it. Of a message that is not
    /// known, its bytes in hexadecimal.
    public var fields: [MetadataEntry]

    public init(_ type: String, _ fields: [MetadataEntry]) {
        self.type = type
        self.fields = fields
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
