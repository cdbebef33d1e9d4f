import GreeterCore

/// A time by which something must be done, and the error when it is not.
struct TimeLimit: Sendable {
    let clock: any CallClock
    /// As ``CallClock/now``; `nil` for no limit.
    let instant: Duration?
    let error: CallError

    /// Runs `body`, cancelling it when the time has come.
    /// - Throws: ``error`` then, otherwise what `body` throws.
    func run<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value {
        guard let instant else { return try await body() }
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            defer { group.cancelAll() }
            group.addTask { try await body() }
            group.addTask {
                try await clock.sleep(until: instant)
                return nil
            }
            guard let first = try await group.next(), let value = first else { throw error }
            return value
        }
    }
}

extension CallOptions {
    /// The limit of the whole call: none where the deadline counts from the half-close.
    func limit(fromStart start: Duration, clock: any CallClock) -> TimeLimit {
        limit(from: start, when: .call, clock: clock)
    }

    /// The limit of what follows the half-close: none where the deadline counts from the start.
    func limit(fromHalfClose instant: Duration, clock: any CallClock) -> TimeLimit {
        limit(from: instant, when: .halfClose, clock: clock)
    }

    private func limit(from instant: Duration, when start: DeadlineStart, clock: any CallClock) -> TimeLimit {
        let duration = deadlineStart == start ? deadline : nil
        let origin = start == .call ? "" : " after the half-close"
        let error = CallError(
            .deadlineExceeded, "not finished \((deadline ?? .zero).inSeconds)\(origin)", at: .deadline,
            advice: "allow more time, or look at what the server is waiting for")
        return TimeLimit(clock: clock, instant: duration.map { instant + $0 }, error: error)
    }
}
