import Plans
import RPCCore
import Synchronization
import TestSupport
import Testing

@testable import Retry

/// A server stream that breaks off and gives identifiers goes on after the last event.
@Suite("Going on after an event", .timeLimit(.minutes(10)))
struct LastEventTests {
    /// What one attempt does: so many replies, the identifier that it ends with, and whether it breaks off then.
    private struct Try: Sendable {
        var replies: Int
        var id: String?
        var fails = true
        /// Requests that were answered whole.
        var answered = 0
    }

    private final class Stream: Transport {
        let server = ServerAddress(scheme: .http, host: "h", port: 1)
        let attempts: [Try]
        let asked = Mutex<[String?]>([])

        init(_ attempts: [Try]) {
            self.attempts = attempts
        }

        @discardableResult
        func perform(_ call: Call, observer: any CallObserver) async -> CallOutcome {
            let index = asked.withLock { asked in
                asked.append(call.options.lastEventID)
                return asked.count - 1
            }
            let attempt = attempts[index]
            await observer.observe(.attemptStarted(Attempt(start: .zero, wallTime: SystemClock().wallTime)))
            let request = StreamMessage.Body.request(HelloRequest(name: "Ana"))
            await observer.observe(
                .sent([StreamMessage(number: 1, time: .zero, size: 1, form: .jsonBody, body: request)]))
            let replies = (0..<attempt.replies).map { offset in
                StreamMessage(
                    number: offset + 1, time: .zero, size: 1, form: .serverSentEvent,
                    body: .reply(HelloReply(message: "\(index)-\(offset)")), answers: 1)
            }
            if !replies.isEmpty { await observer.observe(.received(replies)) }
            if attempt.answered > 0 { await observer.observe(.acknowledged(upTo: attempt.answered)) }
            let delivery = Delivery(sent: 1, answered: attempt.answered, received: replies.count)
            let error = CallError(.unavailable, "cut", at: .receive, lastEventID: attempt.id, delivery: delivery)
            let outcome = CallOutcome(error: attempt.fails ? error : nil, delivery: delivery, time: .zero, rule: "x")
            await observer.observe(.ended(outcome))
            return outcome
        }

        func checkHealth(deadline: Duration) async throws(CallError) -> HealthReport {
            HealthReport(message: "", roundTrip: .zero)
        }

        func shutdown() async {}
    }

    private func perform(
        _ attempts: [Try], mode: RetryMode = .resume, kind: CallKind = .serverStream
    ) async throws -> (log: EventLog, asked: [String?], outcome: CallOutcome) {
        let stream = Stream(attempts)
        let backoff = try BackoffPolicy(initial: .microseconds(1), maximum: .microseconds(2))
        let policy = try RetryPolicy(mode: mode, backoff: backoff)
        let log = EventLog()
        let outcome = await InterceptedTransport(stream, [RetryInterceptor(policy: { policy })])
            .perform(Call(kind, PlanRun(names: ["Ana", "Bo"])), observer: log)
        return (log, stream.asked.withLock { $0 }, outcome)
    }

    @Test("The next attempt asks for what follows the last identifier, and replies are numbered on")
    func goesOn() async throws {
        let (log, asked, outcome) = try await perform([
            Try(replies: 2, id: "7"), Try(replies: 0), Try(replies: 1, id: "8"),
            Try(replies: 1, fails: false, answered: 1),
        ])
        #expect(outcome.error == nil)
        #expect(asked == [nil, "7", "7", "8"])
        #expect(log.received.map(\.summary) == ["0-0", "0-1", "2-0", "3-0"])
        #expect(log.received.map(\.number) == [1, 2, 3, 4])
        #expect(outcome.delivery.received == 4)
    }

    @Test("An identifier holds for the stream of its request only")
    func nextRequest() async throws {
        let (_, asked, outcome) = try await perform([
            Try(replies: 1, id: "7"), Try(replies: 1, answered: 1), Try(replies: 1, fails: false),
        ])
        // The stream of the second request began, and has shown a reply without an identifier.
        #expect(asked == [nil, "7"])
        #expect(outcome.code == .unavailable)
    }

    @Test(
        "Without an identifier, in another mode or over another kind of call a shown reply commits the call",
        arguments: [
            (nil, .resume, .serverStream), ("7", .restart, .serverStream), ("7", .resume, .unary),
        ] as [(String?, RetryMode, CallKind)])
    func commits(id: String?, mode: RetryMode, kind: CallKind) async throws {
        let (_, asked, outcome) = try await perform([Try(replies: 1, id: id)], mode: mode, kind: kind)
        #expect(asked == [nil])
        #expect(outcome.code == .unavailable)
    }
}
