import Plans
import RPCCore
import Retry
import TestSupport
import Testing

/// A transport as a whole, as an example of one: what is asked is said again backwards.
private struct MirrorTransport: Transport {
    let server = ServerAddress(scheme: .http, host: "mirror.invalid", port: 80)
    let clock: any CallClock

    @discardableResult
    func perform(_ call: Call, observer: any CallObserver) async -> CallOutcome {
        await observer.observe(.attemptStarted(Attempt(start: clock.now, wallTime: clock.wallTime)))
        await observer.observe(.opened(ConnectionInfo(time: clock.now, transport: "mirror", route: "/")))
        var delivery = Delivery()
        var failure: CallError?
        do {
            // Requests are pulled no faster than they are answered; what waits here is ended by cancelling the task.
            var source = call.plan.makeSource(clock: clock)
            while let requests = try await source.next(atMost: 256) {
                await answer(requests, after: delivery.sent, observer)
                delivery.sent += requests.count
                (delivery.answered, delivery.likely, delivery.received) = (delivery.sent, delivery.sent, delivery.sent)
                await observer.observe(.acknowledged(upTo: delivery.sent))
            }
            await observer.observe(.halfClosed(at: clock.now))
            await observer.observe(.serverFinished(at: clock.now))
        } catch is CancellationError {
            failure = CallError(.cancelled, "the call was cancelled", at: .cancellation, delivery: delivery)
        } catch {
            failure = CallError(.invalidArgument, "\(error)", at: .plan, delivery: delivery)
        }
        // A failure is an outcome, which is the last event and is returned.
        let outcome = CallOutcome(
            error: failure, delivery: delivery, time: clock.now, rule: failure == nil ? "all is said" : "given up")
        await observer.observe(.ended(outcome))
        return outcome
    }

    private func answer(_ requests: [HelloRequest], after sent: Int, _ observer: any CallObserver) async {
        func message(_ index: Int, _ body: StreamMessage.Body, answers: Int? = nil) -> StreamMessage {
            StreamMessage(
                number: sent + 1 + index, time: clock.now, size: max(1, requests[index].name.utf8.count),
                form: .textFrame, body: body, answers: answers)
        }
        await observer.observe(.sent(requests.indices.map { message($0, .request(requests[$0])) }))
        let replies = requests.indices.map { index in
            let reply = HelloReply(message: String(requests[index].name.reversed()))
            return message(index, .reply(reply), answers: sent + 1 + index)
        }
        await observer.observe(.received(replies))
    }

    func checkHealth(deadline: Duration) async throws(CallError) -> HealthReport {
        HealthReport(message: "bright", roundTrip: .zero)
    }

    func shutdown() async {}
}

extension Contract {
    @Suite("A transport in one file", .timeLimit(.minutes(10)))
    struct ToyTransportTests {
        @Test("keeps the contract, also below what stands before every transport", arguments: CallKind.allCases)
        func keepsContract(_ kind: CallKind) async throws {
            let mirror = MirrorTransport(clock: SystemClock())
            let whole = InterceptedTransport(
                mirror, [RetryInterceptor(policy: { .standard }), RedactionInterceptor(Redaction())])
            for transport in [mirror, whole] as [any Transport] {
                let log = EventLog()
                let outcome = await transport.perform(Call(kind, PlanRun.users(1000)), observer: log)
                EventRules.check(log, outcome)
                #expect(log.replies.map(\.message) == (1...1000).map { String("User \($0)".reversed()) })
                let health = try await transport.checkHealth(deadline: .seconds(5))
                #expect(health.message == "bright")
            }
        }

        @Test("a call that is held open ends when it is cancelled")
        func cancels() async throws {
            let log = EventLog()
            let plan = SteeredPlan(PlanRun(names: ["Ana"]), holdsOpen: true)
            let task = Task {
                await MirrorTransport(clock: SystemClock()).perform(
                    Call(.bidirectional, plan), observer: plan.watching(log))
            }
            await log.wait { $0.contains { if case .acknowledged = $0 { true } else { false } } }
            task.cancel()
            let outcome = await task.value
            EventRules.check(log, outcome)
            #expect(outcome.code == .cancelled)
        }
    }
}
