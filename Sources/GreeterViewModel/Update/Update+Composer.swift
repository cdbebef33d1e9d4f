import GreeterCore

extension State {
    mutating func performOnComposer(_ action: Action) -> [Effect] {
        if focus != .compose { focus = .compose }
        switch action {
        case .addRequest:
            let language = composer.selection?.request.language ?? "en"
            let row = ComposedPlan.Row(request: HelloRequest(name: "", language: language))
            return open(.form(.request(.addRequest, row)))
        case .editRequest:
            guard let row = composer.selection else { return say(.warning, "no request to edit: add one") }
            return open(.form(.request(.editRequest(index: composer.selected), row)))
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
