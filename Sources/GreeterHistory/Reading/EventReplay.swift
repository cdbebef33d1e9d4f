public import GreeterCore

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
        private let start: Duration
        private let place: String
        private var order: BlockCursor
        private var tokens: [OrderToken] = []
        private var facts: BlockCursor
        private var lines: [ArraySlice<UInt8>] = []
        private var sent: MessageQueue
        private var received: MessageQueue
        private var attempt = 0
        private var time: Duration

        init(_ call: RecordedCall, in store: HistoryStore) {
            start = call.start
            time = call.start
            place = "call \(call.id)"
            order = BlockCursor(.order, of: call.id, in: store)
            facts = BlockCursor(.facts, of: call.id, in: store)
            sent = MessageQueue(.sent, of: call.id, in: store)
            received = MessageQueue(.received, of: call.id, in: store)
        }

        /// - Throws: ``HistoryError``; `CancellationError` when the task is cancelled.
        public mutating func next() async throws -> RecordedEvent? {
            try Task.checkCancellation()
            while tokens.isEmpty {
                guard let block = try await order.nextBlock() else { return nil }
                do {
                    tokens = try block.tokens().reversed()
                } catch {
                    throw HistoryError(error, at: place)
                }
            }
            guard let token = tokens.popLast() else { return nil }
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
                if lines.isEmpty { lines = Self.lines(of: try await facts.nextBlock()) }
                return try takeFact()
            }
        }

        private static func lines(of block: Block?) -> [ArraySlice<UInt8>] {
            (block?.data.split(separator: UInt8(ascii: "\n")) ?? []).reversed()
        }

        // Inlined into a coroutine, it is more than the optimiser of Swift 6.3 can split.
        @inline(never)
        private mutating func takeFact() throws -> CallEvent {
            guard let bytes = lines.popLast(), let line = try? EventLine(bytes, start: start) else {
                throw HistoryError(BlockDamage(), at: place)
            }
            time = line.time
            return line.event
        }
    }
}

/// The messages of a half, block after block.
private struct MessageQueue: Sendable {
    private let place: String
    private var cursor: BlockCursor
    private var messages: ArraySlice<StreamMessage> = []

    init(_ stream: BlockStream, of call: Int64, in store: HistoryStore) {
        place = "call \(call)"
        cursor = BlockCursor(stream, of: call, in: store)
    }

    mutating func next(_ count: Int) async throws -> [StreamMessage] {
        var taken: [StreamMessage] = []
        while taken.count < count {
            if messages.isEmpty {
                guard let block = try await cursor.nextBlock() else { throw HistoryError(BlockDamage(), at: place) }
                do {
                    messages = try block.messages()[...]
                } catch {
                    throw HistoryError(error, at: place)
                }
            }
            let part = messages.prefix(count - taken.count)
            taken += part
            messages = messages.dropFirst(part.count)
        }
        return taken
    }
}

extension HistoryStore {
    /// The events of a call.
    public func events(of call: RecordedCall) -> EventReplay { EventReplay(call, in: self) }
}
