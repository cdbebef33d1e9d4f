import Foundation

/// TCP sockets of the system on loopback, for tests of which no library is to be a part.
public enum LoopbackSocket {
    public struct Failure: Error {
        public let errorNumber: Int32
    }

    /// A socket that is neither bound nor connected.
    public static func make() throws -> Int32 {
        #if os(Linux)
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
            let descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        guard descriptor >= 0 else { throw Failure(errorNumber: errno) }
        return descriptor
    }

    /// A socket at a port that the system chooses.
    /// - Parameter backlog: How many connections may wait to be accepted; `nil` where it does not listen, and connections are
    ///   refused.
    public static func bound(
        host: String = "127.0.0.1", backlog: Int32? = 16
    ) throws -> (descriptor: Int32, port: Int) {
        let descriptor = try make()
        var name = address(host, 0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &name) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { name in
                bind(descriptor, name, length) == 0 && (backlog.map { listen(descriptor, $0) == 0 } ?? true)
                    && getsockname(descriptor, name, &length) == 0
            }
        }
        guard isBound else { throw failure(closing: descriptor) }
        return (descriptor, Int(UInt16(bigEndian: name.sin_port)))
    }

    /// A socket that is connected.
    public static func connected(to host: String = "127.0.0.1", port: Int) throws -> Int32 {
        let descriptor = try make()
        var name = address(host, port)
        let isConnected = withUnsafePointer(to: &name) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isConnected else { throw failure(closing: descriptor) }
        return descriptor
    }

    private static func address(_ host: String, _ port: Int) -> sockaddr_in {
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_port = in_port_t(port).bigEndian
        name.sin_addr.s_addr = inet_addr(host)
        return name
    }

    private static func failure(closing descriptor: Int32) -> Failure {
        defer { close(descriptor) }
        return Failure(errorNumber: errno)
    }
}
