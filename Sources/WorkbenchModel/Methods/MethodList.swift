public import RPCCore

/// A method that can be called.
public struct MethodEntry: Hashable, Sendable {
    public var schema: MethodSchema

    public init(_ schema: MethodSchema) {
        self.schema = schema
    }

    /// How it can be called over HTTP; empty where nothing says so.
    public var route: String { schema.routes.first?.text ?? "" }

    public var ref: MethodRef { schema.ref }

    /// What a plan for it calls it.
    var planName: String { isKnown ? ref.fullName : schema.input.name }

    /// Compares by name and by who knows the messages: one that was read anew is another.
    public static func == (one: MethodEntry, other: MethodEntry) -> Bool {
        one.ref == other.ref && one.schema.input === other.schema.input && one.schema.output === other.schema.output
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(ref)
    }
}

extension MethodRef {
    /// The method with the last part of its service's name: `Library/GetBook`.
    public var shortName: String { "\(service.split(separator: ".").last.map(String.init) ?? service)/\(name)" }
}

/// What a server has to be called.
public struct MethodList: Hashable, Sendable {
    /// A service or a method that cannot be used.
    public struct Unusable: Hashable, Sendable {
        public var name: String
        public var reason: String

        public init(_ name: String, _ reason: String) {
            self.name = name
            self.reason = reason
        }
    }

    public var methods: [MethodEntry]
    public var unusable: [Unusable]
    /// What has changed since the server was asked before, in one sentence; empty where nothing is known to have.
    public var news: String

    public init(_ methods: [MethodEntry] = [], unusable: [Unusable] = [], news: String = "") {
        self.methods = methods
        self.unusable = unusable
        self.news = news
    }
}
