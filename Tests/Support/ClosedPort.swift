import Foundation
public import GreeterCore

/// A port on loopback that nobody serves, and nobody else can as long as this exists.
public final class ClosedPort: Sendable {
    public let address: ServerAddress
    private let descriptor: Int32

    public struct Failure: Error {
        let errorNumber: Int32
    }

    /// - Parameter takesConnections: Whether connections are made, and never answered, instead of refused.
    public init(takesConnections: Bool = false) throws {
        #if os(Linux)
            descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
            descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        let result = withUnsafeMutablePointer(to: &name) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { name in
                bind(descriptor, name, length) == 0 ? getsockname(descriptor, name, &length) : -1
            }
        }
        guard result == 0, !takesConnections || listen(descriptor, 16) == 0 else { throw Failure(errorNumber: errno) }
        address = ServerAddress(scheme: .http, host: "127.0.0.1", port: Int(UInt16(bigEndian: name.sin_port)))
    }

    deinit {
        close(descriptor)
    }
}
