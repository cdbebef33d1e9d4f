public import GreeterCore

/// The first requests that a plan makes, without sending them.
public struct PlanPreview: Hashable, Sendable {
    public struct Item: Hashable, Sendable {
        /// When it is sent, counted from the beginning of the stream, if the server is never waited for.
        public var time: Duration
        public var request: HelloRequest

        public init(time: Duration, request: HelloRequest) {
            self.time = time
            self.request = request
        }
    }

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

    public var items: [Item]
    public var ending: Ending

    public init(_ items: [Item], _ ending: Ending) {
        self.items = items
        self.ending = ending
    }
}

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
