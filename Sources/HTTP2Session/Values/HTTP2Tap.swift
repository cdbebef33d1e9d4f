import NIOCore
import Synchronization

/// Takes what happens on the wire while somebody listens, bounded: the oldest facts make way for new ones, and are counted.
///
/// While nobody listens, a connection makes no facts.
package final class HTTP2Tap: Sendable {
    private struct State {
        var records: CircularBuffer<HTTP2Record> = []
        var dropped = 0
    }

    /// The facts that are held.
    package let limit: Int
    private let listening: Atomic<Bool>
    private let state = Mutex(State())

    package init(limit: Int = 4096, isListening: Bool = true) {
        self.limit = max(1, limit)
        listening = Atomic(isListening)
    }

    /// Whether facts are made. May be changed at any time; what began before is not known then.
    package var isListening: Bool {
        get { listening.load(ordering: .relaxed) }
        set { listening.store(newValue, ordering: .relaxed) }
    }

    /// What has happened since the last time, and how many facts before that were dropped for want of room.
    package func take() -> (records: [HTTP2Record], dropped: Int) {
        state.withLock { state in
            defer { state = State() }
            return (Array(state.records), state.dropped)
        }
    }

    func record(_ fact: HTTP2Fact, at time: NIODeadline) {
        state.withLock { state in
            if state.records.count >= limit {
                state.records.removeFirst()
                state.dropped += 1
            }
            state.records.append(HTTP2Record(time: time, fact: fact))
        }
    }
}
