import DequeModule
import RPCCore
import Waiting

/// A stream of reflection: a bidirectional call over the program's transport, whose requests are written while it goes on.
struct ReflectionStream: Sendable {
    /// What happens on it.
    enum Event: Sendable {
        /// The first request was handed to the socket.
        case sent
        case answer(ArraySlice<UInt8>)
        case ended(CallOutcome)
        /// The time has come up to which was waited.
        case late
        /// The task that waits was cancelled.
        case cancelled
    }

    private let pipe = ReflectionPipe()
    private let call: Task<Void, Never>
    private let clock: any CallClock

    /// Begins the call.
    init(_ version: ReflectionVersion, over transport: any Transport, options: CallOptions, clock: any CallClock) {
        let ref = MethodRef(service: version.service, name: "ServerReflectionInfo", kind: .bidirectional)
        let package = "grpc.reflection.\(version.rawValue)"
        let method = MethodSchema(
            ref, input: BytesCodec("\(package).ServerReflectionRequest"),
            output: BytesCodec("\(package).ServerReflectionResponse"))
        var options = options
        // Not what the user has chosen for calls of this kind.
        options.method = ref.fullName
        self.clock = clock
        call = Task { [pipe, options] in
            await transport.perform(Call(method, pipe, options: options), observer: pipe)
        }
    }

    func send(_ request: [UInt8]) {
        pipe.state.withLock { state in
            state.requests.append(request)
            state.source.wake()
        }
    }

    /// What happens next.
    /// - Parameter instant: Until when it is waited for.
    func next(until instant: Duration) async -> Event {
        if let event = pipe.state.withLock({ $0.takeEvent() }) { return event }
        return await withTaskGroup(of: Event.self) { group in
            group.addTask { await pipe.next() }
            group.addTask { (try? await clock.sleep(until: instant)) == nil ? .cancelled : .late }
            defer { group.cancelAll() }
            return await group.next() ?? .cancelled
        }
    }

    /// Ends the call: in order, where the server takes part in time.
    func close(within limit: Duration) async {
        pipe.state.withLock { state in
            state.isClosed = true
            state.wakeAll()
        }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await call.value }
            group.addTask {
                try? await clock.sleep(for: limit)
                call.cancel()
            }
            // Whichever comes first: a call that has ended, or was cancelled and ends.
            await group.next()
            group.cancelAll()
        }
        await call.value
    }
}

/// What connects a call that the transport makes with who asks and takes answers: its plan and its observer in one.
private final class ReflectionPipe: RequestPlan, CallObserver {
    struct State: Awaitable {
        var requests: Deque<[UInt8]> = []
        var answers: Deque<ArraySlice<UInt8>> = []
        var isSentTold = false
        var isSent = false
        var isClosed = false
        var outcome: CallOutcome?
        /// The transport, which waits for requests.
        var source = Waiters()
        /// The transport, which waits for its answers to be taken.
        var observer = Waiters()
        /// Who asks.
        var asker = Waiters()

        mutating func takeWoken() -> [CheckedContinuation<Void, Never>] {
            source.takeWoken() + observer.takeWoken() + asker.takeWoken()
        }

        mutating func wakeAll() {
            source.wake()
            observer.wake()
            asker.wake()
        }

        var hasEvent: Bool { isSent && !isSentTold || !answers.isEmpty || outcome != nil }

        mutating func takeEvent() -> ReflectionStream.Event? {
            if isSent, !isSentTold {
                isSentTold = true
                return .sent
            }
            if let answer = answers.popFirst() {
                if answers.isEmpty { observer.wake() }
                return .answer(answer)
            }
            return outcome.map { .ended($0) }
        }
    }

    let state = Guarded(State())

    func next() async -> ReflectionStream.Event {
        while !Task.isCancelled {
            if let event = state.withLock({ $0.takeEvent() }) { return event }
            await state.wait(\.asker) { !$0.hasEvent }
        }
        return .cancelled
    }

    // MARK: The plan

    /// What was sent is not kept.
    var isRepeatable: Bool { false }

    func makeSource(_ encoder: MessageEncoder, clock: any CallClock, skipping count: Int) -> any RequestSource {
        Source(pipe: self, encoder: encoder)
    }

    private struct Source: RequestSource {
        let pipe: ReflectionPipe
        let encoder: MessageEncoder

        mutating func next(atMost limit: Int) async throws -> [Payload]? {
            while true {
                try Task.checkCancellation()
                let (requests, isClosed) = pipe.state.withLock { state in
                    let requests = Array(state.requests.prefix(limit))
                    state.requests.removeFirst(requests.count)
                    return (requests, state.isClosed)
                }
                if !requests.isEmpty { return requests.map { Payload(encoder.codec, encoder.encoding, $0[...]) } }
                if isClosed { return nil }
                await pipe.state.wait(\.source) { $0.requests.isEmpty && !$0.isClosed }
            }
        }
    }

    // MARK: The observer

    /// Holds back a server whose answers are not taken.
    func observe(_ event: CallEvent) async {
        switch event {
        case .sent:
            state.withLock { state in
                state.isSent = true
                state.asker.wake()
            }
        case .received(let messages):
            state.withLock { state in
                state.answers.append(contentsOf: messages.map(\.payload.bytes))
                state.asker.wake()
            }
            await state.wait(\.observer) { !$0.answers.isEmpty && !$0.isClosed }
        case .ended(let outcome):
            state.withLock { state in
                state.outcome = outcome
                state.asker.wake()
            }
        default: break
        }
    }
}

/// Takes any bytes for a message, and reads none.
private final class BytesCodec: MessageCodec {
    let name: String
    let fields: [MessageField] = []
    let example = MessageValue()

    init(_ name: String) {
        self.name = name
    }

    func write(_ value: MessageValue, as encoding: Payload.Encoding, to bytes: inout [UInt8]) {}
    func value(of bytes: UnsafeRawBufferPointer, as encoding: Payload.Encoding) -> MessageValue? { MessageValue() }
    func fits(_ bytes: UnsafeRawBufferPointer, as encoding: Payload.Encoding) -> Bool { true }
    func summary(of value: MessageValue) -> String { name }
}
