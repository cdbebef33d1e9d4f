public import RPCCore

/// The reply of a gateway whose own port is taken for that of the service behind it: it answers gRPC with the message of its
/// JSON envelope, and the status OK.
public enum GatewayGreeting {
    /// Whether a reply to a unary call is one. A service may of course say the same.
    public static func isOne(_ reply: HelloReply) -> Bool {
        reply.message == "success" && reply.language == nil
    }

    /// What must be wrong.
    public static let cause =
        "the greeting 'success' is what a gateway answers when its port is taken for the service's"

    /// What to try.
    public static func advice(for server: ServerAddress) -> String {
        "give the port of the gRPC service behind it, or use \(server.beginning(in: server.scheme.otherDialect))"
    }
}
