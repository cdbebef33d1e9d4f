import RPCCore
import Synchronization

/// Counts the replies of a call, and keeps the first.
final class Replies: CallObserver {
    private struct State {
        var count = 0
        var first: Payload?
    }

    private let state = Mutex(State())

    var first: Payload? { state.withLock { $0.first } }

    /// `“Hello, Ana!” and 2 more replies`; `nil` where there was none.
    var summary: String? {
        state.withLock { state in
            guard let first = state.first else { return nil }
            let others = state.count - 1
            return "“\(first.summary.prefix(80))”"
                + (others == 0 ? "" : " and \(others.counted("more reply", "more replies"))")
        }
    }

    func observe(_ event: CallEvent) async {
        guard case .received(let messages) = event else { return }
        state.withLock { state in
            for message in messages {
                guard message.isReply else { continue }
                state.count += 1
                if message.role == .response { state.first = state.first ?? message.payload }
            }
        }
    }
}
