import RPCCore
import Synchronization
import TransportSupport

/// The numbers of the messages of one call, over all its exchanges.
final class MessageLedger: Sendable {
    private struct State {
        var requests = 0
        var replies = 0
        /// `nil` where the order of replies says nothing.
        var order: ReplyOrder?
        /// Requests that are to be written once more, and were told of before.
        var repeated = 0
        var isHalfClosed = false
        /// Of the requests, how many have not left this side, or not whole.
        var withdrawn = 0
        /// When the newest reply was read.
        var lastReply = Duration.zero
    }

    private let kind: CallKind
    private let state: Mutex<State>
    /// Requests sent, for the task that reads, which asks for every reply.
    private let sent = Atomic(0)
    /// Replies that were read, whether anybody has taken them or not.
    private let read = Atomic(0)

    /// - Parameter order: What finds out which request a reply answers, where that is to be found out.
    init(_ kind: CallKind, order: ReplyOrder?) {
        self.kind = kind
        state = Mutex(State(order: order))
    }

    /// Requests sent, of which some may not have left.
    var requests: Int { state.withLock { $0.requests } }
    /// Replies received.
    var replies: Int { state.withLock { $0.replies } }

    /// Whether replies to what has been sent may be on their way though the send direction is open.
    var expectsReplies: Bool {
        kind == .bidirectional && state.withLock { $0.replies < $0.requests * ($0.order?.ratio ?? 1) }
    }

    /// Whether the send direction of the present exchange is closed.
    var isHalfClosed: Bool { state.withLock { $0.isHalfClosed } }

    /// Of the requests, how many have not left this side, or not whole: the last ones.
    var withdrawn: Int { state.withLock { $0.withdrawn } }

    /// So many of the requests of the exchange will not leave any more.
    func withdraw(_ count: Int) {
        guard count > 0 else { return }
        state.withLock { $0.withdrawn += count }
    }

    /// All requests so far are written once more, in another exchange.
    func beginAgain() {
        state.withLock { state in
            state.repeated = state.requests
            state.isHalfClosed = false
            state.withdrawn = 0
        }
    }

    /// The last request of the exchange is written.
    func halfClosed() {
        state.withLock { $0.isHalfClosed = true }
    }

    /// The number of the next request that is written, for the first time or once more.
    var nextNumber: Int { state.withLock { $0.requests - $0.repeated + 1 } }

    /// How many of the next requests were told of before.
    func takeRepeated(atMost count: Int) -> Int {
        state.withLock { state in
            let repeated = min(state.repeated, count)
            state.repeated -= repeated
            return repeated
        }
    }

    /// Requests are about to be written.
    func sent(_ count: Int, at time: Duration) {
        let read = read.load(ordering: .acquiring)
        state.withLock { state in
            if state.replies == read, time - state.lastReply >= ReplyOrder.leastPause {
                state.order?.paused(requests: state.requests)
            }
            state.requests += count
            sent.store(state.requests, ordering: .releasing)
        }
    }

    /// A reply is being read.
    /// - Returns: how many requests were sent before it came.
    func reading() -> Int {
        read.add(1, ordering: .acquiringAndReleasing)
        return sent.load(ordering: .acquiring)
    }

    /// A reply has come.
    /// - Parameters:
    ///   - requests: Requests that were sent before it was read.
    ///   - time: When it was read.
    /// - Returns: its number, and the request that it answers by itself, or its place among the answers of a stream.
    func receive(after requests: Int, at time: Duration) -> (number: Int, request: Int?, place: AnswerPlace?) {
        state.withLock { state in
            state.replies += 1
            state.lastReply = time
            return switch kind {
            case .unary, .serverStream: (state.replies, state.requests, nil)
            case .clientStream, .bidirectional:
                (state.replies, nil, state.order?.replied(number: state.replies, requests: requests))
            }
        }
    }

    /// The server has ended the call well: what has come is all that was owed, unless it has stopped listening.
    func end() {
        state.withLock { state in
            if state.isHalfClosed { state.order?.ended(requests: state.requests, isSaid: true) }
        }
    }

    /// What was recognised since the last time.
    func takeNews() -> News {
        guard kind == .bidirectional else { return News() }
        return state.withLock { state in
            News(
                notices: state.order?.takeNotices() ?? [], pairing: state.order?.takeChange(),
                answered: state.order?.answered ?? 0)
        }
    }

    /// What is known of the pairs, as far as it is new.
    struct News {
        var notices: [String] = []
        var pairing: Pairing?
        /// Every request up to this one is proven to be answered.
        var answered = 0
    }
}
