/// The four kinds of RPC, by which direction of the call is a stream.
public enum CallKind: String, Hashable, Sendable, CaseIterable, Codable {
    case unary
    case serverStream = "server-stream"
    case clientStream = "client-stream"
    case bidirectional = "bidi"

    /// The kind as people write it: `client stream`.
    public var title: String {
        switch self {
        case .unary: "unary"
        case .serverStream: "server stream"
        case .clientStream: "client stream"
        case .bidirectional: "bidirectional"
        }
    }

    /// Whether many requests travel in one call. Where they do not, a plan of several requests makes one exchange
    /// each, in order.
    public var streamsRequests: Bool { self == .clientStream || self == .bidirectional }

    /// Whether one request may be answered by many replies.
    public var streamsReplies: Bool { self == .serverStream || self == .bidirectional }
}
