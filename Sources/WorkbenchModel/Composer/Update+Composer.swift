import RPCCore

extension State {
    mutating func performOnComposer(_ action: Action) -> [Effect] {
        if focus != .compose { _ = focus(on: .compose) }
        switch action {
        case .addRequest: return addStep(.request)
        case .addStep: return open(.menu(Menu(.addStep)))
        case .editStep:
            guard let step = composer.selection else { return say(.warning, "no step to edit: add one") }
            return open(.form(.step(step, index: composer.selected)))
        case .planSettings: return open(.form(.planSettings(composer.document)))
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
        let template = composer.selection?.template.flatMap { $0.fields.isEmpty ? $0 : nil }
        let language = template?.language?.text ?? "en"
        let effects = open(.form(.newStep(kind, language: language)))
        return kind == .records ? effects + browseForField() : effects
    }

    /// Takes over the step that a form describes.
    /// - Parameter index: The step whose place it takes; a new one where there is none.
    /// - Returns: whether it could be read; the problems are noted in the form otherwise.
    mutating func takeStep(_ kind: StepKind, at index: Int?, from form: inout Form) -> Bool {
        guard let step = form.readStep(kind) else { return false }
        if let index { composer.replace(at: index, with: step) } else { composer.add(step) }
        return true
    }

    /// Takes over what a form says of the plan as a whole.
    /// - Returns: whether it could be read; the problems are noted in the form otherwise.
    mutating func takePlanSettings(from form: inout Form) -> Bool {
        var changed = composer.document
        guard form.readPlanSettings(into: &changed) else { return false }
        if changed.kind != composer.document.kind, let kind = changed.kind { settings.kind = kind }
        composer.set(changed)
        return true
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
