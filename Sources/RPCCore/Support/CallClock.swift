public import struct Foundation.Date

/// The time, and waiting for it. Injected, so that tests decide what time it is.
public protocol CallClock: Sendable {
    /// Monotonic time since a fixed origin of the clock's own choosing.
    var now: Duration { get }
    /// The time of day, for people.
    var wallTime: Date { get }
    /// Returns once ``now`` has reached `instant`.
    /// - Throws: `CancellationError` at once when the task is cancelled.
    func sleep(until instant: Duration) async throws
}

extension CallClock {
    /// Waits for `duration` from now.
    /// - Throws: `CancellationError` at once when the task is cancelled.
    public func sleep(for duration: Duration) async throws {
        try await sleep(until: now + duration)
    }
}

/// The clock of the machine. Its origin is the moment it was made.
public struct SystemClock: CallClock {
    private let origin = ContinuousClock.now

    public init() {}

    public var now: Duration { origin.duration(to: .now) }
    public var wallTime: Date { Date() }

    public func sleep(until instant: Duration) async throws {
        try await ContinuousClock().sleep(until: origin.advanced(by: instant), tolerance: .milliseconds(1))
    }
}
