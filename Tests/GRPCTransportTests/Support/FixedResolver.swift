import NIOCore
import NIOPosix

/// Gives every name the same addresses.
struct FixedResolver: Resolver, Sendable {
    let eventLoop: any EventLoop
    var six: [SocketAddress] = []
    var four: [SocketAddress] = []

    func initiateAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> {
        eventLoop.makeSucceededFuture(four)
    }

    func initiateAAAAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> {
        eventLoop.makeSucceededFuture(six)
    }

    func cancelQueries() {}
}
