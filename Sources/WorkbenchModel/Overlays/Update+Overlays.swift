extension State {
    /// What lies on top and takes the keys.
    public var overlay: Overlay? { overlays.last }

    /// The text of the field that has the focus; `nil` where no text is edited.
    public var editedText: String? { overlay?.component.editedText }

    /// Which field of the overlay on top has the focus, counted from 0.
    public var editedField: Int { overlay?.component.focus ?? 0 }

    mutating func open(_ overlay: any OverlayComponent) -> [Effect] {
        overlays.append(overlay.overlay)
        return []
    }

    /// Leaves what lies on top, if it lets itself be left.
    mutating func leaveOverlay() -> [Effect] { overlay?.component.leave(in: &self) ?? dismissOverlay() }

    mutating func dismissOverlay() -> [Effect] {
        if overlays.isEmpty, let effects = stopSearch() { return effects }
        let dismissed = overlays.popLast()
        if dismissed == nil { notice = nil }
        // A chooser below is still on the way to what was asked for.
        if !isOpen(FileChooser.self) { departure = nil }
        return dismissed?.component.effectsOfLeaving ?? []
    }

    mutating func edit(_ text: String) -> [Effect] {
        overlays.isEmpty ? [] : overlays[overlays.count - 1].component.edit(text)
    }

    mutating func stepInOverlay(by distance: Int) -> [Effect] {
        if case .form(var form)? = overlay, form.isPrompt {
            // What is offered stands below the field, what was entered before is older the farther up.
            if form.content.suggestions.isEmpty {
                form.recall(by: -distance, of: entered[form.title] ?? [])
            } else {
                form.recall(by: distance, of: form.suggestions.map(\.text))
            }
            replaceOverlay(form)
            return []
        }
        return overlays.isEmpty ? [] : overlays[overlays.count - 1].component.step(by: distance, in: layout.overlay)
    }

    /// So many texts of a prompt are kept.
    private static let enteredLimit = 50

    /// A text was entered in the form with this title.
    mutating func remember(_ text: String, in title: String) {
        guard !text.isEmpty else { return }
        let others = (entered[title] ?? []).filter { $0 != text }
        entered[title] = Array(([text] + others).prefix(Self.enteredLimit))
    }

    /// Puts another choice into the field that has the focus.
    mutating func chooseInField(by distance: Int) -> [Effect] {
        alter(Form.self) { $0.choose(by: distance) }
        return []
    }

    mutating func chooseItem(_ index: Int) -> [Effect] { overlay?.component.choose(index, in: &self) ?? [] }

    mutating func acceptOverlay() -> [Effect] { overlay?.component.accept(in: &self) ?? [] }

    /// Keeps what is set in the form on top, where that can be kept.
    mutating func keepOverlay() -> [Effect] { (overlay?.component as? Form)?.accept(in: &self, isKept: true) ?? [] }

    mutating func replaceOverlay(_ overlay: any OverlayComponent) {
        overlays[overlays.count - 1] = overlay.overlay
    }

    /// Whether there is an overlay of a type, on top or below.
    func isOpen<Component: OverlayComponent>(_ type: Component.Type) -> Bool {
        overlays.contains { $0.component is Component }
    }

    /// Changes the overlay of a type, on top or below; nothing where there is none.
    /// - Parameter change: Returns what is to be done then.
    @discardableResult
    mutating func change<Component: OverlayComponent>(
        _ type: Component.Type, _ change: (inout Component) -> [Effect]
    ) -> [Effect] {
        for index in overlays.indices.reversed() {
            guard var component = overlays[index].component as? Component else { continue }
            let effects = change(&component)
            overlays[index] = component.overlay
            return effects
        }
        return []
    }

    mutating func alter<Component: OverlayComponent>(_ type: Component.Type, _ alter: (inout Component) -> Void) {
        change(type) { component in
            alter(&component)
            return []
        }
    }
}
