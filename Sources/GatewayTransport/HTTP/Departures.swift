import NIOCore
import NIOHTTP1
import Synchronization

/// Who is to be told when a connection takes a request. The client library says nothing of it: a request is known by a header,
/// which is taken off before it leaves.
///
/// Holds one closure for each exchange that is under way.
final class Departures: Sendable {
    static let header = "greeter-tui-departure"

    private let state = Mutex<(count: Int, waiting: [String: @Sendable () -> Void])>((0, [:]))

    /// - Returns: the value of the header.
    func register(_ whenSending: @escaping @Sendable () -> Void) -> String {
        state.withLock { state in
            state.count += 1
            state.waiting["\(state.count)"] = whenSending
            return "\(state.count)"
        }
    }

    func forget(_ departure: String) {
        state.withLock { _ = $0.waiting.removeValue(forKey: departure) }
    }

    fileprivate func tell(_ departure: String) {
        state.withLock { $0.waiting[departure] }?()
    }
}

/// Stands between the client library and the codec of a connection, and tells of each request that passes.
final class DepartureWatcher: ChannelOutboundHandler {
    typealias OutboundIn = HTTPClientRequestPart
    typealias OutboundOut = HTTPClientRequestPart

    private let departures: Departures

    init(_ departures: Departures) {
        self.departures = departures
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .head(var head) = Self.unwrapOutboundIn(data),
            let departure = head.headers.first(name: Departures.header)
        else { return context.write(data, promise: promise) }
        head.headers.remove(name: Departures.header)
        departures.tell(departure)
        context.write(Self.wrapOutboundOut(.head(head)), promise: promise)
    }
}
