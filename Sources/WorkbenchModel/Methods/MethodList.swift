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
    public var shortName: String { "\(service.lastPart)/\(name)" }
}

/// What is said of a server's services: all of it, or of some.
public struct MethodList: Hashable, Sendable {
    /// A service or a method that cannot be used.
    public struct Unusable: Hashable, Sendable {
        /// `demo.v1.Library`, or `demo.v1.Library/GetBook`. Not yet made safe for a terminal.
        public var name: String
        public var reason: String

        public init(_ name: String, _ reason: String) {
            self.name = name
            self.reason = reason
        }

        /// The service that it is, or that it is of.
        var service: String { name.firstIndex(of: "/").map { String(name[..<$0]) } ?? name }
    }

    /// The full names of services, in the order of the server. What methods they have may not be known yet.
    public var services: [String]
    public var methods: [MethodEntry]
    public var unusable: [Unusable]
    /// What has changed since the server was asked before, in one sentence; empty where nothing is known to have.
    public var news: String
    /// What else there is to say: files that are missing, answers that were odd. Sentences without a full stop, not yet made safe
    /// for a terminal.
    public var notes: [String]

    public init(
        _ methods: [MethodEntry] = [], unusable: [Unusable] = [], news: String = "", services: [String] = [],
        notes: [String] = []
    ) {
        self.notes = notes
        self.services = services
        self.methods = methods
        self.unusable = unusable
        self.news = news
    }
}
