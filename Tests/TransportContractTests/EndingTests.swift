import DemoServer
import Plans
import RPCCore
import TestSupport
import Testing

extension Contract {
    @Suite("How calls end", .timeLimit(.minutes(10)))
    struct EndingTests {
        @Test("a cancelled call ends with CANCELLED, in every state", arguments: StoppedCall.cases)
        func cancels(_ test: StoppedCall.Case) async throws {
            let call = try await StoppedCall.reach(test)
            call.task.cancel()
            let outcome = await call.end(.cancelled)
            #expect(outcome.error?.origin == .cancellation)
        }

        @Test("a deadline ends a call with DEADLINE_EXCEEDED, in every state", arguments: StoppedCall.cases)
        func keepsDeadline(_ test: StoppedCall.Case) async throws {
            let clock = ManualClock()
            let call = try await StoppedCall.reach(test, clock: clock, options: CallOptions(deadline: .seconds(5)))
            clock.advance(by: .seconds(5))
            let outcome = await call.end(.deadlineExceeded)
            #expect(outcome.error?.origin == .deadline)
        }

        @Test("a server that goes away ends a call with UNAVAILABLE, in every state", arguments: StoppedCall.cases)
        func survivesServer(_ test: StoppedCall.Case) async throws {
            let call = try await StoppedCall.reach(test)
            await call.killServer()
            let outcome = await call.end(.unavailable)
            #expect(outcome.error?.cause.isEmpty == false)
        }

        @Test("cancelling closes the connection", arguments: TransportUnderTest.all, CallKind.allCases)
        func closesConnection(_ test: TransportUnderTest, _ kind: CallKind) async throws {
            let server = try SilentServer()
            let transport = test.make(server.address)
            let log = EventLog()
            let task = Task { await transport.perform(Call(kind, PlanRun.users(1)), observer: log) }
            let connection = await server.nextConnection()
            task.cancel()
            EventRules.check(log, await task.value)
            await server.waitUntilClosed(connection)
            await transport.shutdown()
            server.stop()
        }

        @Test(
            "a call that is cancelled before it begins still tells its end", arguments: TransportUnderTest.all,
            CallKind.allCases)
        func cancelsBeforehand(_ test: TransportUnderTest, _ kind: CallKind) async throws {
            try await withTransport(test) { transport, _ in
                let log = EventLog()
                let task = Task {
                    withUnsafeCurrentTask { $0?.cancel() }
                    return await transport.perform(Call(kind, PlanRun.users(3)), observer: log)
                }
                let outcome = await task.value
                EventRules.check(log, outcome)
                #expect(outcome.code == .cancelled)
            }
        }

        @Test(
            "a deadline that counts from the half-close leaves an open stream alone",
            arguments: TransportUnderTest.all.filter(\.endsStreams),
            [CallKind.clientStream, .bidirectional])
        func countsFromHalfClose(_ test: TransportUnderTest, _ kind: CallKind) async throws {
            let clock = ManualClock()
            try await withTransport(test, thinkTime: .seconds(3600), quietTime: .seconds(3600), clock: clock) {
                transport, _ in
                let log = EventLog()
                let plan = SteeredPlan(PlanRun.users(1), holdsOpen: true)
                let options = CallOptions(deadline: .seconds(5), deadlineStart: .halfClose)
                let task = Task { await transport.perform(Call(kind, plan, options: options), observer: log) }
                await log.wait { $0.contains { if case .sent = $0 { true } else { false } } }
                clock.advance(by: .seconds(3600))
                plan.send(HelloRequest(name: "User 2", language: "en"))
                await log.wait { $0.count { if case .sent = $0 { true } else { false } } == 2 }
                plan.halfClose()
                await log.wait { $0.contains { if case .halfClosed = $0 { true } else { false } } }
                while log.outcomes.isEmpty {
                    clock.advance(by: .seconds(1))
                    await Task.yield()
                }
                let outcome = await task.value
                EventRules.check(log, outcome)
                #expect(outcome.code == .deadlineExceeded)
                #expect(outcome.delivery.sent == 2)
            }
        }

        @Test(
            "nobody at the address is UNAVAILABLE, and nothing was sent", arguments: TransportUnderTest.all,
            CallKind.allCases)
        func reportsNobody(_ test: TransportUnderTest, _ kind: CallKind) async throws {
            let port = try ClosedPort()
            let transport = test.make(port.address)
            let log = EventLog()
            let outcome = await transport.perform(Call(kind, PlanRun.users(3)), observer: log)
            EventRules.check(log, outcome)
            #expect(outcome.code == .unavailable)
            #expect(outcome.error?.origin == .connect, "\(outcome)")
            #expect(outcome.error?.isSafeToRetry == true)
            #expect(outcome.delivery.answered == 0)
            await transport.shutdown()
            withExtendedLifetime(port) {}
        }
    }
}
