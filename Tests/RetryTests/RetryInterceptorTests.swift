import Foundation
import Plans
import RPCCore
import Synchronization
import TestSupport
import Testing

@testable import Retry

@Suite("Retrying calls", .timeLimit(.minutes(10)))
struct RetryInterceptorTests {
    private let clock = LeapingClock()

    /// Makes a call over a scripted transport. Waiting takes no time, but it is later afterwards.
    private func perform(
        _ script: [ScriptedTransport.Step], mode: RetryMode = .restart, plan: any RequestPlan = numbers(10),
        policy: RetryPolicy? = nil, deadline: Duration? = .seconds(30)
    ) async throws -> (log: EventLog, transport: ScriptedTransport, outcome: CallOutcome) {
        let transport = ScriptedTransport(script, clock: clock)
        let policy =
            try policy
            ?? RetryPolicy(
                mode: mode, backoff: BackoffPolicy(initial: .seconds(1), maximum: .seconds(8), jitter: .none))
        let retrying = InterceptedTransport(
            transport, [RetryInterceptor(policy: { policy }, clock: clock)])
        let log = EventLog()
        let call = Call(.bidirectional, plan, options: CallOptions(deadline: deadline))
        let outcome = await retrying.perform(call, observer: log)
        #expect(log.outcomes == [outcome])
        if case .ended = log.events.last {} else { Issue.record("the outcome is not the last event") }
        return (log, transport, outcome)
    }

    static func numbers(_ count: Int) -> PlanRun {
        .repeating("{i}", count)
    }

    private func starts(_ log: EventLog) -> [Int] {
        log.events.compactMap { event -> Int? in
            if case .attemptStarted(let attempt) = event { attempt.number } else { nil }
        }
    }

    private func resent(_ log: EventLog) -> [ClosedRange<Int>] {
        log.events.compactMap { event -> ClosedRange<Int>? in
            if case .resent(let numbers, _) = event { numbers } else { nil }
        }
    }

    private func delays(_ log: EventLog) -> [Duration] {
        log.events.compactMap { event -> Duration? in
            if case .retryScheduled(let schedule) = event { schedule.delay } else { nil }
        }
    }

    @Test("a call that succeeds is passed through as it is")
    func success() async throws {
        let (log, transport, outcome) = try await perform([.answer])
        #expect(outcome.error == nil)
        #expect(outcome.delivery == Delivery(sent: 10, answered: 10, received: 10))
        #expect(starts(log) == [1])
        #expect(log.sent.map(\.number) == Array(1...10))
        let all = (1...10).map { String($0) }
        #expect(transport.names == [all])
    }

    @Test("restart runs the plan again from its first request, and numbers stay those of the plan")
    func restart() async throws {
        let (log, transport, outcome) = try await perform([.refuse, .drop(after: 4), .answer])
        #expect(outcome.error == nil)
        #expect(starts(log) == [1, 2, 3])
        let all = (1...10).map { String($0) }
        #expect(transport.names == [[], Array(all.prefix(4)), all])
        #expect(log.sent.map(\.number) == Array(1...10))
        #expect(resent(log) == [1...4])
        #expect(delays(log) == [.seconds(1), .seconds(2)])
        #expect(outcome.delivery == Delivery(sent: 10, answered: 10, received: 10))
    }

    @Test("what chance and time have filled in is sent again as it was, from the first request or a later one")
    func replaysChance() async throws {
        let run = PlanRun(
            PlanDocument(steps: [.repeating("{i} {uuid} {random} {now:ms}", 10, every: .milliseconds(100))]))
        for plan in [run, SteeredPlan(run, for: .bidirectional, holdsOpen: false)] as [any RequestPlan] {
            let all = try await run.preview(10).map(\.request.name)
            let (_, restarted, _) = try await perform([.drop(after: 4), .answer], plan: plan)
            #expect(restarted.names == [Array(all.prefix(4)), all])
            let (log, resumed, _) = try await perform(
                [.answerThenDrop(after: 3), .answer], mode: .resume,
                plan: plan is PlanRun ? plan : SteeredPlan(run, for: .bidirectional, holdsOpen: false))
            #expect(resumed.names == [Array(all.prefix(3)), Array(all.dropFirst(3))])
            #expect(log.sent.map(\.number) == Array(1...10))
        }
    }

    @Test("a reply that was shown commits the call")
    func commit() async throws {
        let (log, _, outcome) = try await perform([.answerThenDrop(after: 3), .answer])
        #expect(outcome.code == .unavailable)
        #expect(starts(log) == [1])
        #expect(log.notices == ["no retry: a reply was shown, which commits the call"])
        #expect(outcome.delivery == Delivery(sent: 3, answered: 3, received: 3))
    }

    @Test("resume goes on after the last request that was answered")
    func resume() async throws {
        let (log, transport, outcome) = try await perform(
            [.answerThenDrop(after: 3), .drop(after: 2), .answerThenDrop(after: 4), .answer], mode: .resume)
        #expect(outcome.error == nil)
        #expect(
            transport.names == [
                ["1", "2", "3"], ["4", "5"], ["4", "5", "6", "7"], ["8", "9", "10"],
            ])
        #expect(log.sent.map(\.number) == Array(1...10))
        #expect(resent(log).flatMap { Array($0) } == [4, 5])
        #expect(log.received.map(\.number) == Array(1...10))
        #expect(log.received.compactMap(\.answers) == Array(1...10))
        #expect(outcome.delivery == Delivery(sent: 10, answered: 10, received: 10))
    }

    @Test("attempts never exceed the maximum, and the last failure stands")
    func exhausted() async throws {
        let (log, transport, outcome) = try await perform(Array(repeating: .refuse, count: 9))
        #expect(outcome.code == .unavailable)
        #expect(transport.names.count == 4)
        #expect(delays(log) == [.seconds(1), .seconds(2), .seconds(4)])
        #expect(log.notices == ["no retry: all 4 attempts were made"])
    }

    @Test("the outcome counts the attempts, those given up included")
    func attempts() async throws {
        for failures in 0..<4 {
            let (_, _, outcome) = try await perform(Array(repeating: .refuse, count: failures) + [.answer])
            #expect(outcome.attempts == failures + 1)
        }
    }

    /// Requests sent, and of them refused and uncertain, for what the attempts have come to.
    static let ledgers: [([ScriptedTransport.Step], sent: Int, refused: Int, uncertain: Int)] = [
        ([.turnDown(after: 4)], 4, 4, 0),
        // What an attempt has left in doubt stays in doubt, whatever another one is told.
        ([.drop(after: 4), .turnDown(after: 2)], 4, 0, 4),
        ([.drop(after: 2), .turnDown(after: 4)], 4, 2, 2),
        ([.turnDown(after: 4), .drop(after: 2), .refuse, .refuse], 4, 2, 2),
        ([.turnDown(after: 4), .refuse, .refuse, .refuse], 4, 4, 0),
    ]

    @Test("what was refused for certain is not uncertain, and the ledger adds up", arguments: ledgers)
    func ledger(_ script: [ScriptedTransport.Step], sent: Int, refused: Int, uncertain: Int) async throws {
        let policy = try RetryPolicy(
            maximumAttempts: script.count, retryableCodes: [.unavailable, .resourceExhausted])
        let (log, _, outcome) = try await perform(script, policy: policy)
        let delivery = outcome.delivery
        #expect(delivery == Delivery(sent: sent, refused: refused))
        #expect(delivery.uncertain == uncertain)
        #expect(delivery.answered + delivery.refused + delivery.uncertain == delivery.sent)
        #expect(outcome.error?.delivery == delivery)
        #expect(log.sent.count == sent)
    }

    @Test("what the last attempt certainly did not bring to the server is told apart from what was refused")
    func unprocessed() async throws {
        let policy = try RetryPolicy(maximumAttempts: 2, retryableCodes: [.unavailable])
        let (_, _, outcome) = try await perform([.drop(after: 1), .keep(after: 4)], policy: policy)
        #expect(outcome.delivery == Delivery(sent: 4, unprocessed: 3))
        #expect(outcome.delivery.uncertain == 1)
    }

    @Test("off makes one attempt")
    func off() async throws {
        let (log, transport, outcome) = try await perform([.refuse], policy: .off)
        #expect(outcome.code == .unavailable)
        #expect(transport.names.count == 1)
        #expect(delays(log).isEmpty)
    }

    @Test("the user can have the next attempt now, as soon as they are told of it")
    func retryNow() async throws {
        let clock = ManualClock()
        let steering = CallSteering()
        let transport = ScriptedTransport([.refuse, .answer], clock: clock)
        let retrying = InterceptedTransport(
            transport, [RetryInterceptor(policy: { .standard }, clock: clock)])
        let log = EventLog()
        let call = Call(.clientStream, Self.numbers(3), options: CallOptions(deadline: nil))
        let task = CallSteering.$current.withValue(steering) {
            Task { await retrying.perform(call, observer: log) }
        }
        await log.wait { $0.contains { if case .retryScheduled = $0 { true } else { false } } }
        // Once is enough, whether somebody waits for it already or not.
        steering.retryNow()
        #expect(await task.value.error == nil)
        #expect(starts(log) == [1, 2])
        #expect(clock.sleeperCount == 0)
        #expect(clock.now == .zero)
    }

    @Test("giving up while waiting ends the call at once")
    func giveUp() async throws {
        let clock = ManualClock()
        let transport = ScriptedTransport([.refuse], clock: clock)
        let retrying = InterceptedTransport(
            transport, [RetryInterceptor(policy: { .standard }, clock: clock)])
        let log = EventLog()
        let task = Task { await retrying.perform(Call(.clientStream, Self.numbers(3)), observer: log) }
        await log.wait { $0.contains { if case .retryScheduled = $0 { true } else { false } } }
        task.cancel()
        let outcome = await task.value
        #expect(outcome.code == .cancelled)
        #expect(outcome.rule == "the user gave up")
        #expect(log.outcomes.count == 1)
        #expect(clock.sleeperCount == 0)
    }

    @Test("a plan that can be read only once is sent again from what was kept of it")
    func spool() async throws {
        let (log, transport, outcome) = try await perform(
            [.drop(after: 700), .drop(after: 20), .answer], plan: OncePlan(count: 1000))
        #expect(outcome.error == nil)
        #expect(transport.names.map(\.count) == [700, 20, 1000])
        let all = (1...1000).map { String($0) }
        #expect(transport.names[2] == all)
        #expect(log.sent.map(\.number) == Array(1...1000))
        #expect(resent(log).map(\.upperBound).max() == 700)
    }

    @Test("total time and number of attempts stay within their limits for thousands of seeds")
    func limits() async throws {
        for seed in 0..<2000 as Range<UInt64> {
            var random = SeededGenerator(seed: seed)
            let clock = LeapingClock()
            let deadline = Duration.milliseconds(Int.random(in: 1...20_000, using: &random))
            let policy = try RetryPolicy(
                maximumAttempts: Int.random(in: 2...12, using: &random),
                backoff: BackoffPolicy(
                    initial: .milliseconds(Int.random(in: 1...500, using: &random)), maximum: .seconds(4),
                    multiplier: 1.6, jitter: Jitter.allCases.randomElement(using: &random) ?? .full))
            let transport = ScriptedTransport(Array(repeating: .refuse, count: 20), clock: clock)
            let throttle = RetryThrottle(try RetryThrottle.Configuration(maximumTokens: 1000))
            let retry = RetryInterceptor(
                policy: { policy }, throttle: throttle, clock: clock, random: { SeededGenerator(seed: seed) })
            let retrying = InterceptedTransport(transport, [retry])
            let call = Call(.clientStream, Self.numbers(1), options: CallOptions(deadline: deadline))
            let outcome = await retrying.perform(call, observer: EventLog())
            #expect(outcome.code == .unavailable)
            #expect(transport.names.count <= policy.maximumAttempts)
            #expect(clock.now <= deadline)
        }
    }
}

/// A transport whose attempts go as written, one step after the other.
final class ScriptedTransport: Transport {
    enum Step: Sendable {
        /// Each request gets a reply, and the call succeeds.
        case answer
        /// The server cannot be reached.
        case refuse
        /// The connection is lost after so many requests, before any reply.
        case drop(after: Int)
        /// The connection is lost after so many requests and their replies.
        case answerThenDrop(after: Int)
        /// The server refuses the call in so many words, after so many requests.
        case turnDown(after: Int)
        /// The call fails with so many requests that never left.
        case keep(after: Int)
    }

    let server = ServerAddress(scheme: .http, host: "127.0.0.1", port: 1)
    private let clock: any CallClock
    private let state: Mutex<(steps: [Step], names: [[String]])>

    init(_ steps: [Step], clock: any CallClock) {
        state = Mutex((steps, []))
        self.clock = clock
    }

    /// The names of the requests of each attempt.
    var names: [[String]] { state.withLock { $0.names } }

    func checkHealth(deadline: Duration) async throws(CallError) -> HealthReport {
        HealthReport(message: "", roundTrip: .zero)
    }

    func shutdown() async {}

    func perform(_ call: Call, observer: any CallObserver) async -> CallOutcome {
        let step = state.withLock { state in
            state.names.append([])
            return state.steps.isEmpty ? Step.answer : state.steps.removeFirst()
        }
        await observer.observe(.attemptStarted(Attempt(start: clock.now, wallTime: clock.wallTime)))
        var delivery = Delivery()
        var error: CallError?
        switch step {
        case .refuse: error = CallError(.unavailable, "connection refused", at: .connect, isSafeToRetry: true)
        case .answer: error = await send(call, limit: .max, answers: true, observer, &delivery)
        case .drop(let limit): error = await send(call, limit: limit, answers: false, observer, &delivery)
        case .answerThenDrop(let limit): error = await send(call, limit: limit, answers: true, observer, &delivery)
        case .turnDown(let limit):
            _ = await send(call, limit: limit, answers: false, observer, &delivery)
            error = CallError(.resourceExhausted, "not now", at: .server, isRefusal: true)
            delivery.refused = delivery.sent
        case .keep(let limit):
            error = await send(call, limit: limit, answers: false, observer, &delivery)
            delivery.unprocessed = delivery.sent
        }
        error?.delivery = delivery
        let outcome = CallOutcome(error: error, delivery: delivery, time: clock.now, rule: "as written")
        await observer.observe(.ended(outcome))
        return outcome
    }

    private func send(
        _ call: Call, limit: Int, answers: Bool, _ observer: any CallObserver, _ delivery: inout Delivery
    ) async -> CallError? {
        var source = call.plan.makeSource(clock: clock)
        do {
            while delivery.sent < limit, let batch = try await source.next(atMost: min(64, limit - delivery.sent)) {
                let first = delivery.sent + 1
                delivery.sent += batch.count
                state.withLock { $0.names[$0.names.count - 1] += batch.map(\.name) }
                await observer.observe(
                    .sent(
                        batch.enumerated().map { index, request in
                            StreamMessage(
                                number: first + index, time: clock.now, size: 1, form: .textFrame,
                                body: .request(request))
                        }))
                guard answers else { continue }
                delivery.received += batch.count
                delivery.answered = delivery.sent
                await observer.observe(
                    .received(
                        batch.indices.map { index in
                            StreamMessage(
                                number: first + index, time: clock.now, size: 1, form: .textFrame,
                                body: .reply(HelloReply(message: "hi")), answers: first + index)
                        }))
                await observer.observe(.acknowledged(upTo: delivery.sent))
            }
        } catch {
            return CallError(.cancelled, "\(error)", at: .cancellation)
        }
        if limit < .max { return CallError(.unavailable, "connection lost", at: .receive) }
        await observer.observe(.halfClosed(at: clock.now))
        return nil
    }
}

/// A plan that can be read only once, as standard input can.
private final class OncePlan: GreetingPlan {
    private let total: Int
    private let runs = Counter()

    init(count: Int) { total = count }

    var isRepeatable: Bool { false }

    func makeGreetings(clock: any CallClock) -> GreetingSource {
        runs.add()
        precondition(runs.value == 1, "read a second time")
        return RetryInterceptorTests.numbers(total).makeSource(clock: clock)
    }
}

/// A clock on which no sleep takes any time, but it is later afterwards.
private final class LeapingClock: CallClock {
    private let time = Mutex(Duration.zero)
    private let calendar = ManualClock()

    var now: Duration { time.withLock { $0 } }
    var wallTime: Foundation.Date { calendar.wallTime }

    func sleep(until instant: Duration) async throws {
        try Task.checkCancellation()
        time.withLock { $0 = max($0, instant) }
    }
}
