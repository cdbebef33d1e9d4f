import RPCCore
import Spool

/// A plan as each attempt sends it: one that can be run once is made repeatable, and what was answered before is left out.
struct ReplayedPlan: RequestPlan {
    private let plan: any RequestPlan
    private let spool: SpooledPlan?
    /// So many of its first requests are left out.
    private var skipped = 0

    init(_ plan: any RequestPlan) {
        spool = plan.isRepeatable ? nil : SpooledPlan(plan)
        self.plan = spool ?? plan
    }

    /// Whether another attempt gets the same requests again.
    var isRepeatable: Bool { spool?.isComplete ?? plan.isRepeatable }

    var count: Int? { plan.count.map { max(0, $0 - skipped) } }

    /// Keeps nothing more to be sent again: there will be no other attempt.
    func commit() {
        spool?.commit()
    }

    /// The whole plan without its first requests.
    func skipping(_ count: Int) -> ReplayedPlan {
        var plan = self
        plan.skipped = count
        return plan
    }

    func makeSource(_ encoder: MessageEncoder, clock: any CallClock, skipping count: Int) -> any RequestSource {
        plan.makeSource(encoder, clock: clock, skipping: skipped + count)
    }
}
