import Algorithms
import RPCCore
import Spool

/// A plan as each attempt sends it: one that can be run once is made repeatable, and what was answered before is left out.
struct ReplayedPlan: RequestPlan {
    private let plan: any RequestPlan
    private let spool: SpooledPlan?
    private var leftOut = LeftOutRequests()

    init(_ plan: any RequestPlan) {
        spool = plan.isRepeatable ? nil : SpooledPlan(plan)
        self.plan = spool ?? plan
    }

    /// Whether another attempt gets the same requests again.
    var isRepeatable: Bool { spool?.isComplete ?? plan.isRepeatable }

    var correlation: Correlation? { plan.correlation }

    var count: Int? { plan.count.map { max(0, $0 - leftOut.count) } }

    /// Keeps nothing more to be sent again: there will be no other attempt.
    func commit() {
        spool?.commit()
    }

    /// The whole plan without some of its requests.
    func leaving(out requests: LeftOutRequests) -> ReplayedPlan {
        var plan = self
        plan.leftOut = requests
        return plan
    }

    func makeSource(_ encoder: MessageEncoder, clock: any CallClock, skipping count: Int) -> any RequestSource {
        let made = leftOut.number(count + 1) - 1
        let source = plan.makeSource(encoder, clock: clock, skipping: made)
        return made < leftOut.last ? SparseSource(source: source, leftOut: leftOut, made: made) : source
    }
}

/// A source without some of its requests.
private struct SparseSource: RequestSource {
    var source: any RequestSource
    let leftOut: LeftOutRequests
    /// The number of the last request that came from it.
    var made: Int

    mutating func next(atMost limit: Int) async throws -> [Payload]? {
        while let batch = try await source.next(atMost: limit) {
            defer { made += batch.count }
            if made >= leftOut.last { return batch }
            let kept = batch.indexed().filter { !leftOut.contains(made + 1 + $0.index) }.map(\.element)
            if !kept.isEmpty { return kept }
        }
        return nil
    }
}
