/// What holds for one call, whatever the transport.
public struct CallOptions: Hashable, Sendable {
    /// How long the call may take; `nil` for no limit. Counted from ``deadlineStart``.
    public var deadline: Duration?
    /// From when ``deadline`` counts.
    public var deadlineStart: DeadlineStart
    /// Headers or metadata to send, beside those of the transport's configuration.
    public var metadata: [MetadataEntry]
    /// What is called instead of the usual: the route of a gateway, which begins with `/`, or a gRPC method such as
    /// `SayHello` or `helloworld.Greeter/SayHello`. A transport that it cannot be for goes by its configuration.
    public var method: String?
    /// The identifier of the last event that an earlier attempt has had of its first request: the server is asked to go on after
    /// it. See ``CallError/lastEventID``.
    public var lastEventID: String?

    public init(
        deadline: Duration? = .seconds(30), deadlineStart: DeadlineStart = .call, metadata: [MetadataEntry] = [],
        method: String? = nil, lastEventID: String? = nil
    ) {
        self.deadline = deadline
        self.deadlineStart = deadlineStart
        self.metadata = metadata
        self.method = method
        self.lastEventID = lastEventID
    }

    /// Whether a credential has been taken out of ``method``, so that it can be read but not called again.
    public var isMethodMasked: Bool { method?.contains(Secret.mask) == true }

    /// The moment from which a deadline counts.
    public enum DeadlineStart: Hashable, Sendable {
        /// The start of the call, as gRPC has it.
        case call
        /// The half-close: a stream that a user holds open may stay open, but its end may not take for ever.
        case halfClose
    }
}

/// One header, trailer or metadata entry. Names are compared without case; order and repetition are kept.
public struct MetadataEntry: Hashable, Sendable {
    public var name: String
    public var value: String

    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }

    /// Whether the value is a credential that must not be shown, logged or recorded.
    public var isSecret: Bool {
        let name = name.lowercased()
        return ["authorization", "proxy-authorization", "cookie", "set-cookie"].contains(name)
            || ["token", "secret", "password", "api-key", "apikey"].contains { name.contains($0) }
    }
}

extension MetadataEntry: CustomStringConvertible {
    /// The entry as it may be shown: a credential's value is replaced.
    public var description: String { "\(name): \(isSecret ? Secret.mask : value)" }
}
