public import Plans
import RPCCore

/// The plan that a user composes, with every step back and forth, and what of it a file holds.
public struct Composer: Hashable, Sendable {
    /// Steps that can be undone; the oldest is forgotten for a new one.
    public static let undoLimit = 200
    /// Rows that are held to undo steps, over all of them; a very long plan can be undone less far, but at least once.
    public static let undoRowLimit = 200_000

    /// The plan as it is now.
    public private(set) var document: PlanDocument
    /// Its steps, each of which is a row.
    public var rows: [PlanStep] { document.steps }
    /// The chosen row, counted from 0; 0 where there is none.
    public var selected: Int {
        get { position.selected }
        set { position.selected = newValue }
    }
    public var position = ListPosition()
    /// The file that the plan was opened from or written to last.
    public private(set) var place: PlanPlace?
    /// Where an earlier run of the program has kept these changes.
    public private(set) var keptPath: String?
    /// What is safe: in the file, or as the composer began; `nil` where nothing is.
    private var written: PlanDocument?
    private var past: [Step] = []
    private var future: [Step] = []

    private struct Step: Hashable {
        var document: PlanDocument
        var selected: Int
    }

    /// - Parameter place: The file that holds the plan as it is, if one does.
    public init(_ document: PlanDocument = PlanDocument(), place: PlanPlace? = nil) {
        self.document = document
        self.place = place
        written = document
    }

    /// A composer for changes that were kept, and are still in no file of their own.
    public init(_ plan: OpenedPlan, keptAt path: String) {
        self.init(plan.document, place: plan.place)
        written = nil
        keptPath = path
    }

    /// Whether there is something that no file holds.
    public var hasUnsavedChanges: Bool {
        guard let written else { return true }
        return document != written && document.moved(to: written.directory) != written
    }

    /// What the plan of a method begins with: one request in which nothing is set.
    static let beginning: [PlanStep] = [.request(MessageValue())]

    /// Whether it holds what the plan of a method begins with.
    var isAsItBegan: Bool { rows == Self.beginning && place == nil && !hasUnsavedChanges }

    /// Whether something was changed since it began.
    var isChanged: Bool { !past.isEmpty }

    /// Holds the same plan as it is read now that its messages are known.
    mutating func read(as document: PlanDocument) {
        if written != nil, !hasUnsavedChanges { written = document }
        self.document = document
        (past, future) = ([], [])
        selected = max(0, min(selected, document.steps.count - 1))
    }

    /// Notes that a file holds this version of the plan now.
    public mutating func wrote(_ document: PlanDocument, to place: PlanPlace) {
        written = document
        self.place = place
        keptPath = nil
        self.document = self.document.moved(to: document.directory)
    }

    /// The chosen row, where there is one.
    public var selection: PlanStep? { rows.indices.contains(selected) ? rows[selected] : nil }

    /// Adds a row below the chosen one and chooses it.
    public mutating func add(_ row: PlanStep) {
        change { document, selected in
            selected = document.steps.isEmpty ? 0 : selected + 1
            document.steps.insert(row, at: selected)
        }
    }

    /// Adds rows below the chosen one, in one step, and chooses the last of them.
    public mutating func add(_ rows: [PlanStep]) {
        guard !rows.isEmpty else { return }
        change { document, selected in
            let start = document.steps.isEmpty ? 0 : selected + 1
            document.steps.insert(contentsOf: rows, at: start)
            selected = start + rows.count - 1
        }
    }

    /// Puts another row in the place of one.
    public mutating func replace(at index: Int, with row: PlanStep) {
        guard rows.indices.contains(index), rows[index] != row else { return }
        change { document, _ in document.steps[index] = row }
    }

    /// Changes what holds for the plan as a whole.
    public mutating func set(_ changed: PlanDocument) {
        guard changed != document else { return }
        change { document, _ in document = changed }
    }

    public mutating func deleteSelected() {
        guard selection != nil else { return }
        change { document, selected in
            document.steps.remove(at: selected)
            selected = max(0, min(selected, document.steps.count - 1))
        }
    }

    public mutating func duplicateSelected() {
        guard let selection else { return }
        add(selection)
    }

    /// Moves the chosen row by one place, up (-1) or down (1).
    public mutating func moveSelected(by distance: Int) {
        guard selection != nil, rows.indices.contains(selected + distance) else { return }
        change { document, selected in
            document.steps.swapAt(selected, selected + distance)
            selected += distance
        }
    }

    /// - Returns: whether there was something to undo.
    public mutating func undo() -> Bool {
        guard let step = past.popLast() else { return false }
        future.append(Step(document: document, selected: selected))
        restore(step)
        return true
    }

    /// - Returns: whether there was something to redo.
    public mutating func redo() -> Bool {
        guard let step = future.popLast() else { return false }
        past.append(Step(document: document, selected: selected))
        restore(step)
        return true
    }

    private mutating func restore(_ step: Step) {
        document = step.document
        selected = step.selected
    }

    private mutating func change(_ body: (inout PlanDocument, inout Int) -> Void) {
        past.append(Step(document: document, selected: selected))
        let limit = max(1, min(Self.undoLimit, Self.undoRowLimit / max(1, rows.count)))
        if past.count > limit { past.removeFirst(past.count - limit) }
        future = []
        body(&document, &position.selected)
    }
}
