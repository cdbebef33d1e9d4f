import Plans
import RPCCore
import Synchronization
import TestSupport
import Testing

/// An interceptor as a whole, as an example of one: so many calls are made, and no more, and their replies are counted.
private final class QuotaInterceptor: CallInterceptor {
    private let left: Mutex<Int>
    private let replies = Mutex(0)

    init(calls: Int) { left = Mutex(calls) }

    var replyCount: Int { replies.withLock { $0 } }

    func intercept(_ call: Call, observer: any CallObserver, next: @escaping CallHandler) async -> CallOutcome {
        let isAllowed = left.withLock { left in
            left -= 1
            return left >= 0
        }
        // On its way down a call can be changed, made several times, or, as here, not at all.
        guard isAllowed else {
            let error = CallError(.resourceExhausted, "the quota is used up", at: .send, isSafeToRetry: true)
            let outcome = CallOutcome(error: error, delivery: Delivery(), time: .zero, rule: "the quota of calls")
            await observer.observe(.ended(outcome))
            return outcome
        }
        // On their way up events can be watched or changed.
        return await next(call, Tally(of: self, passingTo: observer))
    }

    private struct Tally: CallObserver {
        private let quota: QuotaInterceptor
        private let observer: any CallObserver

        init(of quota: QuotaInterceptor, passingTo observer: any CallObserver) {
            (self.quota, self.observer) = (quota, observer)
        }

        func observe(_ event: CallEvent) async {
            if case .received(let messages) = event {
                quota.replies.withLock { $0 += messages.count(where: \.isReply) }
            }
            await observer.observe(event)
        }
    }
}

extension Contract {
    @Suite("An interceptor in one file", .timeLimit(.minutes(10)))
    struct ToyInterceptorTests {
        @Test("stands before any transport", arguments: TransportUnderTest.all)
        func stands(_ test: TransportUnderTest) async throws {
            try await withTransport(test) { transport, _ in
                let quota = QuotaInterceptor(calls: 2)
                let intercepted = InterceptedTransport(transport, [quota])
                var codes: [StatusCode] = []
                for _ in 1...3 {
                    let log = EventLog()
                    codes.append(await intercepted.perform(Call(.unary, PlanRun.users(2)), observer: log).code)
                    #expect(log.outcomes.count == 1)
                    #expect(log.replies.count == (codes.last == .ok ? 2 : 0))
                }
                #expect(codes == [.ok, .ok, .resourceExhausted])
                #expect(quota.replyCount == 4)
                // What it does not intercept goes to the transport.
                #expect(intercepted.server == transport.server)
                let health = try await intercepted.checkHealth(deadline: .seconds(30))
                #expect(!health.message.isEmpty)
            }
        }

        @Test("the first of several is called by who makes the call, and told last", arguments: TransportUnderTest.all)
        func order(_ test: TransportUnderTest) async throws {
            try await withTransport(test) { transport, _ in
                let (outer, inner) = (QuotaInterceptor(calls: 1), QuotaInterceptor(calls: 1))
                let intercepted = InterceptedTransport(transport, [outer, inner])
                #expect(await intercepted.perform(Call(.unary, PlanRun.users(1)), observer: EventLog()).code == .ok)
                let refused = EventLog()
                await intercepted.perform(Call(.unary, PlanRun.users(1)), observer: refused)
                #expect(refused.events.count == 1)
                #expect((outer.replyCount, inner.replyCount) == (1, 1))
                // The second call has not come as far as the inner one, of whose quota nothing more is used.
                let rest = InterceptedTransport(transport, [inner])
                let outcome = await rest.perform(Call(.unary, PlanRun.users(1)), observer: EventLog())
                #expect(outcome.code == .resourceExhausted)
            }
        }
    }
}
