import Foundation
package import NIOCore
import NIOPosix
import RPCCore

/// The system's answer to which addresses a name has, in the order in which they are to be tried (RFC 6724). Blocks.
enum AddressLookup {
    /// What `body` makes of each; nothing where there is no answer.
    static func entries<Value>(of host: String, port: Int? = nil, _ body: (addrinfo) -> Value?) -> [Value] {
        var hints = addrinfo()
        #if os(Linux)
            hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        #else
            hints.ai_socktype = SOCK_STREAM
        #endif
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, port.map(String.init), &hints, &list) == 0 else { return [] }
        defer { freeaddrinfo(list) }
        return sequence(first: list, next: { $0?.pointee.ai_next }).compactMap { entry in
            (entry?.pointee).flatMap(body)
        }
    }

    /// As addresses to connect to.
    static func addresses(of host: String, port: Int) -> [SocketAddress] {
        entries(of: host, port: port) { entry in
            guard let place = UnsafeRawPointer(entry.ai_addr) else { return nil }
            switch entry.ai_family {
            case AF_INET: return SocketAddress(place.loadUnaligned(as: sockaddr_in.self), host: host)
            case AF_INET6: return SocketAddress(place.loadUnaligned(as: sockaddr_in6.self), host: host)
            default: return nil
            }
        }
    }
}

extension Dialer {
    /// Every address of the server's name, each once. Without one it does not fail, but is empty.
    package func addresses(on eventLoop: any EventLoop) -> EventLoopFuture<[SocketAddress]> {
        let (host, port) = (server.host, server.connectPort)
        let found: EventLoopFuture<[SocketAddress]>
        if let resolver = makeResolver?(eventLoop) {
            let six = resolver.initiateAAAAQuery(host: host, port: port)
            found = six.and(resolver.initiateAQuery(host: host, port: port)).map { $0 + $1 }
        } else {
            found = NIOThreadPool.singleton.runIfActive(eventLoop: eventLoop) {
                AddressLookup.addresses(of: host, port: port)
            }
        }
        return found.map { addresses in
            var seen: Set<SocketAddress> = []
            return addresses.filter { seen.insert($0).inserted }
        }
    }
}
