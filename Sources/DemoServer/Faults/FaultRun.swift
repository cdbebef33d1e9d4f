import RPCCore
import Synchronization

/// The faults of one run of the server: what was ordered, and how much of it has happened.
///
/// Holds five numbers, whatever the run.
final class FaultRun: Sendable {
    let ordered: DemoFaults
    /// How late replies are: by order, or as ever.
    let delay: DemoFaults.Delay?
    private let state: Mutex<State>

    private struct State {
        var refusalsLeft: Int
        var hasDropped = false
        /// Calls over gRPC.
        var calls = 0
        /// From one to the next that is broken.
        var repliesSinceBroken = 0
        var generator: SeededGenerator
    }

    /// - Parameters:
    ///   - latency: How late replies are unless it is ordered.
    ///   - seed: Where random choices begin; `nil` for a beginning of its own.
    init(_ ordered: DemoFaults, latency: DemoFaults.Delay? = nil, seed: UInt64?) {
        self.ordered = ordered
        delay = ordered.delay ?? latency
        let generator = SeededGenerator(seed: seed ?? .random(in: .min ... .max))
        state = Mutex(State(refusalsLeft: ordered.refuse ?? 0, generator: generator))
    }

    /// Whether the connection that has just been accepted is one of those to be refused.
    func refusesConnection() -> Bool {
        guard ordered.refuse != nil else { return false }
        return state.withLock { state in
            guard state.refusalsLeft > 0 else { return false }
            state.refusalsLeft -= 1
            return true
        }
    }

    /// Whether the reply that is about to be written is to be broken.
    func breaksReply() -> Bool {
        guard let interval = ordered.malformed else { return false }
        return state.withLock { state in
            state.repliesSinceBroken += 1
            guard state.repliesSinceBroken == interval else { return false }
            state.repliesSinceBroken = 0
            return true
        }
    }

    /// How late the next reply is.
    func nextDelay() -> Duration {
        guard let delay else { return .zero }
        guard delay.jitter > .zero else { return delay.time }
        let share = state.withLock { Double.random(in: -1...1, using: &$0.generator) }
        return max(.zero, delay.time + delay.jitter * share)
    }

    /// What happens to a client or bidirectional stream that has been served so many requests.
    func strike(afterRequest number: Int) -> StreamStrike? {
        if number == ordered.dropAfter, dropsNow() { return .cut }
        if number == 1, let code = ordered.close { return .close(code) }
        return number == ordered.error ? .fail : nil
    }

    /// What happens to a server stream that has brought so many events.
    func strike(afterEvent number: Int) -> EventStrike? {
        if number == ordered.dropAfter, dropsNow() { return .cut }
        return number == ordered.error ? .fail : nil
    }

    /// The error code of the GOAWAY with which the gRPC call that begins now is to be answered; `nil` for a call that is served.
    func saysGoAway() -> UInt32? {
        guard let order = ordered.goAway else { return nil }
        return state.withLock { state in
            state.calls += 1
            return state.calls == order.call ? order.code : nil
        }
    }

    /// Whether the one stream that is to be cut is cut now.
    func dropsNow() -> Bool {
        state.withLock { state in
            defer { state.hasDropped = true }
            return !state.hasDropped
        }
    }
}

/// What happens to a client or bidirectional stream.
enum StreamStrike: Hashable {
    /// The connection is cut, without a CLOSE.
    case cut
    case close(UInt16)
    /// The service fails: an error envelope, and CLOSE 1000.
    case fail
}

/// What happens to a server stream.
enum EventStrike: Hashable {
    /// The connection is cut, and the body with it.
    case cut
    /// The service fails: an error event, and the end of the body.
    case fail
}

extension FaultRun {
    /// What the client is told when the service fails in a stream.
    static let failure = "The service failed, as it was told to"
}
