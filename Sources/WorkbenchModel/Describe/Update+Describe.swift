import RPCCore

/// Looking up how a method, a message or a field is declared.
extension State {
    /// Describes what the keys go to: the method that is chosen in a list, the field of a form, the messages of a pane.
    mutating func describe() -> [Effect] {
        if case .methods(let chooser) = overlay, case .unusable(let unusable)? = chooser.selection {
            return methodRefused(unusable)
        }
        guard let (symbol, source) = described else { return say(.warning, "there is nothing here to describe") }
        guard let browser = DescriptionBrowser(symbol, by: source) else {
            return say(.warning, "nothing says how \(symbol) is declared")
        }
        return open(browser)
    }

    mutating func handle(_ message: DescriptionMessage) -> [Effect] {
        let rows = layout.overlay.rows
        alter(DescriptionBrowser.self) { browser in
            switch message {
            case .left: browser.goBack()
            case .linkStepped(let distance): browser.stepLink(by: distance, rows: rows)
            case .searchAsked: browser.askForSearch()
            case .searchLeft: browser.leaveSearch()
            case .foundNext(let forward): browser.find(forward: forward, rows)
            }
        }
        return []
    }

    private var described: (symbol: String, source: any MessageCodec)? {
        switch overlay {
        case .methods(let chooser): chooser.selection?.entry.map { ($0.ref.fullName, $0.schema.input) }
        case .form(let form): described(of: form)
        case .message(let form): (form.described, form.kind.codec)
        case nil: described(of: focus)
        default: nil
        }
    }

    /// A field of the requests, or all of them.
    private func described(of form: Form) -> (symbol: String, source: any MessageCodec)? {
        guard let request = presentMethod?.schema.input else { return nil }
        let label = form.fields.indices.contains(form.focus) ? form.fields[form.focus].label : ""
        let field = "\(request.name).\(label)"
        return (request.declaration(of: field) == nil ? request.name : field, request)
    }

    private func described(of pane: Pane) -> (symbol: String, source: any MessageCodec)? {
        let direction =
            pane == .sent ? Direction.sent : pane == .received ? .received : pane == .detail ? detailDirection : nil
        guard let direction, let call else {
            return presentMethod.map { ($0.ref.fullName, $0.schema.input) }
        }
        let called = call.method ?? usualMethods.first { $0.ref.kind == call.kind }
        return called.map { $0.schema.codec(of: direction) }.map { ($0.name, $0) }
    }

    /// The method that the next call goes to.
    var presentMethod: MethodEntry? { method ?? usualMethods.first { $0.ref.kind == settings.kind } }
}

extension MessageEditor {
    /// The field of the chosen row, or the message that the row belongs to.
    fileprivate var described: String {
        guard let place, !place.node.isWhole else { return kind.codec.name }
        return "\(place.node.shape.name).\(place.field.name)"
    }
}

extension MethodChooser.Row {
    /// The method that can be called.
    fileprivate var entry: MethodEntry? {
        switch self {
        case .method(let entry), .recent(let entry): entry
        case .heading, .unusable, .reason, .note, .unread: nil
        }
    }
}
