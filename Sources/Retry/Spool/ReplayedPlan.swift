import RPCCore
import Spool

/// A plan that every attempt can begin anew: itself where it can be run again, a spool of it where it cannot.
struct ReplayedPlan {
    private let plan: any RequestPlan
    private let spool: SpooledPlan?

    static func make(_ plan: any RequestPlan) -> ReplayedPlan {
        guard !plan.isRepeatable else { return ReplayedPlan(plan: plan, spool: nil) }
        let spool = SpooledPlan(plan)
        return ReplayedPlan(plan: spool, spool: spool)
    }

    /// Whether another attempt gets the same requests again.
    var isRepeatable: Bool { spool?.isComplete ?? plan.isRepeatable }

    /// Keeps nothing more to be sent again: there will be no other attempt.
    func commit() {
        spool?.commit()
    }

    /// The plan without its first requests.
    func skipping(_ count: Int) -> any RequestPlan {
        count == 0 ? plan : SkippingPlan(plan: plan, skipped: count)
    }
}

/// A plan without its first requests.
private struct SkippingPlan: RequestPlan {
    let plan: any RequestPlan
    let skipped: Int

    var isRepeatable: Bool { plan.isRepeatable }
    var count: Int? { plan.count.map { max(0, $0 - skipped) } }

    func makeSource(_ encoder: MessageEncoder, clock: any CallClock, skipping count: Int) -> any RequestSource {
        plan.makeSource(encoder, clock: clock, skipping: skipped + count)
    }
}
