/// What descriptors from outside may hold. What goes beyond it is refused by name, and the rest is used.
enum SchemaLimits {
    static let files = 4096
    static let messages = 65_536
    static let fields = 1_000_000
    static let fieldsOfMessage = 16_384
    static let enumValues = 1_000_000
    static let valuesOfEnum = 65_536
    static let services = 16_384
    static let methods = 65_536
    /// How deep types are declared in one another; `protoc` refuses the next.
    static let nesting = 32
    /// Of a name, and of one with its package, in bytes.
    static let name = 512
    static let fullName = 4096
    /// How much may be looked up by name in all, in bytes of the names: one without a leading dot is tried in each scope.
    static let lookups = 256 << 20
    /// Of a default value, in bytes.
    static let defaultValue = 65_536
}

/// What of a schema cannot be used, and why.
public struct SchemaProblem: Hashable, Sendable {
    /// The file in which it is: `problem.proto`.
    public var file: String
    /// What is unusable, by its full name: `problem.v1.Note.x`; empty where it is the file.
    public var symbol: String
    /// Not yet made safe for a terminal.
    public var reason: String

    /// `problem.proto: problem.v1.Note.x: type .nobody.Knows is not defined`.
    public var text: String { [file, symbol, reason].filter { !$0.isEmpty }.joined(separator: ": ") }
}
