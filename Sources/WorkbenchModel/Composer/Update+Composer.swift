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
            return open(form(of: step, at: composer.selected))
        case .editExternally:
            let effects = performOnComposer(.editStep)
            guard form == nil else { return effects + perform(FormCommand.editExternally) }
            return effects + (overlays.isEmpty ? [] : say(.info, "the message is short: it is edited here"))
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
        let effects = open(form(ofNew: kind, like: template))
        return kind == .records ? effects + browseForField() : effects
    }

    /// The form of a step that there is.
    func form(of step: PlanStep, at index: Int) -> any OverlayComponent {
        let place = StepPlace(kind: StepKind(step), index: index)
        if let kind = (method?.schema.input).flatMap(MessageKind.init),
            let form = MessageEditor(kind, place, step, step.template)
        {
            return form
        }
        return Form.step(step, index: index, of: requestFields)
    }

    /// The form of a step of this kind that is yet to be.
    /// - Parameters:
    ///   - template: What the message is like at first.
    ///   - isWhole: Whether that is all of it, what must be there included.
    func form(ofNew step: StepKind, like template: RequestTemplate?, isWhole: Bool = false) -> any OverlayComponent {
        if let kind = (method?.schema.input).flatMap(MessageKind.init),
            let form = MessageEditor(kind, StepPlace(kind: step), nil, step == .records ? nil : template)
        {
            return form
        }
        return Form.newStep(step, of: requestFields, like: template, isWhole: isWhole)
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
