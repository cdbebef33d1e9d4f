import DequeModule
import Synchronization

/// What keeps records of its own, made in its own way, until somebody takes them.
public protocol WireSource: AnyObject, Sendable {
    /// Makes records from now on, or makes them no longer. What is there when it begins is told of.
    /// - Parameter onRecord: Called for records; may be called more often than needed.
    func listen(_ isListening: Bool, onRecord: @escaping @Sendable () -> Void)

    /// Everything since the last time, in order, and how many records before that were dropped for want of room.
    func take() -> (records: [WireRecord], dropped: Int)
}

/// Where transports tell what travels, as long as somebody listens: bounded, the oldest make way and are counted.
///
/// While nobody listens nothing is made. Records are put together, and secrets taken out of them, when they are taken.
public final class WireTap: Sendable {
    private struct State {
        var records: Deque<WireRecord> = []
        var dropped = 0
        var connections: [Int: WireConnection] = [:]
        var source: (any WireSource)?
        var onRecord: (@Sendable () -> Void)?
        /// Whether that was called since records were taken.
        var isAnnounced = false
    }

    /// The records that are held, here and by the source.
    public let limit: Int
    public let clock: any CallClock
    private let redaction: Mutex<Redaction>
    private let listening = Atomic(false)
    private let numbers = Atomic(0)
    private let state = Mutex(State())

    /// - Parameter redaction: What must not be shown.
    public init(clock: any CallClock = SystemClock(), redaction: Redaction = Redaction(), limit: Int = 4096) {
        self.clock = clock
        self.redaction = Mutex(redaction)
        self.limit = max(1, limit)
    }

    /// Whether records are made.
    public var isListening: Bool { listening.load(ordering: .relaxed) }

    /// Begins to listen. Connections that are there are told of.
    /// - Parameter onRecord: Called, on any thread, when there are records, and not again before they were taken.
    public func listen(onRecord: @escaping @Sendable () -> Void = {}) {
        let source = state.withLock { state in
            state.onRecord = onRecord
            state.isAnnounced = false
            guard !listening.exchange(true, ordering: .relaxed) else { return state.source }
            for (number, connection) in state.connections.sorted(by: { $0.key < $1.key }) {
                var connection = connection
                connection.wasOpen = true
                append(WireRecord(time: clock.now, connection: number, fact: .connected(connection)), to: &state)
            }
            return state.source
        }
        announce()
        source?.listen(true) { [weak self] in self?.announce() }
    }

    /// Hides from now on what is secret, too.
    public func hide(_ more: Redaction) {
        redaction.withLock { $0 = $0.hiding(more) }
    }

    /// Makes no more records. Those that are there can still be taken.
    public func stopListening() {
        listening.store(false, ordering: .relaxed)
        let source = state.withLock { state in
            state.onRecord = nil
            return state.source
        }
        source?.listen(false) {}
    }

    /// Everything since the last time, in order, without secrets, and how many records before that were dropped.
    public func take() -> (records: [WireRecord], dropped: Int) {
        let (own, ownDropped, source) = state.withLock { state in
            defer { (state.records, state.dropped, state.isAnnounced) = ([], 0, false) }
            return (Array(state.records), state.dropped, state.source)
        }
        let redaction = redaction.withLock { $0 }
        guard let source else { return (own.map(redaction.redacted), ownDropped) }
        let (others, dropped) = source.take()
        return (Self.merge(own, others).map(redaction.redacted), ownDropped + dropped)
    }

    /// Two lists in one, by time. Where times are the same, the first list comes first: connections before what is on them.
    private static func merge(_ first: [WireRecord], _ second: [WireRecord]) -> [WireRecord] {
        if first.isEmpty || second.isEmpty { return first + second }
        var merged: [WireRecord] = []
        merged.reserveCapacity(first.count + second.count)
        var rest = second[...]
        for record in first {
            while let next = rest.first, next.time < record.time {
                merged.append(next)
                rest.removeFirst()
            }
            merged.append(record)
        }
        return merged + rest
    }

    // MARK: For transports

    /// The source of its own that the transports of one protocol share; made for the first of them.
    package func source<Source: WireSource>(_ make: () -> Source) -> Source {
        let (source, isNew) = state.withLock { state in
            if let source = state.source as? Source { return (source, false) }
            let source = make()
            state.source = source
            return (source, true)
        }
        if isNew, isListening { source.listen(true) { [weak self] in self?.announce() } }
        return source
    }

    /// The number of another connection.
    package func nextConnection() -> Int { numbers.add(1, ordering: .relaxed).newValue }

    /// A connection is there, or more is known of it.
    package func connected(_ number: Int, _ connection: WireConnection) {
        state.withLock { $0.connections[number] = connection }
        record(.connected(connection), connection: number)
    }

    /// It is there no longer.
    /// - Parameter reason: Told of; `nil` where somebody else does that.
    package func disconnected(_ number: Int, reason: String?) {
        let wasOpen = state.withLock { $0.connections.removeValue(forKey: number) != nil }
        if wasOpen, let reason { record(.closed(reason: reason), connection: number) }
    }

    /// Takes a fact, where somebody listens.
    package func record(
        _ fact: @autoclosure () -> WireFact, connection: Int?, stream: Int? = nil, _ direction: Direction? = nil
    ) {
        guard isListening else { return }
        let record = WireRecord(
            time: clock.now, connection: connection, direction: direction, stream: stream, fact: fact())
        state.withLock { append(record, to: &$0) }
        announce()
    }

    private func append(_ record: WireRecord, to state: inout State) {
        if state.records.count >= limit {
            state.records.removeFirst()
            state.dropped += 1
        }
        state.records.append(record)
    }

    private func announce() {
        let onRecord = state.withLock { state -> (@Sendable () -> Void)? in
            guard !state.isAnnounced else { return nil }
            state.isAnnounced = true
            return state.onRecord
        }
        onRecord?()
    }
}

/// A connection under the number that a tap knows it by.
package struct TappedConnection: Sendable {
    package let tap: WireTap
    package let number: Int

    /// Another connection.
    package init(_ tap: WireTap) {
        self.tap = tap
        number = tap.nextConnection()
    }

    package var isListening: Bool { tap.isListening }

    package func record(_ fact: @autoclosure () -> WireFact, _ direction: Direction) {
        tap.record(fact(), connection: number, direction)
    }
}
