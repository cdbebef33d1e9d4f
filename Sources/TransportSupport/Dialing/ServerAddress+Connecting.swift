package import NIOCore
package import NIOPosix
package import RPCCore

extension ServerAddress {
    /// Connects to the port or to the socket of the server. A name with several addresses is tried by RFC 8305.
    package func connect(_ bootstrap: ClientBootstrap) -> EventLoopFuture<any Channel> {
        if let socketPath { return bootstrap.connect(unixDomainSocketPath: socketPath) }
        return bootstrap.connect(host: host, port: connectPort)
    }
}
