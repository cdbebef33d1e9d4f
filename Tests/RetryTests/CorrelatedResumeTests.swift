import Foundation
import Plans
import RPCCore
import Synchronization
import TestSupport
import Testing

@testable import Retry

@Suite("Resuming a stream whose replies say what they answer", .timeLimit(.minutes(10)))
struct CorrelatedResumeTests {
    private let clock = InstantClock()

    /// A call whose replies have the name of their request for a message.
    private func perform(
        _ attempts: [PickyTransport.Attempt], steps: [PlanStep] = [.repeating("{i}", 10)], mode: RetryMode = .resume,
        steering: ((PlanRun) -> any RequestPlan) = { $0 }
    ) async throws -> (log: EventLog, transport: PickyTransport, outcome: CallOutcome) {
        let transport = PickyTransport(attempts, clock: clock)
        let policy = try RetryPolicy(
            mode: mode, backoff: BackoffPolicy(initial: .seconds(1), maximum: .seconds(8), jitter: .none))
        let whole = InterceptedTransport(
            transport, [CorrelationInterceptor(), RetryInterceptor(policy: { policy }, clock: clock)])
        let log = EventLog()
        let run = PlanRun(PlanDocument(steps: steps, correlate: Correlation(request: "name", reply: "message")))
        let plan = steering(run)
        let observer: any CallObserver = (plan as? SteeredPlan)?.watching(log) ?? log
        let outcome = await whole.perform(Call(.bidirectional, plan), observer: observer)
        #expect(log.outcomes == [outcome])
        return (log, transport, outcome)
    }

    private func resent(_ log: EventLog) -> [ClosedRange<Int>] {
        log.events.compactMap { if case .resent(let numbers, _) = $0 { numbers } else { nil } }
    }

    @Test("exactly the requests without a reply are sent again, and what comes for them is theirs")
    func exactly() async throws {
        let (log, transport, outcome) = try await perform([
            .init(sends: 8, answers: ["5", "2", "5", "1", "x"], fails: true),
            .init(sends: 2, answers: ["4"], fails: true),
            .init(answers: ["10", "9", "8", "7", "6", "3"]),
        ])
        #expect(
            transport.names == [
                (1...8).map { "\($0)" }, ["3", "4"], ["3", "6", "7", "8", "9", "10"],
            ])
        #expect(outcome.error == nil)
        #expect(log.sent.map(\.number) == Array(1...10))
        #expect(resent(log) == [3...4, 3...3, 6...8])
        #expect(log.received.map(\.number) == Array(1...12))
        #expect(log.received.map(\.answers) == [5, 2, 5, 1, nil, 4, 10, 9, 8, 7, 6, 3])
        #expect(log.pairs.allSatisfy { $0?.isGuess != true })
        #expect(outcome.delivery == Delivery(sent: 10, answered: 10, received: 12))
        let first = log.events.compactMap {
            if case .retryScheduled(let retry) = $0 { retry.firstRequest } else { nil }
        }
        #expect(first == [3, 3])
        let uncertain = log.events.compactMap {
            if case .attemptEnded(let error, _) = $0 { error.delivery.uncertain } else { nil }
        }
        #expect(uncertain == [5, 1])
        let rules = log.events.filter { if case .paired = $0 { true } else { false } }
        #expect(rules.count == 1)
    }

    @Test("restart sends all again, and a reply that comes once more answers the same request")
    func restart() async throws {
        let (log, transport, outcome) = try await perform(
            [.init(sends: 3, answers: [], fails: true), .init(answers: ["3", "2", "2"])],
            steps: [.repeating("{i}", 3)], mode: .restart)
        #expect(transport.names == [["1", "2", "3"], ["1", "2", "3"]])
        #expect(log.received.map(\.answers) == [3, 2, 2])
        // Nobody has acknowledged the first one.
        #expect(outcome.delivery == Delivery(sent: 3, answered: 2, received: 3))
    }

    @Test("of requests that share a value none counts as answered, and all are sent again")
    func shared() async throws {
        let steps: [PlanStep] = ["a", "b", "a", "c"].map { .request(HelloRequest(name: $0)) }
        let (log, transport, _) = try await perform(
            [.init(answers: ["a", "b", "c"], fails: true), .init(answers: ["a"])], steps: steps)
        #expect(transport.names == [["a", "b", "a", "c"], ["a", "a"]])
        #expect(log.received.map(\.answers) == [nil, 2, 4, nil])
        #expect(resent(log) == [1...1, 3...3])
    }

    @Test("what fails for good tells how many were answered, whichever they are")
    func failure() async throws {
        let (_, _, outcome) = try await perform(
            [.init(answers: ["9", "3"], fails: true)], mode: .off)
        #expect(outcome.code == .unavailable)
        #expect(outcome.delivery == Delivery(sent: 10, answered: 2, received: 2))
        #expect(outcome.error?.delivery == outcome.delivery && outcome.delivery.uncertain == 8)
    }

    @Test("a request that was refused with the call is none of those that were answered")
    func refused() async throws {
        let (_, _, outcome) = try await perform([.init(answers: ["9", "3"], fails: true, refuses: true)], mode: .off)
        #expect(outcome.delivery == Delivery(sent: 10, answered: 2, refused: 8, received: 2))
    }

    @Test("flow control counts the open requests of the attempt, and what is left out is none of them")
    func flow() async throws {
        let (_, transport, outcome) = try await perform(
            [.init(sends: 6, answers: ["2", "4", "5", "6"], fails: true), .init(answers: ["3", "1", "7", "8"])],
            steps: [.repeating("{i}", 8)],
            steering: {
                var document = $0.document
                document.flow.unanswered = 6
                return SteeredPlan(PlanRun(document), for: .bidirectional, holdsOpen: false)
            })
        #expect(transport.names == [(1...6).map { "\($0)" }, ["1", "3", "7", "8"]])
        #expect(outcome.error == nil)
    }

    @Test("numbers of an attempt are those of the call without what is left out", arguments: 1...30)
    func numbers(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var answered = RequestNumbers(upTo: Int.random(in: 0...3, using: &random))
        for _ in 0..<Int.random(in: 0...30, using: &random) { answered.insert(Int.random(in: 1...60, using: &random)) }
        let leftOut = LeftOutRequests(answered)
        let rest = (1...80).filter { !answered.contains($0) }
        for (index, number) in rest.enumerated() { #expect(leftOut.number(index + 1) == number) }
        for number in 1...80 { #expect(leftOut.contains(number) == answered.contains(number)) }
        #expect(leftOut.count == answered.count && leftOut.prefix == answered.prefix)
        #expect(leftOut.last == (1...80).last { answered.contains($0) } ?? 0)
        #expect(leftOut.isEmpty == (answered.count == 0))
    }
}

/// A transport that answers, in each attempt, those requests that it is told to, once all are sent.
private final class PickyTransport: Transport {
    struct Attempt {
        var sends = Int.max
        var answers: [String] = []
        var fails = false
        var refuses = false
    }

    let server = ServerAddress(scheme: .http, host: "127.0.0.1", port: 1)
    private let clock: any CallClock
    private let state: Mutex<(attempts: [Attempt], names: [[String]])>

    init(_ attempts: [Attempt], clock: any CallClock) {
        state = Mutex((attempts, []))
        self.clock = clock
    }

    var names: [[String]] { state.withLock { $0.names } }

    func checkHealth(deadline: Duration) async throws(CallError) -> HealthReport {
        HealthReport(message: "", roundTrip: .zero)
    }

    func shutdown() async {}

    func perform(_ call: Call, observer: any CallObserver) async -> CallOutcome {
        let attempt = state.withLock { $0.attempts.isEmpty ? Attempt() : $0.attempts.removeFirst() }
        await observer.observe(.attemptStarted(Attempt.start(clock)))
        var delivery = Delivery()
        var names: [String] = []
        var source = call.plan.makeSource(clock: clock)
        while names.count < attempt.sends,
            let batch = try? await source.next(atMost: min(3, attempt.sends - names.count))
        {
            let first = names.count + 1
            names += batch.map(\.name)
            await observer.observe(
                .sent(
                    batch.enumerated().map { index, request in
                        StreamMessage(
                            number: first + index, time: clock.now, size: 1, form: .textFrame, body: .request(request))
                    }))
        }
        state.withLock { $0.names.append(names) }
        delivery.sent = names.count
        for (index, text) in attempt.answers.enumerated() {
            delivery.received += 1
            await observer.observe(
                .received([
                    StreamMessage(
                        number: index + 1, time: clock.now, size: 1, form: .textFrame,
                        body: .reply(HelloReply(message: text)))
                ]))
        }
        var error: CallError?
        if attempt.fails {
            error = CallError(
                .unavailable, "connection lost", at: .receive, isRefusal: attempt.refuses)
            if attempt.refuses { delivery.refused = delivery.sent }
        }
        error?.delivery = delivery
        let outcome = CallOutcome(error: error, delivery: delivery, time: clock.now, rule: "as written")
        await observer.observe(.ended(outcome))
        return outcome
    }
}

extension PickyTransport.Attempt {
    fileprivate static func start(_ clock: any CallClock) -> RPCCore.Attempt {
        RPCCore.Attempt(start: clock.now, wallTime: clock.wallTime)
    }
}

/// A clock on which no sleep takes any time, but it is later afterwards.
private final class InstantClock: CallClock {
    private let time = Mutex(Duration.zero)
    private let calendar = ManualClock()

    var now: Duration { time.withLock { $0 } }
    var wallTime: Foundation.Date { calendar.wallTime }

    func sleep(until instant: Duration) async throws {
        try Task.checkCancellation()
        time.withLock { $0 = max($0, instant) }
    }
}
