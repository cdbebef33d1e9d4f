import GreeterCore
import Synchronization
import TransportSupport

/// The numbers of the messages of one call, over all its exchanges.
final class MessageLedger: Sendable {
    private struct State {
        var requests = 0
        var replies = 0
        var order = ReplyOrder()
        var notice: String?
        /// Requests that are to be written once more, and were told of before.
        var repeated = 0
        var isHalfClosed = false
    }

    private let kind: CallKind
    private let state = Mutex(State())

    init(_ kind: CallKind) {
        self.kind = kind
    }

    /// Requests sent.
    var requests: Int { state.withLock { $0.requests } }
    /// Replies received.
    var replies: Int { state.withLock { $0.replies } }

    /// Whether replies to what has been sent may be on their way though the send half is open.
    var expectsReplies: Bool {
        kind == .bidirectional && state.withLock { $0.replies < $0.requests * $0.order.repliesPerRequest }
    }

    /// Whether the send half of the present exchange is closed.
    var isHalfClosed: Bool { state.withLock { $0.isHalfClosed } }

    /// All requests so far are written once more, in another exchange.
    func beginAgain() {
        state.withLock { state in
            state.repeated = state.requests
            state.isHalfClosed = false
        }
    }

    /// The last request of the exchange is written.
    func halfClosed() {
        state.withLock { $0.isHalfClosed = true }
    }

    /// How many of the next requests were told of before.
    func takeRepeated(atMost count: Int) -> Int {
        state.withLock { state in
            let repeated = min(state.repeated, count)
            state.repeated -= repeated
            return repeated
        }
    }

    /// Requests are about to be written.
    func sent(_ count: Int) {
        state.withLock { $0.requests += count }
    }

    /// A reply has come.
    /// - Returns: its number, and the request that it answers, if it answers one by itself.
    func receive() -> (number: Int, request: Int?) {
        state.withLock { state in
            state.replies += 1
            let request: Int?
            switch kind {
            case .unary, .serverStream: request = state.requests
            case .clientStream: request = nil
            case .bidirectional:
                request = state.order.answer(requests: state.requests, replies: state.replies)
                state.notice = state.order.takeNotice() ?? state.notice
            }
            return (state.replies, request)
        }
    }

    /// What was recognised since the last time, for the person.
    func takeNotice() -> String? {
        state.withLock { $0.notice.take() }
    }
}
