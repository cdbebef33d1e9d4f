import DemoServer
import Plans
import RPCCore
import TestSupport
import Testing

/// A moment in a call at which something is made to happen to it.
enum CallState: String, Sendable, CaseIterable {
    /// The connection stands, and the server has not said anything.
    case unanswered
    /// The call is open: requests have been sent, replies have come where the kind brings them one by one.
    case open
    /// The last request has been sent, and the server thinks.
    case halfClosed
}

/// A call that has been brought to a state and stays there.
struct StoppedCall: Sendable {
    struct Case: Sendable, CustomTestStringConvertible {
        var transport: TransportUnderTest
        var kind: CallKind
        var state: CallState

        var testDescription: String { "\(transport.name), \(kind.title), \(state.rawValue)" }
    }

    /// Every state that a call of every kind can stay in.
    static let cases = TransportUnderTest.all.flatMap { transport in
        CallKind.allCases.flatMap { kind in
            CallState.allCases.compactMap { state -> Case? in
                let canStay =
                    switch (state, kind) {
                    case (.unanswered, _), (.open, .serverStream), (.open, .clientStream), (.open, .bidirectional): true
                    case (.halfClosed, .unary): true
                    case (.halfClosed, .clientStream), (.halfClosed, .bidirectional): transport.endsStreams
                    case (.open, .unary), (.halfClosed, .serverStream): false
                    }
                return canStay ? Case(transport: transport, kind: kind, state: state) : nil
            }
        }
    }

    let transport: any Transport
    let log: EventLog
    let task: Task<CallOutcome, Never>
    /// Closes the server, connections and all.
    let killServer: @Sendable () async -> Void
    /// What must have been delivered, whatever ends the call now. `nil` where it is not known how far the call is.
    let delivery: Delivery?

    /// Starts a call and waits until it is there.
    static func reach(
        _ test: Case, clock: any CallClock = SystemClock(), options: CallOptions = CallOptions(deadline: .seconds(100))
    ) async throws -> StoppedCall {
        if test.state == .unanswered { return try await reachSilence(test, clock: clock, options: options) }
        // A server stream has had one of its greetings when it is stopped, the other kinds have had no end.
        let isPaced = test.kind != .serverStream
        let server = try await DemoServer.start(
            DemoServerConfiguration(
                behaviour: test.transport.behaviour, greetings: 1_000_000,
                thinkTime: isPaced ? .seconds(3600) : .milliseconds(1)))
        // A server that ends its streams is waited for, however long it thinks.
        let transport = test.transport.make(
            test.transport.address(of: server), clock: clock,
            quietTime: test.transport.endsStreams ? .seconds(3600) : .milliseconds(800))
        let log = EventLog()
        let plan = SteeredPlan(
            PlanRun.users(test.kind.streamsRequests ? 3 : 1), holdsOpen: test.state == .open)
        let task = Task { await transport.perform(Call(test.kind, plan, options: options), observer: log) }
        await log.wait { isThere(test, $0) }
        return StoppedCall(
            transport: transport, log: log, task: task, killServer: { await server.stop() },
            delivery: delivery(test))
    }

    private static func reachSilence(
        _ test: Case, clock: any CallClock, options: CallOptions
    ) async throws -> StoppedCall {
        let server = try SilentServer()
        let transport = test.transport.make(server.address, clock: clock)
        let log = EventLog()
        let plan = PlanRun.users(3)
        let task = Task { await transport.perform(Call(test.kind, plan, options: options), observer: log) }
        _ = await server.nextConnection()
        let isSent = test.transport.sendsBlindly(test.kind)
        await log.wait { events in
            !isSent || events.contains { if case .sent = $0 { true } else { false } }
        }
        return StoppedCall(
            transport: transport, log: log, task: task, killServer: { server.stop() },
            delivery: isSent ? Delivery(sent: 1) : Delivery())
    }

    private static func isThere(_ test: Case, _ events: [CallEvent]) -> Bool {
        var sent = 0
        var received = 0
        var answers = AnswerCount()
        var isHalfClosed = false
        for event in events {
            answers.observe(event)
            switch event {
            case .sent(let messages): sent += messages.count
            case .received(let messages): received += messages.count
            case .halfClosed: isHalfClosed = true
            default: break
            }
        }
        guard let delivery = delivery(test) else { return received >= 1 }
        return Delivery(sent: sent, answered: answers.proven, likely: answers.likely, received: received)
            == delivery
            && (isHalfClosed || test.state == .open || test.kind == .unary)
    }

    private static func delivery(_ test: Case) -> Delivery? {
        switch (test.kind, test.transport.endsStreams) {
        case (.unary, _): Delivery(sent: 1)
        case (.serverStream, _): nil
        case (.clientStream, true): Delivery(sent: 3)
        case (.clientStream, false): Delivery(sent: 3, answered: 3, received: 3)
        // The stream is open, and the server may send more replies for the first request.
        case (.bidirectional, true): Delivery(sent: 3, answered: 1, likely: 3, received: 3)
        case (.bidirectional, false): Delivery(sent: 3, answered: 1, likely: 3, received: 6)
        }
    }

    /// Waits for the end, closes everything, and checks what holds for every end.
    func end(_ code: StatusCode) async -> CallOutcome {
        let outcome = await task.value
        await transport.shutdown()
        await killServer()
        EventRules.check(log, outcome)
        #expect(outcome.code == code, "\(outcome)")
        var delivered = outcome.delivery
        // A gRPC server that goes away says what it has not taken; whether it had taken the request by then is chance.
        if code == .unavailable { delivered.refused = 0 }
        // What was told of is on its way: how much of it had left this side by then is chance, too.
        delivered.unprocessed = 0
        if let delivery { #expect(delivered == delivery) }
        return outcome
    }
}
