import Foundation
import Synchronization

/// A request that a plan will make, and when.
public struct PlannedRequest: Hashable, Sendable {
    public var request: HelloRequest
    /// Since the beginning of the stream, as long as nothing holds it back.
    public var time: Duration

    public init(_ request: HelloRequest, at time: Duration) {
        self.request = request
        self.time = time
    }
}

extension PlanRun {
    /// The first requests that the run will make, without waiting for their time. Files are read, as far as it takes;
    /// of standard input nothing is, and the preview ends before it.
    /// - Throws: ``PlanError`` where there would be one before so many requests were made, and `CancellationError`.
    public func preview(_ count: Int) async throws -> [PlannedRequest] {
        var document = document
        document.steps = Array(document.steps.prefix { !$0.readsStandardInput })
        let clock = JumpingClock()
        var source = PlanRun(document, origin: origin).makeSource(clock: clock)
        var requests: [PlannedRequest] = []
        while requests.count < count, let batch = try await source.next(atMost: 1) {
            try Task.checkCancellation()
            requests += batch.map { PlannedRequest($0, at: clock.now) }
        }
        return requests
    }
}

/// A clock on which waiting takes no time: it jumps to the instant that is waited for.
private final class JumpingClock: CallClock {
    private let time = Mutex(Duration.zero)

    var now: Duration { time.withLock { $0 } }
    var wallTime: Date { Date(timeIntervalSince1970: now / .seconds(1)) }

    func sleep(until instant: Duration) async throws {
        try Task.checkCancellation()
        time.withLock { $0 = max($0, instant) }
    }
}
