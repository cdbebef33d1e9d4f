import Foundation
import RPCCore

/// When the requests of a run are due: as the plan means it, and by the clock.
struct PlanSchedule: Sendable {
    private let start: Int
    /// Since the start, as the plan means it.
    private var planned = Duration.zero
    /// How long the next request waits after the one before it.
    private var gap = Duration.zero
    /// When the last request that had to wait was due. What was held back is not caught up with in a burst.
    private var lastDue: Duration?
    /// When the next request is due, where it has to wait.
    private var due: Duration?

    /// When the plan means the next request to be sent, in milliseconds since 1970.
    private(set) var milliseconds: Int

    init(start: Date) {
        self.start = Int(clamping: start.timeIntervalSince1970 * 1000)
        milliseconds = self.start
    }

    /// Lets time pass before the next request.
    mutating func pause(_ time: Duration) {
        planned += time
        gap += time
        milliseconds = start.clampedAdding(planned.whole(.milliseconds(1)))
    }

    /// Lets the time pass that is between two requests of a step.
    /// - Parameters:
    ///   - made: How many requests the step has made.
    ///   - number: The number of the request that follows, in the whole plan.
    mutating func pace(_ pacing: Pacing, after made: Int, beforeRequest number: Int, _ chance: PlanChance) {
        guard made > 0 else { return }
        if let batch = pacing.batch, made % batch.size == 0 {
            pause(batch.pause)
        } else if let every = pacing.every {
            pause(pacing.jitter == 0 ? every : every * (1 + pacing.jitter * chance.jitter(beforeRequest: number)))
        }
    }

    /// Drops the wait before the next request.
    mutating func forgetWait() {
        gap = .zero
        lastDue = nil
    }

    /// Whether the next request need not wait.
    mutating func isDue(_ clock: any CallClock) -> Bool {
        if gap > .zero {
            let now = clock.now
            due = max((lastDue ?? now) + gap, now)
            lastDue = due
            gap = .zero
        } else if due == nil {
            lastDue = nil
        }
        if let due, clock.now < due { return false }
        due = nil
        return true
    }

    /// Waits until the next request is due.
    /// - Throws: `CancellationError` when the task is cancelled.
    mutating func wait(_ clock: any CallClock) async throws {
        if let due { try await clock.sleep(until: due) }
        due = nil
    }
}

/// Chance in a run of a plan: for each request its own, so that it does not matter what was made before.
struct PlanChance: Sendable {
    let seed: UInt64

    /// The numbers from which a request's content is chosen.
    func content(ofRequest number: Int) -> SeededGenerator { generator(UInt64(number) << 1) }

    /// How far the time before a request is off, from -1 to 1.
    func jitter(beforeRequest number: Int) -> Double {
        var generator = generator(UInt64(number) << 1 | 1)
        return .random(in: -1...1, using: &generator)
    }

    private func generator(_ stream: UInt64) -> SeededGenerator {
        var mixer = SeededGenerator(seed: seed &+ stream &* 0xD134_2543_DE82_EF95)
        return SeededGenerator(seed: mixer.next())
    }
}
