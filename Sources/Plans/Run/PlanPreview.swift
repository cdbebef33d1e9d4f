import Foundation
public import RPCCore
import Synchronization

/// A request that a plan will make, and when.
public struct PlannedRequest: Hashable, Sendable {
    public var request: Payload
    /// When it is sent, counted from the beginning of the stream, if the server is never waited for.
    public var time: Duration

    public init(_ request: Payload, at time: Duration) {
        self.request = request
        self.time = time
    }
}

/// The first requests that a plan makes, without sending them.
public struct PlanPreview: Hashable, Sendable {
    /// What comes after the requests.
    public enum Ending: Hashable, Sendable {
        /// Nothing: these are all.
        case complete
        /// More of them.
        case cut
        /// The next one cannot be made.
        case failed(PlanError)
        /// Nobody knows: making the next one took too long.
        case late
    }

    public var requests: [PlannedRequest]
    public var ending: Ending

    public init(_ requests: [PlannedRequest], _ ending: Ending) {
        self.requests = requests
        self.ending = ending
    }
}

/// Makes the first requests of a plan by its own source, on a clock that does not wait. Files are read, as far as it takes; of
/// standard input nothing is, and the preview ends before it.
public final class PlanPreviewer: Sendable {
    private let run: PlanRun
    private let encoder: MessageEncoder
    private let limit: Int
    private let requests = Mutex<[PlannedRequest]>([])

    /// - Parameter limit: How many requests are made at most.
    public init(_ run: PlanRun, of message: any MessageCodec, limit: Int) {
        var document = run.document
        document.steps = Array(document.steps.prefix { !$0.readsStandardInput })
        self.run = PlanRun(document, origin: run.origin)
        self.limit = limit
        encoder = MessageEncoder(message, .json)
    }

    /// - Returns: `nil` when the task was cancelled.
    public func preview() async -> PlanPreview? {
        let clock = JumpingClock()
        var source = run.makeSource(encoder, clock: clock)
        do {
            while requests.withLock({ $0.count }) < limit {
                guard let batch = try await source.next(atMost: 1) else { return preview(.complete) }
                let time = clock.now
                requests.withLock { $0 += batch.map { PlannedRequest($0, at: time) } }
            }
            return preview(try await source.next(atMost: 1) == nil ? .complete : .cut)
        } catch let error as PlanError {
            return preview(.failed(error))
        } catch {
            return nil
        }
    }

    /// What has been made so far, where there is no time for more.
    public var late: PlanPreview { preview(.late) }

    private func preview(_ ending: PlanPreview.Ending) -> PlanPreview {
        PlanPreview(requests.withLock { $0 }, ending)
    }
}

/// A clock on which waiting takes no time: it jumps to the instant that is waited for.
private final class JumpingClock: CallClock {
    private let time = Mutex(Duration.zero)
    private let start = Date()

    var now: Duration { time.withLock { $0 } }
    var wallTime: Date { start.addingTimeInterval(now / .seconds(1)) }

    func sleep(until instant: Duration) async throws {
        try Task.checkCancellation()
        time.withLock { $0 = max($0, instant) }
    }
}
