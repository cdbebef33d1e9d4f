public import RPCCore

/// An event of a recorded call.
public struct RecordedEvent: Hashable, Sendable {
    /// When it was observed, as ``CallClock/now`` of then; of messages, when they were handed over or read.
    public var time: Duration
    /// The number of the attempt that it belongs to; 0 before the first.
    public var attempt: Int
    public var event: CallEvent
}

/// The events of a recorded call, in the order in which they happened, read as they are asked for. Needs the memory of a few
/// blocks, however long the call was. Of a call that goes on, those that are written so far.
public struct EventReplay: AsyncSequence, Sendable {
    public let call: RecordedCall
    private let store: HistoryStore

    init(_ call: RecordedCall, in store: HistoryStore) {
        self.call = call
        self.store = store
    }

    public func makeAsyncIterator() -> Iterator { Iterator(call, in: store) }

    public struct Iterator: AsyncIteratorProtocol, Sendable {
        private var order: EntryCursor<OrderToken>
        private var facts: EntryCursor<EventLine>
        private var sent: EntryCursor<StreamMessage>
        private var received: EntryCursor<StreamMessage>
        private var attempt = 0
        private var time: Duration

        init(_ call: RecordedCall, in store: HistoryStore) {
            time = call.start
            order = EntryCursor(BlockCursor(.order, of: call.id, in: store)) { try $0.tokens() }
            facts = .facts(of: call, in: store)
            sent = .messages(.sent, of: call.id, in: store)
            received = .messages(.received, of: call.id, in: store)
        }

        /// - Throws: ``HistoryError``; `CancellationError` when the task is cancelled.
        public mutating func next() async throws -> RecordedEvent? {
            try Task.checkCancellation()
            guard let token = try await order.next() else { return nil }
            let event = try await event(token)
            if case .attemptStarted(let attempt) = event { self.attempt = attempt.number }
            return RecordedEvent(time: time, attempt: attempt, event: event)
        }

        private mutating func event(_ token: OrderToken) async throws -> CallEvent {
            switch token {
            case .sent(let count):
                let messages = try await sent.next(count)
                time = messages.last?.time ?? time
                return .sent(messages)
            case .received(let count):
                let messages = try await received.next(count)
                time = messages.last?.time ?? time
                return .received(messages)
            case .acknowledged(let number, let nanoseconds):
                time = .nanoseconds(nanoseconds)
                return .acknowledged(upTo: number)
            case .resent(let numbers, let nanoseconds):
                time = .nanoseconds(nanoseconds)
                return .resent(numbers, at: time)
            case .fact:
                let fact = try await facts.next(1)[0]
                time = fact.time
                return fact.event
            }
        }
    }
}

extension HistoryStore {
    /// The events of a call.
    public func events(of call: RecordedCall) -> EventReplay { EventReplay(call, in: self) }
}
