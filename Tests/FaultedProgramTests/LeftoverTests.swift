import DemoServer
import Foundation
import GatewayTransport
import NIOCore
import NIOPosix
import Plans
import RPCCore
import Retry
import TestSupport
import Testing

/// Each in a process of its own, where nobody else opens sockets or starts tasks.
@Suite("What a fault leaves behind", .serialized, .timeLimit(.minutes(10)))
struct LeftoverTests {
    @Test(
        "a call that has ended has left no task, timer or socket, but for a connection kept",
        arguments: CallKind.allCases)
    func calls(_ kind: CallKind) async {
        await #expect(processExitsWith: .success) { [kind = kind as CallKind] in
            try await Leftovers.counted {
                for order in [nil] + FaultCase.orders { try await Leftovers.ofCall(order, kind) }
            }
        }
    }

    @Test("a program that has ended has left none at all", arguments: CallKind.allCases)
    func programs(_ kind: CallKind) async {
        await #expect(processExitsWith: .success) { [kind = kind as CallKind] in
            try await Leftovers.counted {
                for order in FaultCase.orders { try await Leftovers.ofProgram(FaultCase(order: order, kind: kind)) }
            }
        }
    }

    @Test("what is left is counted: a socket, a timer of a task, a timer of an event loop, and an object in use")
    func census() async {
        await #expect(processExitsWith: .success) {
            try await Leftovers.warmUp()
            let loop = MultiThreadedEventLoopGroup.singleton.next()
            let before = try await Census.take()
            let descriptor = try LoopbackSocket.make()
            let timer = loop.scheduleTask(in: .hours(1)) {}
            var after = try await Census.take()
            #expect(after.sockets == before.sockets + 1)
            #expect(after.scheduled == before.scheduled + 1)
            close(descriptor)
            timer.cancel()
            after = try await Census.take()
            #expect(after == before, "\(after), before \(before)")

            let clock = CountedClock()
            var traces = Traces()
            let task = Leftovers.waitingTask(clock, &traces)
            #expect(traces.left == ["what it works with"])
            #expect(try await eventually { clock.sleepers == 1 })
            task.cancel()
            await task.value
            #expect(clock.sleepers == 0)
            #expect(try await eventually { traces.left.isEmpty })
        }
    }
}

/// Makes a call, or runs the program, and counts what is left.
enum Leftovers {
    /// Counts what is left of all that `body` does. A kept connection's timer outlives it for a few seconds; in the end every
    /// timer is gone.
    static func counted(_ body: () async throws -> Void) async throws {
        try await warmUp()
        let before = try await Census.take()
        try await body()
        var now = before
        let isGone = try await eventually {
            now = try await Census.take()
            return now == before
        }
        #expect(isGone, "in the end: \(now), before \(before)")
    }

    static func ofCall(_ order: String?, _ kind: CallKind) async throws {
        let name = "\(order ?? "no fault"), \(kind.title)"
        let before = try await Census.take()
        let clock = CountedClock()
        let faults = try DemoFaults(parsing: order.map { [$0] } ?? [])
        let server = try await DemoServer.start(DemoServerConfiguration(faults: faults, seed: 1))
        let transport = try transport(to: server, clock: clock)
        let open = try await Census.take()

        var traces = Traces()
        await perform(kind, isSilent: order == "stall", on: transport, &traces)
        // A request that stands alone leaves its connection to the next one: two sockets, ours and the server's, and the time after
        // which ours is closed.
        let kept = kind.streamsRequests ? (sockets: 0, timers: 0) : (sockets: 2, timers: 1)
        var now = open
        let isGone = try await eventually {
            now = try await Census.take()
            return clock.sleepers == 0 && traces.left.isEmpty && now.sockets <= open.sockets + kept.sockets
                && now.scheduled <= open.scheduled + kept.timers
        }
        #expect(isGone, "\(name): \(clock.sleepers) timers, \(traces.left) in use; \(now), before \(open)")

        await transport.shutdown()
        await server.stop()
        let isClosed = try await eventually {
            now = try await Census.take()
            return now.descriptors == before.descriptors
        }
        #expect(isClosed, "\(name), shut down: \(now), before \(before)")
    }

    @MainActor
    static func ofProgram(_ test: FaultCase) async throws {
        let before = try await Census.take()
        let clock = CountedClock()
        var traces = Traces()
        _ = try await ProgramSession.play(test, clock: clock, traces: &traces)
        var now = before
        let isGone = try await eventually {
            now = try await Census.take()
            return clock.sleepers == 0 && traces.left.isEmpty && now.descriptors == before.descriptors
        }
        #expect(
            isGone, "\(test.testDescription): \(clock.sleepers) timers, \(traces.left) in use; \(now), before \(before)"
        )
    }

    private static func transport(to server: DemoServer, clock: CountedClock) throws -> InterceptedTransport {
        let policy = try RetryPolicy(
            maximumAttempts: 3,
            backoff: BackoffPolicy(initial: .milliseconds(5), maximum: .milliseconds(10), jitter: .full))
        return InterceptedTransport(
            GatewayTransport(
                server: server.address,
                configuration: GatewayConfiguration(
                    quietTime: .milliseconds(200), closeTimeout: .milliseconds(200)), clock: clock),
            [RetryInterceptor(policy: { policy }, clock: clock)])
    }

    private static func perform(
        _ kind: CallKind, isSilent: Bool, on transport: InterceptedTransport, _ traces: inout Traces
    ) async {
        let log = EventLog()
        let plan = SteeredPlan(PlanRun(names: ["Alice", "Bob", "Chloé"]), holdsOpen: false)
        traces.follow("the observer", log)
        traces.follow("the plan", plan)
        let options = CallOptions(deadline: isSilent ? .milliseconds(300) : .seconds(30))
        let outcome = await CallSteering.$current.withValue(CallSteering()) {
            await transport.perform(Call(kind, plan, options: options), observer: log)
        }
        #expect(log.outcomes == [outcome])
    }

    /// A task that waits for an hour, and holds on to something meanwhile.
    static func waitingTask(_ clock: CountedClock, _ traces: inout Traces) -> Task<Void, Never> {
        let log = EventLog()
        traces.follow("what it works with", log)
        return Task {
            try? await clock.sleep(for: .seconds(3600))
            withExtendedLifetime(log) {}
        }
    }

    /// Lets begin what stays for the whole process: the event loops that all connections share, and the timer of all tasks.
    static func warmUp() async throws {
        try await SystemClock().sleep(for: .milliseconds(20))
        try await Task.sleep(for: .milliseconds(20))
        for loop in MultiThreadedEventLoopGroup.singleton.makeIterator() { try await loop.submit {}.get() }
    }
}
