import GreeterCore

extension State {
    mutating func performOnComposer(_ action: Action) -> [Effect] {
        if focus != .compose { focus = .compose }
        switch action {
        case .addRequest:
            let language = composer.selection?.template?.language ?? Template(literal: "en")
            return open(.form(.request(.addRequest, RequestTemplate(name: Template(literal: ""), language: language))))
        case .editRequest:
            guard let row = composer.selection else { return say(.warning, "no request to edit: add one") }
            let purpose = Form.Purpose.editRequest(index: composer.selected)
            switch row {
            case .request(let request): return open(.form(.request(purpose, RequestTemplate(request))))
            case .repetition(let step): return open(.form(.request(purpose, step.template, repeated: step)))
            case .pause, .records: return say(.info, "this step is edited in the plan's file")
            }
        case .deleteRequest:
            guard composer.selection != nil else { return say(.warning, "no request to delete") }
            composer.deleteSelected()
            notice = Notice(.info, "deleted; undo brings it back")
        case .duplicateRequest: composer.duplicateSelected()
        case .moveRequestUp: composer.moveSelected(by: -1)
        case .moveRequestDown: composer.moveSelected(by: 1)
        case .undo:
            if !composer.undo() { return say(.info, "nothing to undo") }
        case .redo:
            if !composer.redo() { return say(.info, "nothing to redo") }
        default: break
        }
        settle()
        return []
    }
}
