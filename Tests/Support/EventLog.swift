public import RPCCore
import Synchronization

/// An observer that keeps every event, for tests to look at afterwards or to wait for.
public final class EventLog: CallObserver {
    private struct State {
        var events: [CallEvent] = []
        var waiters: [(condition: @Sendable ([CallEvent]) -> Bool, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())

    public init() {}

    public var events: [CallEvent] { state.withLock { $0.events } }

    /// Every request that was sent, in order.
    public var sent: [StreamMessage] {
        events.flatMap { event -> [StreamMessage] in if case .sent(let messages) = event { messages } else { [] } }
    }

    /// Every message that was received, in order.
    public var received: [StreamMessage] {
        events.flatMap { event -> [StreamMessage] in if case .received(let messages) = event { messages } else { [] } }
    }

    public var notices: [String] {
        events.compactMap { event -> String? in if case .notice(let text) = event { text } else { nil } }
    }

    /// The outcomes that were reported. There must be exactly one, and it must be the last event.
    public var outcomes: [CallOutcome] {
        events.compactMap { event -> CallOutcome? in if case .ended(let outcome) = event { outcome } else { nil } }
    }

    /// The rules by which answers belong to requests, as they are now.
    public var pairings: Pairings {
        var pairings = Pairings()
        for case .paired(let rule) in events { pairings.apply(rule) }
        return pairings
    }

    /// What each received message answers, as far as is known now.
    public var pairs: [AnswerPair?] {
        let pairings = pairings
        return received.map { pairings.pair(of: $0) }
    }

    /// The request that each received message is proven to answer.
    public var answers: [Int?] { pairs.map { $0.flatMap { $0.isGuess ? nil : $0.request } } }

    public func observe(_ event: CallEvent) async {
        let ready = state.withLock { state -> [CheckedContinuation<Void, Never>] in
            state.events.append(event)
            let events = state.events
            let ready = state.waiters.filter { $0.condition(events) }.map(\.continuation)
            state.waiters.removeAll { $0.condition(events) }
            return ready
        }
        for continuation in ready { continuation.resume() }
    }

    /// Suspends until the events satisfy a condition.
    public func wait(until condition: @escaping @Sendable ([CallEvent]) -> Bool) async {
        await withCheckedContinuation { continuation in
            let isMet = state.withLock { state in
                if condition(state.events) { return true }
                state.waiters.append((condition, continuation))
                return false
            }
            if isMet { continuation.resume() }
        }
    }
}
