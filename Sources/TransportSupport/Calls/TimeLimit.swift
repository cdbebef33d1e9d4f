package import RPCCore

/// A time by which something must be done, and the error when it is not.
package struct TimeLimit: Sendable {
    package let clock: any CallClock
    /// As ``CallClock/now``; `nil` for no limit.
    package let instant: Duration?
    package let error: CallError

    package init(clock: any CallClock, instant: Duration?, error: CallError) {
        self.clock = clock
        self.instant = instant
        self.error = error
    }

    /// Runs `body`, cancelling it when the time has come.
    /// - Parameter passed: What must have happened by then; once it has, `body` may take as long as it likes.
    /// - Throws: ``error`` then, otherwise what `body` throws.
    package func run<Value: Sendable>(
        until passed: Once? = nil, _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        guard let instant else { return try await body() }
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            defer { group.cancelAll() }
            group.addTask { try await body() }
            group.addTask {
                try await clock.sleep(until: instant)
                return nil
            }
            while let next = try await group.next() {
                if let value = next { return value }
                guard passed?.isClaimed == true else { break }
            }
            throw error
        }
    }
}

extension CallOptions {
    /// The limit of the whole call: none where the deadline counts from the half-close.
    package func limit(fromStart start: Duration, clock: any CallClock) -> TimeLimit {
        limit(from: start, when: .call, clock: clock)
    }

    /// The limit of what follows the half-close: none where the deadline counts from the start.
    package func limit(fromHalfClose instant: Duration, clock: any CallClock) -> TimeLimit {
        limit(from: instant, when: .halfClose, clock: clock)
    }

    private func limit(from instant: Duration, when start: DeadlineStart, clock: any CallClock) -> TimeLimit {
        guard deadlineStart == start, let deadline else {
            // Asked for with every request: an error that nobody will see is not put into words.
            return TimeLimit(clock: clock, instant: nil, error: CallError(.deadlineExceeded, "", at: .deadline))
        }
        return TimeLimit(clock: clock, instant: instant + deadline, error: deadlineError)
    }

    /// The error of a call whose deadline has passed.
    package var deadlineError: CallError {
        let origin = deadlineStart == .call ? "" : " of the half-close"
        return CallError(
            .deadlineExceeded, "not finished within \((deadline ?? .zero).inSeconds)\(origin)", at: .deadline,
            advice: "allow more time, or look at what the server is waiting for")
    }
}
