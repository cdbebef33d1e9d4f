import Plans
import RPCCore

extension State {
    mutating func performOnComposer(_ action: Action) -> [Effect] {
        if focus != .compose { _ = focus(on: .compose) }
        switch action {
        case .addRequest: return addStep(.request)
        case .addStep: return open(Menu.steps)
        case .editStep:
            guard let step = composer.selection else { return say(.warning, "no step to edit: add one") }
            return open(Form.step(step, index: composer.selected, of: requestFields))
        case .planSettings: return open(Form(PlanForm(composer.document)))
        case .deleteStep:
            guard composer.selection != nil else { return say(.warning, "no step to delete") }
            composer.deleteSelected()
            notice = Notice(.info, "deleted; undo brings it back")
        case .duplicateStep: composer.duplicateSelected()
        case .moveStepUp: composer.moveSelected(by: -1)
        case .moveStepDown: composer.moveSelected(by: 1)
        case .undo:
            if !composer.undo() { return say(.info, "nothing to undo") }
        case .redo:
            if !composer.redo() { return say(.info, "nothing to redo") }
        default: break
        }
        settle()
        return []
    }

    /// Opens the form of a new step. Records begin with their file, which is looked for first.
    mutating func addStep(_ kind: StepKind) -> [Effect] {
        let template = composer.selection?.template.flatMap { $0.recordFields.isEmpty ? $0 : nil }
        let effects = open(Form.newStep(kind, of: requestFields, like: template))
        return kind == .records ? effects + browseForField() : effects
    }

    // MARK: Running

    /// Says what keeps the plan from being run, and goes to the step.
    mutating func refuseToRun(_ problem: PlanProblem) -> [Effect] {
        if let step = problem.step {
            _ = focus(on: .compose)
            withPosition(of: .compose) { $0.select(step - 1, in: $1, rows: $2) }
        }
        return say(.failure, "not run: \(problem)")
    }
}
