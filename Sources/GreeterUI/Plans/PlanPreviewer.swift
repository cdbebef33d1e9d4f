import Foundation
import GreeterCore
import GreeterViewModel
import Synchronization

/// Makes the first requests of a plan by its own source, on a clock that does not wait.
final class PlanPreviewer: Sendable {
    /// Requests made at most.
    static let limit = 20

    private let plan: PlanRun
    private let items = Mutex<[PlanPreview.Item]>([])

    init(_ plan: PlanDocument) {
        self.plan = PlanRun(plan)
    }

    /// - Returns: `nil` when the task was cancelled.
    func run() async -> PlanPreview? {
        let clock = UnhurriedClock()
        var source = plan.makeSource(clock: clock)
        do {
            while items.withLock({ $0.count }) < Self.limit {
                guard let batch = try await source.next(atMost: 1) else { return preview(.complete) }
                let time = clock.now
                items.withLock { $0 += batch.map { PlanPreview.Item(time: time, request: $0) } }
            }
            return preview(try await source.next(atMost: 1) == nil ? .complete : .cut)
        } catch let error as PlanError {
            return preview(.failed(error))
        } catch {
            return nil
        }
    }

    /// What has been made so far, where there is no time for more.
    var late: PlanPreview { preview(.late) }

    private func preview(_ ending: PlanPreview.Ending) -> PlanPreview {
        PlanPreview(items.withLock { $0 }, ending)
    }
}

/// A clock on which it is always the time that somebody waits for.
private final class UnhurriedClock: CallClock {
    private let time = Mutex(Duration.zero)
    private let start = Date()

    var now: Duration { time.withLock { $0 } }
    var wallTime: Date { start.addingTimeInterval(now / .seconds(1)) }

    func sleep(until instant: Duration) async throws {
        try Task.checkCancellation()
        time.withLock { $0 = max($0, instant) }
    }
}
