import GreeterCore
import GreeterTestSupport
import Testing

@Suite("Composed plans", .timeLimit(.minutes(1)))
struct ComposedPlanTests {
    private let clock = ManualClock()

    private func row(_ name: String, times: Int = 1, every: Duration? = nil) -> ComposedPlan.Row {
        ComposedPlan.Row(request: HelloRequest(name: name, language: "en"), repetitions: times, interval: every)
    }

    /// Everything that a plan makes, as names.
    private func names(_ plan: ComposedPlan, limit: Int = 7) async throws -> [String] {
        var source = plan.makeSource(clock: clock)
        var names: [String] = []
        while let batch = try await source.next(atMost: limit) {
            #expect(!batch.isEmpty && batch.count <= limit)
            names += batch.map(\.name)
        }
        return names
    }

    @Test("rows come in order, repeated, with the repetition's number in the name")
    func order() async throws {
        let plan = ComposedPlan([row("Ana"), row("User {i} of {i}", times: 3), row("Bob")])
        #expect(try await names(plan) == ["Ana", "User 1 of 1", "User 2 of 2", "User 3 of 3", "Bob"])
        #expect(plan.count == 5)
    }

    @Test("a plan is a value: it makes the same requests again", arguments: [1, 2, 256])
    func repeatable(limit: Int) async throws {
        let plan = ComposedPlan([row("User {i}", times: 100)])
        #expect(plan.isRepeatable)
        let first = try await names(plan, limit: limit)
        #expect(first.count == 100)
        #expect(try await names(plan, limit: 3) == first)
    }

    @Test("an empty plan is complete at once")
    func empty() async throws {
        #expect(try await names(ComposedPlan([])) == [])
        #expect(ComposedPlan([]).count == 0)
    }

    @Test("an interval lies between repetitions, and what is ready leaves at once")
    func interval() async throws {
        let plan = ComposedPlan([row("Ana"), row("Bob", times: 2, every: .seconds(1)), row("Eve")])
        var source = plan.makeSource(clock: clock)
        #expect(try await source.next(atMost: 10)?.map(\.name) == ["Ana", "Bob"])
        clock.advance(by: .milliseconds(999))
        let early = Task { [source] in
            var source = source
            return try await source.next(atMost: 10)
        }
        while clock.sleeperCount == 0 { await Task.yield() }
        clock.advance(by: .milliseconds(1))
        #expect(try await early.value?.map(\.name) == ["Bob", "Eve"])
    }

    @Test("a receiver that held the stream back is not caught up with in a burst")
    func noBurst() async throws {
        let plan = ComposedPlan([row("Bob", times: 10, every: .seconds(1))])
        var source = plan.makeSource(clock: clock)
        _ = try await source.next(atMost: 10)
        clock.advance(by: .seconds(60))
        #expect(try await source.next(atMost: 10)?.count == 2)
    }

    @Test("waiting for the next request ends with the task")
    func cancellation() async throws {
        let plan = ComposedPlan([row("Bob", times: 2, every: .seconds(1))])
        let clock = clock
        let task = Task {
            var source = plan.makeSource(clock: clock)
            _ = try await source.next(atMost: 10)
            return try await source.next(atMost: 10)
        }
        while clock.sleeperCount == 0 { await Task.yield() }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(clock.sleeperCount == 0)
    }
}
