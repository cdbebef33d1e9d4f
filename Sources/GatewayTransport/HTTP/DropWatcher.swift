import NIOCore
import Synchronization

/// How many connections have been made, and how many of them ended before what was written to them was answered.
final class ConnectionCounts: Sendable {
    let made = Atomic(0)
    let dropped = Atomic(0)
}

/// Stands next to the socket of a connection, and sees whether it ends with something written and nothing read since.
///
/// Holds two flags.
final class DropWatcher: ChannelDuplexHandler {
    typealias InboundIn = Any
    typealias OutboundIn = Any

    private let counts: ConnectionCounts
    private var isUnanswered = false
    private var isCounted = false

    init(counts: ConnectionCounts) {
        self.counts = counts
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        isUnanswered = true
        context.write(data, promise: promise)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        isUnanswered = false
        context.fireChannelRead(data)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        countDrop()
        context.fireErrorCaught(error)
    }

    func channelInactive(context: ChannelHandlerContext) {
        countDrop()
        context.fireChannelInactive()
    }

    /// Counts before whoever waits for the answer is told, so that the count can be asked then.
    private func countDrop() {
        guard isUnanswered, !isCounted else { return }
        isCounted = true
        counts.dropped.add(1, ordering: .releasing)
    }
}
