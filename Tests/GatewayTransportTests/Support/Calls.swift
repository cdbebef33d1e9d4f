import GatewayTransport
import Plans
import RPCCore
import TestSupport
import Testing

/// What a call did.
struct Observed: Sendable {
    var outcome: CallOutcome
    var log: EventLog

    var error: CallError? { outcome.error }
    /// The summaries of what was received.
    var received: [String] { log.received.map(\.summary) }
}

/// Times that no test waits for: silence ends a call only where the test's clock says so.
func configuration(
    _ change: (inout GatewayConfiguration) -> Void = { _ in }
) -> GatewayConfiguration {
    var configuration = GatewayConfiguration(
        quietTime: .seconds(50), connectTimeout: .seconds(100), closeTimeout: .milliseconds(200))
    change(&configuration)
    return configuration
}

/// Makes a call that greets each name, and checks what holds for every call.
func perform(
    _ kind: CallKind, _ names: [String] = ["Ana"], at server: ServerAddress,
    configuration: GatewayConfiguration = configuration(), options: CallOptions = CallOptions(deadline: .seconds(100)),
    log: EventLog = EventLog()
) async -> Observed {
    await perform(
        Call(kind, PlanRun(names: names), options: options), at: server, configuration: configuration, log: log)
}

func perform(
    _ call: Call, at server: ServerAddress, configuration: GatewayConfiguration = configuration(),
    clock: any CallClock = SystemClock(), log: EventLog = EventLog()
) async -> Observed {
    let transport = GatewayTransport(server: server, configuration: configuration, clock: clock)
    let outcome = await transport.perform(call, observer: log)
    await transport.shutdown()
    expectOrder(log, outcome)
    return Observed(outcome: outcome, log: log)
}

/// Makes a call on a clock that stands still until `condition` holds and then runs fast, so that silence follows.
func performUntilQuiet(
    _ call: Call, at server: ServerAddress, configuration: GatewayConfiguration = configuration(),
    after condition: @escaping @Sendable ([CallEvent]) -> Bool
) async throws -> Observed {
    let clock = ManualClock()
    let log = EventLog()
    async let observed = perform(call, at: server, configuration: configuration, clock: clock, log: log)
    await log.wait(until: condition)
    while log.outcomes.isEmpty {
        clock.advance(by: .seconds(1))
        try await Task.sleep(for: .milliseconds(1))
    }
    return await observed
}

extension [CallEvent] {
    /// How many messages were received.
    var receivedCount: Int {
        reduce(0) { if case .received(let messages) = $1 { $0 + messages.count } else { $0 } }
    }

    var isServerFinished: Bool { contains { if case .serverFinished = $0 { true } else { false } } }
    var isHalfClosed: Bool { contains { if case .halfClosed = $0 { true } else { false } } }
}

/// What holds for the events of every call.
func expectOrder(_ log: EventLog, _ outcome: CallOutcome) {
    let events = log.events
    if case .attemptStarted(let attempt) = events.first {
        #expect(attempt.number == 1)
    } else {
        Issue.record("no attempt")
    }
    #expect(log.outcomes == [outcome])
    if case .ended = events.last {} else { Issue.record("the last event is \(String(describing: events.last))") }
    #expect(log.sent.map(\.number) == Array(1..<log.sent.count + 1))
    #expect(log.received.map(\.number) == Array(1..<log.received.count + 1))
    #expect(outcome.delivery.sent == log.sent.count)
    let echoes = log.received.count { if case .markerEcho = $0.body { true } else { false } }
    #expect(outcome.delivery.received == log.received.count - echoes)
    #expect(outcome.error?.delivery ?? outcome.delivery == outcome.delivery)
    #expect(outcome.error?.isSafeToRetry ?? false == (outcome.error != nil && outcome.delivery.sent == 0))
    var sent = 0
    var pairings = Pairings()
    for event in events {
        if case .sent(let messages) = event { sent += messages.count }
        if case .paired(let rule) = event { pairings.apply(rule) }
        if case .received(let messages) = event {
            #expect(
                messages.allSatisfy { (pairings.pair(of: $0)?.request ?? 0) <= sent }, "a reply came before its request"
            )
        }
    }
}
