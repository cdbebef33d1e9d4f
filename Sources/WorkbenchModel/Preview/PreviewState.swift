public import RPCCore

/// A preview on screen.
public struct PreviewState: Hashable, Sendable {
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
}

extension State {
    mutating func openPreview() -> [Effect] {
        previews += 1
        let plan = composer.document
        let preview = PreviewState(
            id: previews, problem: plan.problems(for: settings.kind, hasStandardInput: false).first,
            isByChance: plan.usesChance && plan.seed == nil)
        // Reading the keyboard would take what the person types.
        guard !plan.readsStandardInput else { return open(.preview(preview)) }
        return open(.preview(preview)) + [.plan(.preview(plan, id: previews))]
    }

    mutating func previewed(id: Int, _ made: PlanPreview) -> [Effect] {
        guard let index = overlays.firstIndex(where: { $0.previewID == id }),
            case .preview(var preview) = overlays[index],
            preview.preview == nil
        else { return [] }
        preview.preview = made
        overlays[index] = .preview(preview)
        return []
    }
}

extension Overlay {
    fileprivate var previewID: Int? {
        if case .preview(let preview) = self { preview.id } else { nil }
    }
}
