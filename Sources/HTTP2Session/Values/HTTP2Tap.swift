import NIOCore
import Synchronization

/// Takes what happens on the wire while somebody listens, bounded: the oldest facts make way for new ones, and are counted.
///
/// While nobody listens, a connection makes no facts. When somebody begins to, every connection tells how it stands.
package final class HTTP2Tap: Sendable {
    private struct State {
        var records: CircularBuffer<HTTP2Record> = []
        var dropped = 0
        /// Have the connections tell how they stand.
        var joiners: [ObjectIdentifier: @Sendable () -> Void] = [:]
        var onRecord: (@Sendable () -> Void)?
        /// Whether that was called since the facts were taken.
        var isAnnounced = false
    }

    /// The facts that are held.
    package let limit: Int
    /// Whether a connection on which a stream is open is asked for a round trip, once.
    package let asksForRoundTrip: Bool
    private let clock: (@Sendable () -> Duration)?
    private let listening: Atomic<Bool>
    private let state = Mutex(State())

    /// - Parameter clock: The time of the facts; that of the event loops, unless given.
    package init(
        limit: Int = 4096, isListening: Bool = true, asksForRoundTrip: Bool = false,
        clock: (@Sendable () -> Duration)? = nil
    ) {
        self.limit = max(1, limit)
        self.asksForRoundTrip = asksForRoundTrip
        self.clock = clock
        listening = Atomic(isListening)
    }

    /// Whether facts are made. May be changed at any time.
    package var isListening: Bool {
        get { listening.load(ordering: .relaxed) }
        set {
            let wasListening = listening.exchange(newValue, ordering: .relaxed)
            guard newValue, !wasListening else { return }
            for join in state.withLock({ Array($0.joiners.values) }) { join() }
        }
    }

    /// Sets what is called, on an event loop, when there are facts, and not again before they were taken.
    package func whenRecorded(_ onRecord: (@Sendable () -> Void)?) {
        state.withLock { ($0.onRecord, $0.isAnnounced) = (onRecord, false) }
    }

    /// What has happened since the last time, and how many facts before that were dropped for want of room.
    package func take() -> (records: [HTTP2Record], dropped: Int) {
        state.withLock { state in
            defer { (state.records, state.dropped, state.isAnnounced) = ([], 0, false) }
            return (Array(state.records), state.dropped)
        }
    }

    /// The time, on the loop of a connection.
    func now(on loop: any EventLoop) -> Duration {
        clock?() ?? .nanoseconds(Int64(clamping: loop.now.uptimeNanoseconds))
    }

    func record(_ fact: HTTP2Fact, of connection: Int, at time: Duration) {
        let record = HTTP2Record(time: time, connection: connection, fact: fact)
        let onRecord = state.withLock { state -> (@Sendable () -> Void)? in
            if state.records.count >= limit {
                state.records.removeFirst()
                state.dropped += 1
            }
            state.records.append(record)
            guard !state.isAnnounced else { return nil }
            state.isAnnounced = true
            return state.onRecord
        }
        onRecord?()
    }

    /// A connection is there.
    func add(_ connection: HTTP2SessionHandler, join: @escaping @Sendable () -> Void) {
        state.withLock { $0.joiners[ObjectIdentifier(connection)] = join }
    }

    func remove(_ connection: HTTP2SessionHandler) {
        state.withLock { $0.joiners[ObjectIdentifier(connection)] = nil }
    }
}
