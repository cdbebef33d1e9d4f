import RPCCore
import TestSupport
import Testing

@testable import Plans

@Suite("Comparing two runs", .timeLimit(.minutes(10)))
struct ComparisonTests {
    /// Answers each request with a greeting, 10 ms later by its clock.
    private struct Answering: Transport {
        var greeting: @Sendable (Int, String) -> String = { "Hello, \($1)! (\($0))" }
        var error: CallError?
        /// How long it waits after the last reply whether more comes.
        var silence = Duration.zero
        let server: ServerAddress

        init(_ host: String, error: CallError? = nil, greeting: (@Sendable (Int, String) -> String)? = nil) {
            server = ServerAddress(scheme: .http, host: host, port: 80)
            self.error = error
            if let greeting { self.greeting = greeting }
        }

        @discardableResult
        func perform(_ call: Call, observer: any CallObserver) async -> CallOutcome {
            let clock = ManualClock()
            await observer.observe(.attemptStarted(Attempt(start: clock.now, wallTime: clock.wallTime)))
            var source = call.plan.makeSource(clock: SystemClock())
            var count = 0
            while let requests = try? await source.next(atMost: 256) {
                for request in requests {
                    count += 1
                    await observer.observe(
                        .sent([message(count, clock.now, .request(request))]))
                    clock.advance(by: .milliseconds(10))
                    var reply = message(count, clock.now, .reply(HelloReply(message: greeting(count, request.name))))
                    reply.answers = count
                    await observer.observe(.received([reply]))
                }
            }
            clock.advance(by: silence)
            let outcome = CallOutcome(
                error: error, delivery: Delivery(sent: count, answered: count, received: count), time: clock.now,
                rule: "done")
            await observer.observe(.ended(outcome))
            return outcome
        }

        private func message(_ number: Int, _ time: Duration, _ body: StreamMessage.Body) -> StreamMessage {
            StreamMessage(number: number, time: time, size: 1, form: .jsonBody, body: body)
        }

        func checkHealth(deadline: Duration) async throws(CallError) -> HealthReport {
            HealthReport(message: "", roundTrip: .zero)
        }

        func shutdown() async {}
    }

    @Test("the silence in which we wait for more is not the call's; the time until a failure is")
    func silence() async throws {
        var waiting = Answering("one")
        waiting.silence = .milliseconds(800)
        var failing = Answering("two", error: CallError(.deadlineExceeded, "late", at: .deadline))
        failing.silence = .milliseconds(800)
        let comparison = try await compare(waiting, failing)
        #expect(comparison.first.elapsed == .milliseconds(20))
        #expect(comparison.second.elapsed == .milliseconds(820))
    }

    /// Runs a plan that greets `Ana` so often at both.
    private func compare(_ first: Answering, _ second: Answering, requests: Int = 2) async throws -> RunComparison {
        let template = RequestTemplate(name: try Template("Ana"), language: Template(literal: "en"))
        let plan = PlanRun(PlanDocument(steps: [.repetition(RepeatStep(requests, template))]))
        return await TransportComparison(.bidirectional, plan, options: CallOptions()).run(first, second)
    }

    @Test("two servers that answer alike are the same, with their times side by side")
    func same() async throws {
        let comparison = try await compare(Answering("a"), Answering("b"))
        #expect(comparison.isSame)
        #expect(comparison.first.replies == ["Hello, Ana! (1)", "Hello, Ana! (2)"])
        #expect(comparison.first.elapsed == .milliseconds(20))
        #expect(comparison.first.firstReply == .milliseconds(10))
        let rows = comparison.table.rows
        #expect(rows.first == ComparisonTable.Row("", "http://a:80", "http://b:80"))
        #expect(rows.map(\.name).suffix(3) == ["p50 of a reply", "p95", "p99"])
        let median = try #require(comparison.second.timing.roundTrips?.p50) / .milliseconds(1)
        #expect(abs(median - 10) < 0.4)
    }

    @Test("what differs is told: status, numbers, and replies one by one, but not more than ten")
    func different() async throws {
        let failure = CallError(.unavailable, "gone", at: .receive)
        let failed = try await compare(Answering("a"), Answering("b", error: failure))
        #expect(
            failed.differences == ["status: OK, and UNAVAILABLE", "the second failed: UNAVAILABLE at receive: gone"])
        let other = try await compare(
            Answering("a"), Answering("b") { $0 < 5 ? "Hello, \($1)! (\($0))" : "?" }, requests: 20)
        #expect(other.differences.count == 11)
        #expect(other.differences.first == "reply 5: \"Hello, Ana! (5)\", and \"?\"")
        #expect(other.differences.last == "6 more of the first 10000 differ")
    }

    @Test("a difference beyond what is kept is found, too")
    func digest() async throws {
        let count = RunReport.replyLimit + 5
        let comparison = try await compare(
            Answering("a"), Answering("b") { $0 < count ? "Hello, \($1)! (\($0))" : "?" }, requests: count)
        #expect(comparison.differences == ["replies after the first 10000 differ"])
        #expect(comparison.first.replies.count == RunReport.replyLimit)
    }

    @Test("a plan that cannot be run twice is refused")
    func refused() {
        #expect(TransportComparison.problem(with: .standardInput) != nil)
        #expect(TransportComparison.problem(with: PlanDocument(names: ["Ana"], language: nil)) == nil)
    }
}
