public import Plans

/// A preview on screen.
public struct PreviewState: ListOverlay {
    public let id: Int
    /// `nil` until it is made.
    public var preview: PlanPreview?
    /// What keeps the plan from being run.
    public var problem: PlanProblem?
    /// Whether another run makes other requests.
    public var isByChance: Bool
    /// The chosen row, counted from 0.
    public var selected = 0

    public init(id: Int, problem: PlanProblem? = nil, isByChance: Bool = false) {
        self.id = id
        self.problem = problem
        self.isByChance = isByChance
    }

    var overlay: Overlay { .preview(self) }
    var count: Int { preview?.requests.count ?? 0 }
}

extension State {
    mutating func openPreview() -> [Effect] {
        previews += 1
        let plan = composer.document
        let preview = PreviewState(
            id: previews, problem: plan.problems(for: settings.kind, hasStandardInput: false).first,
            isByChance: plan.usesChance && plan.seed == nil)
        // Reading the keyboard would take what the user types.
        guard !plan.readsStandardInput else { return open(preview) }
        return open(preview) + [.plan(.preview(plan, of: method, id: previews))]
    }

    mutating func previewed(id: Int, _ made: PlanPreview) -> [Effect] {
        alter(PreviewState.self) { if $0.id == id, $0.preview == nil { $0.preview = made } }
        return []
    }
}
