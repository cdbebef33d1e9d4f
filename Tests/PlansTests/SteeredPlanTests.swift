import Plans
import RPCCore
import TestSupport
import Testing

@Suite("Steered plans", .timeLimit(.minutes(10)))
struct SteeredPlanTests {
    private let clock = ManualClock()

    private func names(_ batch: [HelloRequest]?) -> [String]? { batch?.map(\.name) }

    @Test("a plan that is not held open ends by itself")
    func plain() async throws {
        let plan = SteeredPlan(PlanRun(names: ["Ana", "Bob"]), holdsOpen: false)
        var source = plan.makeSource(clock: clock)
        var all: [String] = []
        while let batch = try await source.next(atMost: 1) { all += batch.map(\.name) }
        #expect(all == ["Ana", "Bob"])
        #expect(plan.count == 2)
    }

    @Test("what is typed comes after what the plan made, until the half-close")
    func typed() async throws {
        let plan = SteeredPlan(PlanRun(names: ["Ana"]), holdsOpen: true)
        var source = plan.makeSource(clock: clock)
        #expect(names(try await source.next(atMost: 10)) == ["Ana"])
        let waiting = Task { [source] in
            var source = source
            return try await source.next(atMost: 10)
        }
        #expect(plan.send(HelloRequest(name: "Bob")))
        #expect(names(try await waiting.value) == ["Bob"])
        #expect(plan.send(HelloRequest(name: "Eve")))
        plan.halfClose()
        #expect(!plan.send(HelloRequest(name: "late")))
        #expect(names(try await source.next(atMost: 10)) == ["Eve"])
        #expect(try await source.next(atMost: 10) == nil)
        #expect(plan.count == nil)
    }

    @Test("the half-close ends a wait at once, and what the plan had still to send is not sent")
    func halfCloseWhileWaiting() async throws {
        let plan = SteeredPlan(PlanRun.repeating("Ana", 100, every: .seconds(60)), holdsOpen: false)
        var source = plan.makeSource(clock: clock)
        #expect(names(try await source.next(atMost: 10)) == ["Ana"])
        let waiting = Task { [source] in
            var source = source
            return try await source.next(atMost: 10)
        }
        while clock.sleeperCount == 0 { await Task.yield() }
        plan.halfClose()
        #expect(try await waiting.value == nil)
        while clock.sleeperCount > 0 { await Task.yield() }
    }

    @Test("a failure of the plan comes after the requests before it")
    func failure() async throws {
        let plan = SteeredPlan(FailingPlan(), holdsOpen: true)
        var source = plan.makeSource(clock: clock)
        #expect(names(try await source.next(atMost: 10)) == ["Ana"])
        await #expect(throws: PlanError.self) { _ = try await source.next(atMost: 10) }
    }

    @Test("a wait ends with the task")
    func cancellation() async throws {
        let plan = SteeredPlan(PlanRun(names: []), holdsOpen: true)
        let clock = clock
        let task = Task {
            var source = plan.makeSource(clock: clock)
            return try await source.next(atMost: 10)
        }
        await Task.yield()
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test("requests are pulled no further ahead than a bound")
    func bound() async throws {
        let counter = CountingPlan()
        let plan = SteeredPlan(counter, holdsOpen: false)
        var source = plan.makeSource(clock: clock)
        _ = try await source.next(atMost: 1)
        for _ in 0..<1000 { await Task.yield() }
        #expect(counter.made.value <= 1024)
        plan.halfClose()
    }

    @Test("a second run makes the same stream again, typed requests and end in their places")
    func replay() async throws {
        let plan = SteeredPlan(
            PlanRun.repeating("{i}", 50), holdsOpen: true)
        #expect(plan.isRepeatable)
        var first = plan.makeSource(clock: clock)
        var names: [String] = []
        while names.count < 20 { names += try await first.next(atMost: 7)?.map(\.name) ?? [] }
        plan.send(HelloRequest(name: "typed"))
        plan.send(HelloRequest(name: "again"))
        while !names.contains("again") { names += try await first.next(atMost: 7)?.map(\.name) ?? [] }
        for _ in 0..<2 { names += try await first.next(atMost: 3)?.map(\.name) ?? [] }
        plan.halfClose()
        #expect(try await first.next(atMost: 7) == nil)

        for limit in [1, 5, 256] {
            var again = plan.makeSource(clock: clock)
            var repeated: [String] = []
            while let batch = try await again.next(atMost: limit) { repeated += batch.map(\.name) }
            #expect(repeated == names)
        }
    }

    @Test("a second run that has caught up goes on live")
    func replayThenLive() async throws {
        let plan = SteeredPlan(PlanRun(names: ["Ana"]), holdsOpen: true)
        var first = plan.makeSource(clock: clock)
        _ = try await first.next(atMost: 9)
        plan.send(HelloRequest(name: "Bob"))
        _ = try await first.next(atMost: 9)
        plan.send(HelloRequest(name: "Eve"))
        var second = plan.makeSource(clock: clock)
        var all: [String] = []
        while all.count < 3 { all += try await second.next(atMost: 9)?.map(\.name) ?? [] }
        #expect(all == ["Ana", "Bob", "Eve"])
        plan.halfClose()
        #expect(try await second.next(atMost: 9) == nil)
    }

    @Test("typed messages that nobody sends are bounded, and more are refused")
    func typedBound() {
        let plan = SteeredPlan(PlanRun(names: []), holdsOpen: true)
        for _ in 0..<SteeredPlan.typedLimit { #expect(plan.send(HelloRequest(name: "x"))) }
        #expect(!plan.send(HelloRequest(name: "x")))
    }
}

private struct FailingPlan: GreetingPlan {
    func makeGreetings(clock: any CallClock) -> Source { Source() }

    struct Source: GreetingMaker {
        private var isFirst = true

        mutating func next(atMost limit: Int) async throws -> [HelloRequest]? {
            guard isFirst else { throw PlanError(place: "line 2", problem: "no name") }
            isFirst = false
            return [HelloRequest(name: "Ana")]
        }
    }
}

/// An endless plan that counts what it has made.
private struct CountingPlan: GreetingPlan {
    let made = Counter()

    func makeGreetings(clock: any CallClock) -> Source { Source(made: made) }

    struct Source: GreetingMaker {
        let made: Counter

        mutating func next(atMost limit: Int) async throws -> [HelloRequest]? {
            made.add(limit)
            return Array(repeating: HelloRequest(name: "x"), count: limit)
        }
    }
}
