import DemoServer
import Plans
import RPCCore
import TestSupport
import Testing

extension Contract {
    @Suite("One transport, many calls", .timeLimit(.minutes(10)))
    struct SharingTests {
        @Test("calls of all kinds go on side by side", arguments: TransportUnderTest.all)
        func runsSideBySide(_ test: TransportUnderTest) async throws {
            try await withTransport(test) { transport, _ in
                await withTaskGroup(of: Void.self) { group in
                    for kind in CallKind.allCases + CallKind.allCases {
                        group.addTask {
                            let log = EventLog()
                            let outcome = await transport.perform(Call(kind, PlanRun.users(20)), observer: log)
                            EventRules.check(log, outcome)
                            #expect(outcome.code == .ok)
                            #expect(log.replies.map(\.message) == test.replies(to: kind, count: 20))
                        }
                    }
                }
            }
        }

        @Test("a call that fails leaves the transport usable", arguments: TransportUnderTest.all, CallKind.allCases)
        func recovers(_ test: TransportUnderTest, _ kind: CallKind) async throws {
            let first = try await DemoServer.start(DemoServerConfiguration(behaviour: test.behaviour))
            let transport = test.make(test.address(of: first))
            for _ in 1...2 {
                #expect(await transport.perform(Call(kind, PlanRun.users(3)), observer: EventLog()).code == .ok)
            }
            await first.stop()
            #expect(
                await transport.perform(Call(kind, PlanRun.users(3)), observer: EventLog()).code == .unavailable)
            let second = try await DemoServer.start(test.replacing(first))
            let log = EventLog()
            let outcome = await transport.perform(Call(kind, PlanRun.users(3)), observer: log)
            EventRules.check(log, outcome)
            #expect(outcome.code == .ok)
            #expect(log.replies.map(\.message) == test.replies(to: kind, count: 3))
            await transport.shutdown()
            await second.stop()
        }

        @Test("a slow observer holds the call back and loses nothing", arguments: TransportUnderTest.all)
        func waitsForObserver(_ test: TransportUnderTest) async throws {
            try await withTransport(test) { transport, _ in
                let observer = PausingObserver()
                let options = CallOptions(deadline: nil)
                let task = Task {
                    await transport.perform(
                        Call(.bidirectional, PlanRun.users(20_000), options: options), observer: observer)
                }
                await observer.log.wait { $0.contains { if case .received = $0 { true } else { false } } }
                // Nobody takes replies now: the stream must not have run to its end.
                #expect(observer.log.outcomes.isEmpty)
                observer.resume()
                let outcome = await task.value
                EventRules.check(observer.log, outcome)
                #expect(outcome.code == .ok)
                // One by one: forty thousand replies in a failure help nobody.
                let (replies, wanted) = (observer.log.replies, test.replies(to: .bidirectional, count: 20_000))
                #expect(replies.count == wanted.count)
                let wrong = zip(replies, wanted).first { $0.message != $1 }
                #expect(wrong == nil)
            }
        }
    }
}

/// An observer that takes the first replies and then waits to be told to go on.
private final class PausingObserver: CallObserver {
    let log = EventLog()
    private let gate: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() {
        (gate, continuation) = AsyncStream.makeStream(of: Void.self)
    }

    func observe(_ event: CallEvent) async {
        await log.observe(event)
        if case .received = event { for await _ in gate {} }
    }

    func resume() {
        continuation.finish()
    }
}
