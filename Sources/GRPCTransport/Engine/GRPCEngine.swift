/// What carries the calls of a ``GRPCTransport``.
package enum GRPCEngine: Hashable, Sendable, CaseIterable {
    /// grpc-swift-2 and its transport.
    case library
    /// HTTP/2 on libnghttp2, and gRPC on that by this program.
    case session
}
