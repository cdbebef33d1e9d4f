import RPCCore
import TestSupport
import Testing
import TransportSupport

@Suite("A limit for one thing after another", .timeLimit(.minutes(10)))
struct SerialLimitTests {
    private let clock = ManualClock()

    /// What becomes of a body whose every second is a step of the clock.
    private func run(_ body: @escaping @Sendable (SerialLimit) async throws -> Int) async -> Result<Int, any Error> {
        let limit = SerialLimit(
            .seconds(5), clock: clock, error: CallError(.deadlineExceeded, "late", at: .deadline))
        let task = Task { try await limit.run { try await body(limit) } }
        let ticking = Task { [clock] in
            while !Task.isCancelled {
                // The watch, and what it watches.
                if clock.sleeperCount == 2 { clock.advance(by: .seconds(1)) }
                await Task.yield()
            }
        }
        defer { ticking.cancel() }
        return await task.result
    }

    @Test("each has all of the time, and a pause between two takes none of it")
    func each() async throws {
        let result = await run { [clock] limit in
            for _ in 1...5 {
                limit.begin()
                try await clock.sleep(for: .seconds(4))
                limit.end()
                try await clock.sleep(for: .seconds(20))
            }
            return 1
        }
        #expect(try result.get() == 1)
    }

    @Test("what takes longer is cancelled, be it the first or a later one", arguments: [0, 3])
    func late(before: Int) async {
        let result = await run { [clock] limit in
            for _ in 0..<before {
                limit.begin()
                try await clock.sleep(for: .seconds(4))
                limit.end()
            }
            limit.begin()
            try await clock.sleep(for: .seconds(100))
            return 1
        }
        #expect(throws: CallError.self) { try result.get() }
        #expect(clock.now >= .seconds(4 * before + 5) && clock.now < .seconds(4 * before + 8))
    }
}
