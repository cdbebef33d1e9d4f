import Plans
import TestSupport
import Testing

@testable import RPCCore

@Suite("A server that repeats a token", .timeLimit(.minutes(10)))
struct RedactionInterceptorTests {
    /// A server that says the token wherever it can.
    private struct Parrot: Transport {
        let server = ServerAddress(scheme: .http, host: "h", port: 1)

        @discardableResult
        func perform(_ call: Call, observer: any CallObserver) async -> CallOutcome {
            let metadata = [MetadataEntry("x-echo", "a s3cret")]
            let bodies: [StreamMessage.Body] = [
                .reply(HelloReply(message: "Hello, s3cret!", language: "s3cret")), .refusal("no s3cret"),
                .markerEcho(HelloReply(message: "s3cret")),
            ]
            let error = CallError(.unknown, "s3cret is wrong", at: .server, advice: "use another than s3cret")
            let outcome = CallOutcome(
                error: error, delivery: Delivery(), time: .zero, rule: "ended by s3cret", trailers: metadata)
            let events: [CallEvent] = [
                .attemptStarted(Attempt(start: .zero, wallTime: SystemClock().wallTime)),
                .opened(ConnectionInfo(time: .zero, transport: "t", route: "/", metadata: metadata)),
                .received(
                    bodies.enumerated().map { index, body in
                        StreamMessage(
                            number: index + 1, time: .zero, size: 1, form: .textFrame, body: body, wire: "{s3cret}")
                    }),
                .attemptEnded(error, at: .zero), .notice("heard s3cret"), .ended(outcome),
            ]
            for event in events { await observer.observe(event) }
            return outcome
        }

        func checkHealth(deadline: Duration) async throws(CallError) -> HealthReport {
            if deadline > .zero { return HealthReport(message: "well, s3cret", roundTrip: .zero) }
            throw CallError(.unavailable, "no s3cret", at: .server)
        }

        func shutdown() async {}
    }

    @Test("does not put it before the observer, whatever it says it in")
    func redacts() async throws {
        let redaction = Redaction(secrets: [Secret("s3cret")])
        let transport = InterceptedTransport(Parrot(), [RedactionInterceptor(redaction)])
        let log = EventLog()
        let outcome = await transport.perform(Call(.bidirectional, PlanRun(names: [])), observer: log)
        #expect(log.outcomes == [outcome])
        #expect(log.events.count == 7)
        #expect(
            log.notices == [
                "what repeats a token or a secret header is shown as [redacted]", "heard [redacted]",
            ])
        var text = ""
        dump(log.events, to: &text)
        #expect(!text.contains("s3cret"))
        #expect(
            log.received.map(\.summary) == ["Hello, [redacted]!", "refused: no [redacted]", "(end marker) [redacted]"])
        #expect(try await transport.checkHealth(deadline: .seconds(1)).message == "well, [redacted]")
        let error = await #expect(throws: CallError.self) { try await transport.checkHealth(deadline: .zero) }
        #expect(error?.cause == "no [redacted]")
    }

    @Test("is not told of where it does not do it, and its messages are handed on as they are")
    func nothingToHide() async {
        let messages = (1...300).map { number in
            StreamMessage(
                number: number, time: .zero, size: 9, form: .textFrame, body: .reply(HelloReply(message: "Hi")),
                wire: #"{"message":"Hi"}"#)
        }
        for redaction in [Redaction(), Redaction(secrets: [Secret("s3cret")])] {
            let log = EventLog()
            await InterceptedTransport(ScriptedEvents([.received(messages)]), [RedactionInterceptor(redaction)])
                .perform(Call(.bidirectional, PlanRun(names: [])), observer: log)
            #expect(log.events == [.received(messages)])
        }
    }
}
