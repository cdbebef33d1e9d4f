import Foundation
public import RPCCore

/// A port on loopback that nobody serves, and nobody else can as long as this exists.
public final class ClosedPort: Sendable {
    public let address: ServerAddress
    private let descriptor: Int32

    /// - Parameter takesConnections: Whether connections are made, and never answered, instead of refused.
    public init(takesConnections: Bool = false) throws {
        let port: Int
        (descriptor, port) = try LoopbackSocket.bound(backlog: takesConnections ? 16 : nil)
        address = ServerAddress(scheme: .http, host: "127.0.0.1", port: port)
    }

    deinit {
        close(descriptor)
    }
}
