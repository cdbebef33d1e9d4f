public import Plans

/// What is done once the unsaved changes of the present plan are written, or given up.
public enum Departure: Hashable, Sendable {
    case quit
    case newPlan
    case open(OpenedPlan)
    case openKept(OpenedPlan, KeptPlan)
    /// The plan of the call on screen.
    case takePlan(PlanDocument, calling: MethodEntry? = nil)
}
