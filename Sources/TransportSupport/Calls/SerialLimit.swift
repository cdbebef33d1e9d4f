package import RPCCore
import Synchronization

/// A time limit for each of many things that are done one after another: one task watches the time of all of them.
package final class SerialLimit: Sendable {
    private let clock: any CallClock
    private let length: Duration
    private let error: CallError
    /// By when the present thing must be done; `nil` between two.
    private let due = Mutex<Duration?>(nil)

    /// - Parameters:
    ///   - length: How long one thing may take.
    ///   - error: What is thrown when it takes longer.
    package init(_ length: Duration, clock: any CallClock, error: CallError) {
        self.clock = clock
        self.length = length
        self.error = error
    }

    /// Another thing begins.
    package func begin() {
        let instant = clock.now + length
        due.withLock { $0 = instant }
    }

    /// It is done in time.
    package func end() {
        due.withLock { $0 = nil }
    }

    /// Runs `body`, cancelling it when the time of what it has begun is over.
    /// - Throws: the error then, otherwise what `body` throws.
    package func run<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            defer { group.cancelAll() }
            group.addTask { try await body() }
            group.addTask {
                try await self.watch()
                return nil
            }
            guard let value = try await group.next() ?? nil else { throw error }
            return value
        }
    }

    /// Returns when the time is over.
    private func watch() async throws {
        // Whatever begins later is due no earlier than that.
        var instant = clock.now + length
        while true {
            try await clock.sleep(until: instant)
            let now = clock.now
            let due = due.withLock { $0 }
            if let due, now >= due { return }
            instant = due ?? now + length
        }
    }
}
