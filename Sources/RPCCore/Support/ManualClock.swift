import Synchronization

package import struct Foundation.Date

/// A clock that stands still until somebody moves it: a test, or a tape that is played.
package final class ManualClock: CallClock {
    private struct Sleeper {
        let id: Int
        let instant: Duration
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var now: Duration = .zero
        var nextID = 0
        var sleepers: [Sleeper] = []
        var cancelled: Set<Int> = []
    }

    private let state = Mutex(State())
    private let origin: Date

    /// - Parameter origin: The time of day at which the clock starts; noon of 22 November 2026, UTC, unless given.
    package init(origin: Date = Date(timeIntervalSince1970: 1_795_348_800)) {
        self.origin = origin
    }

    package var now: Duration { state.withLock { $0.now } }
    package var wallTime: Date { origin.addingTimeInterval(now / .seconds(1)) }

    /// How many tasks wait for a later time.
    package var sleeperCount: Int { state.withLock { $0.sleepers.count } }

    /// The earliest time for which a task waits; `nil` where none does.
    package var nextInstant: Duration? { state.withLock { state in state.sleepers.map(\.instant).min() } }

    /// Moves the clock on and wakes those whose time has come.
    package func advance(by duration: Duration) {
        advance(to: now + duration)
    }

    /// Moves the clock on to a time, and wakes those whose time has come. It never goes back.
    package func advance(to instant: Duration) {
        let due = state.withLock { state -> [Sleeper] in
            state.now = max(state.now, instant)
            let now = state.now
            let due = state.sleepers.filter { $0.instant <= now }
            state.sleepers.removeAll { $0.instant <= now }
            return due.sorted { $0.instant < $1.instant }
        }
        for sleeper in due { sleeper.continuation.resume() }
    }

    package func sleep(until instant: Duration) async throws {
        try Task.checkCancellation()
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                let outcome = state.withLock { state -> Result<Void, any Error>? in
                    if state.cancelled.remove(id) != nil { return .failure(CancellationError()) }
                    if instant <= state.now { return .success(()) }
                    state.sleepers.append(Sleeper(id: id, instant: instant, continuation: continuation))
                    return nil
                }
                if let outcome { continuation.resume(with: outcome) }
            }
        } onCancel: {
            let sleeper = state.withLock { state -> Sleeper? in
                guard let index = state.sleepers.firstIndex(where: { $0.id == id }) else {
                    state.cancelled.insert(id)
                    return nil
                }
                return state.sleepers.remove(at: index)
            }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }
}
