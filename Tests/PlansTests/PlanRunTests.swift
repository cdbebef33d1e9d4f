import Foundation
import Plans
import RPCCore
import TestSupport
import Testing

@Suite("Runs of plans", .timeLimit(.minutes(10)))
struct PlanRunTests {
    private let clock = ManualClock()

    private func names(_ plan: some RequestPlan, limit: Int = 7, skipping count: Int = 0) async throws -> [String] {
        var source = plan.makeSource(clock: clock, skipping: count)
        var names: [String] = []
        while let batch = try await source.next(atMost: limit) {
            #expect(!batch.isEmpty && batch.count <= limit)
            names += batch.map(\.name)
        }
        return names
    }

    private func times(_ steps: PlanStep..., seed: UInt64 = 0) async throws -> [Int] {
        let run = PlanRun(PlanDocument(seed: seed, steps: steps))
        return try await run.preview(100).map { Int($0.time / .milliseconds(1)) }
    }

    @Test("steps come in order, and literal requests as they stand")
    func order() async throws {
        let plan = PlanRun(
            PlanDocument(steps: [
                .request(HelloRequest(name: "Ana {i}")), .repeating("User {i}", 3), .request(HelloRequest(name: "Bob")),
            ]))
        #expect(try await names(plan) == ["Ana {i}", "User 1", "User 2", "User 3", "Bob"])
        #expect(plan.count == 5)
    }

    @Test("every source makes the same requests, chance and time included", arguments: [1, 2, 256])
    func repeatable(limit: Int) async throws {
        let plan = PlanRun.repeating("{i} {uuid} {random} {now}", 300)
        #expect(plan.isRepeatable)
        let first = try await names(plan, limit: limit)
        #expect(Set(first).count == 300)
        clock.advance(by: .seconds(60))
        #expect(try await names(plan, limit: 3) == first)
    }

    @Test("a source can begin after the first requests", arguments: [0, 1, 149, 299, 300, 400])
    func skips(count: Int) async throws {
        let plan = PlanRun(
            PlanDocument(steps: [.repeating("{i} {uuid}", 150), .repeating("{uuid} {now}", 150)]))
        #expect(try await names(plan, skipping: count) == Array(try await names(plan).dropFirst(count)))
    }

    @Test("what is skipped is not waited for, and keeps the times that it was meant for")
    func skipsPauses() async throws {
        let plan = PlanRun.repeating("{now:ms}", 1_000, every: .seconds(1))
        let start = Int((try await plan.preview(1))[0].request.name) ?? 0
        var source = plan.makeSource(clock: clock, skipping: 999)
        let waiting = Task { [source] in
            var source = source
            return try await source.next(atMost: 10)
        }
        while clock.sleeperCount == 0 { await Task.yield() }
        clock.advance(by: .seconds(1))
        #expect(try await waiting.value?.map(\.name) == ["\(start + 999_000)"])
        source = plan.makeSource(clock: clock, skipping: 1_000)
        #expect(try await source.next(atMost: 10) == nil)
    }

    @Test("an empty plan is complete at once")
    func empty() async throws {
        #expect(try await names(PlanRun(names: [])) == [])
        #expect(PlanRun(names: []).count == 0)
    }

    @Test("a language that comes out empty is left out")
    func emptyLanguage() async throws {
        let plan = PlanRun(PlanDocument(seed: 1, steps: [.repeating("{i}", 40, language: "{random:en|}")]))
        #expect(Set(try await plan.preview(40).map(\.request.language)) == ["en", nil])
    }

    // MARK: Ends

    @Test(
        "no more are made than is asked for, and the count says so",
        arguments: [(1, 1), (4, 4), (5, 5), (6, 5)])
    func stopsAfter(limit: Int, expected: Int) async throws {
        let steps: [PlanStep] = [.repeating("{i}", 3), .pause(.zero), .repeating("{i}", 2)]
        let plan = PlanRun(PlanDocument(steps: steps, stop: PlanStop(after: limit)))
        #expect(try await names(plan).count == expected)
        #expect(plan.count == expected)
        let endless = PlanRun(PlanDocument(steps: [.repeating("{i}", nil)], stop: PlanStop(after: limit)))
        #expect(try await names(endless).count == limit)
        #expect(endless.count == limit)
    }

    @Test("how many requests an endless plan makes is not known")
    func endlessCount() {
        #expect(PlanRun.repeating("x", nil).count == nil)
        #expect(PlanRun(PlanDocument.standardInput).count == nil)
    }

    // MARK: Times

    @Test("requests follow each other at the times that the plan says")
    func schedule() async throws {
        let paced = PlanStep.repeating("x", 3, every: .milliseconds(100))
        #expect(try await times(paced) == [0, 100, 200])
        #expect(try await times(paced, paced) == [0, 100, 200, 200, 300, 400])
        #expect(
            try await times(.pause(.seconds(1)), paced, .pause(.seconds(2)), paced) == [
                1000, 1100, 1200, 3200, 3300, 3400,
            ])
    }

    @Test("batches have a pause between them, and none after the last")
    func batches() async throws {
        func step(_ count: Int, every: Duration?) throws -> PlanStep {
            let batch = Pacing.Batch(size: 2, pause: .seconds(1))
            return .repetition(
                RepeatStep(count, .known("x"), pacing: Pacing(every: every, batch: batch)))
        }
        #expect(try await times(step(5, every: nil)) == [0, 0, 1000, 1000, 2000])
        #expect(try await times(step(4, every: .milliseconds(10)), step(1, every: nil)) == [0, 10, 1010, 1020, 1020])
    }

    @Test("jitter moves each request within its part of the interval, and follows the seed")
    func jitter() async throws {
        let pacing = Pacing(every: .milliseconds(100), jitter: 0.2)
        let step = PlanStep.repetition(RepeatStep(100, .known("x"), pacing: pacing))
        let first = try await times(step, seed: 3)
        let gaps = zip(first.dropFirst(), first).map { $0 - $1 }
        #expect(gaps.allSatisfy { (79...121).contains($0) })
        #expect(gaps.contains { $0 < 90 } && gaps.contains { $0 > 110 })
        #expect(try await times(step, seed: 3) == first)
        #expect(try await times(step, seed: 4) != first)
    }

    @Test("an interval lies between repetitions, and what is ready leaves at once")
    func interval() async throws {
        let plan = PlanRun(
            PlanDocument(steps: [
                .request(HelloRequest(name: "Ana")), .repeating("Bob", 2, every: .seconds(1)),
                .request(HelloRequest(name: "Eve")),
            ]))
        let source = plan.makeSource(clock: clock)
        let requests = Task {
            var source = source
            return [try await source.next(atMost: 10), try await source.next(atMost: 10)]
        }
        while clock.sleeperCount == 0 { await Task.yield() }
        clock.advance(by: .milliseconds(999))
        #expect(clock.sleeperCount == 1)
        clock.advance(by: .milliseconds(1))
        #expect(try await requests.value.map { $0?.map(\.name) } == [["Ana", "Bob"], ["Bob", "Eve"]])
    }

    @Test("a pause at the end holds the stream open")
    func lastPause() async throws {
        let plan = PlanRun(PlanDocument(steps: [.request(HelloRequest(name: "Ana")), .pause(.seconds(5))]))
        let source = plan.makeSource(clock: clock)
        let end = Task {
            var source = source
            #expect(try await source.next(atMost: 10)?.count == 1)
            return try await source.next(atMost: 10)
        }
        while clock.sleeperCount == 0 { await Task.yield() }
        clock.advance(by: .seconds(5))
        #expect(try await end.value == nil)
    }

    @Test("a receiver that held the stream back is not caught up with in a burst")
    func noBurst() async throws {
        var source = PlanRun.repeating("Bob", 10, every: .seconds(1)).makeSource(clock: clock)
        #expect(try await source.next(atMost: 10)?.count == 1)
        clock.advance(by: .seconds(60))
        #expect(try await source.next(atMost: 10)?.count == 2)
    }

    @Test("waiting for the next request ends with the task")
    func cancellation() async throws {
        let plan = PlanRun.repeating("Bob", 2, every: .seconds(1))
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
