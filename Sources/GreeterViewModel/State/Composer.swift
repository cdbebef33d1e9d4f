public import GreeterCore

/// The plan that a person composes, with every step back and forth.
public struct Composer: Hashable, Sendable {
    /// Steps that can be undone; the oldest is forgotten for a new one.
    public static let undoLimit = 200

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
    private var past: [Step] = []
    private var future: [Step] = []

    private struct Step: Hashable {
        var document: PlanDocument
        var selected: Int
    }

    public init(_ document: PlanDocument = PlanDocument()) {
        self.document = document
    }

    public var canUndo: Bool { !past.isEmpty }
    public var canRedo: Bool { !future.isEmpty }

    /// The chosen row, where there is one.
    public var selection: PlanStep? { rows.indices.contains(selected) ? rows[selected] : nil }

    /// Adds a row below the chosen one and chooses it.
    public mutating func add(_ row: PlanStep) {
        change { rows, selected in
            selected = rows.isEmpty ? 0 : selected + 1
            rows.insert(row, at: selected)
        }
    }

    /// Puts another row in the place of one.
    public mutating func replace(at index: Int, with row: PlanStep) {
        guard rows.indices.contains(index), rows[index] != row else { return }
        change { rows, _ in rows[index] = row }
    }

    public mutating func deleteSelected() {
        guard selection != nil else { return }
        change { rows, selected in
            rows.remove(at: selected)
            selected = max(0, min(selected, rows.count - 1))
        }
    }

    public mutating func duplicateSelected() {
        guard let selection else { return }
        add(selection)
    }

    /// Moves the chosen row by one place, up (-1) or down (1).
    public mutating func moveSelected(by distance: Int) {
        guard selection != nil, rows.indices.contains(selected + distance) else { return }
        change { rows, selected in
            rows.swapAt(selected, selected + distance)
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

    private mutating func change(_ body: (inout [PlanStep], inout Int) -> Void) {
        past.append(Step(document: document, selected: selected))
        if past.count > Self.undoLimit { past.removeFirst() }
        future = []
        body(&document.steps, &position.selected)
    }
}
