import RPCCore

extension State {
    /// What lies on top and takes the keys.
    public var overlay: Overlay? { overlays.last }

    mutating func dismissOverlay() -> [Effect] {
        if overlays.isEmpty, let effects = stopSearch() { return effects }
        let dismissed = overlays.popLast()
        if dismissed == nil { notice = nil }
        // A chooser below is still on the way to what was asked for.
        if !overlays.contains(where: \.isChooser) { departure = nil }
        if case .comparison(let comparison) = dismissed, comparison.result == nil { return [.stopComparing] }
        return []
    }

    mutating func edit(_ text: String) -> [Effect] {
        switch overlay {
        case .form(var form):
            form.fields[form.focus].text = text
            form.fields[form.focus].problem = nil
            replaceOverlay(.form(form))
        case .menu(var menu) where menu.isSearched:
            menu.query = text
            menu.selected = 0
            replaceOverlay(.menu(menu))
        case .chooser: return typeInChooser(text)
        case .history: return typeInHistory(text)
        default: break
        }
        return []
    }

    mutating func stepInOverlay(by distance: Int) -> [Effect] {
        switch overlay {
        case .form(var form):
            form.moveFocus(by: distance)
            replaceOverlay(.form(form))
        case .menu(var menu):
            menu.selected = max(0, min(menu.selected + distance, menu.items.count - 1))
            replaceOverlay(.menu(menu))
        case .help(let scroll): replaceOverlay(.help(scroll: max(0, min(scroll + distance, helpLimit))))
        case .chooser(var chooser):
            chooser.step(by: distance)
            replaceOverlay(.chooser(chooser))
        case .preview(var preview):
            let count = preview.preview?.requests.count ?? 0
            preview.selected = max(0, min(preview.selected + distance, count - 1))
            replaceOverlay(.preview(preview))
        case .comparison(var comparison):
            comparison.scroll = max(0, min(comparison.scroll + distance, comparison.rowCount - 1))
            replaceOverlay(.comparison(comparison))
        case .history: return stepInHistory(by: distance)
        case .question, nil: break
        }
        return []
    }

    mutating func chooseItem(_ index: Int) -> [Effect] {
        switch overlay {
        case .menu(var menu) where menu.items.indices.contains(index):
            menu.selected = index
            replaceOverlay(.menu(menu))
            return acceptOverlay()
        case .chooser(var chooser) where chooser.items.indices.contains(index):
            chooser.select(index)
            replaceOverlay(.chooser(chooser))
            return acceptOverlay()
        case .history(let browser) where browser.entries.indices.contains(index):
            return chooseCall(index, in: browser)
        case .question(let question) where question.choices.indices.contains(index):
            return take(question.choices[index])
        default: return []
        }
    }

    /// A choice takes its question away; staying is what dismissing it means.
    private mutating func take(_ choice: Question.Choice) -> [Effect] {
        if choice.message == .overlayDismissed { return dismissOverlay() }
        overlays.removeLast()
        return update(&self, choice.message)
    }

    mutating func acceptOverlay() -> [Effect] {
        switch overlay {
        case .form(let form): return accept(form)
        case .menu(let menu):
            guard menu.items.indices.contains(menu.selected) else { return [] }
            if !menu.staysOpen { overlays.removeLast() }
            return update(&self, menu.items[menu.selected].choice)
        case .question(let question): return question.hasDefault ? chooseItem(0) : []
        case .chooser(let chooser): return acceptChooser(chooser)
        case .history(let browser): return acceptHistory(browser)
        case .help, .preview, .comparison: return dismissOverlay()
        case nil: return []
        }
    }

    private mutating func accept(_ form: Form) -> [Effect] {
        var form = form
        switch form.purpose {
        case .addStep(let kind):
            guard takeStep(kind, at: nil, from: &form) else { return refuse(form) }
        case .editStep(let kind, let index):
            guard takeStep(kind, at: index, from: &form) else { return refuse(form) }
        case .planSettings:
            guard takePlanSettings(from: &form) else { return refuse(form) }
        case .sendMessage: return acceptTyped(form)
        case .find(let pane):
            guard Self.readPattern(&form) != nil else { return refuse(form) }
            overlays.removeLast()
            pattern = form.fields[0].text
            return pattern.isEmpty ? [] : find(in: pane, forward: true, includingSelected: true)
        case .filter(let direction):
            guard let wanted = Self.readPattern(&form) else { return refuse(form) }
            overlays.removeLast()
            return filter(direction, by: form.fields[0].text, wanted)
        case .filterWire:
            guard let wanted = Self.readPattern(&form) else { return refuse(form) }
            overlays.removeLast()
            return filterWire(by: form.fields[0].text, wanted)
        case .jump(let direction):
            guard let effects = jump(direction, &form) else { return refuse(form) }
            overlays.removeLast()
            return effects
        case .server:
            do {
                let address = form.fields[0].text.trimmingSpaces()
                _ = try ServerAddress(parsing: address)
                overlays.removeLast()
                return connect(to: address)
            } catch {
                form.fields[0].problem = "\(error)"
                return refuse(form)
            }
        case .compare:
            do {
                let address = form.fields[0].text.trimmingSpaces()
                _ = try ServerAddress(parsing: address)
                overlays.removeLast()
                return compare(with: address)
            } catch {
                form.fields[0].problem = "\(error)"
                return refuse(form)
            }
        case .settings:
            guard form.readSettings(into: &settings, server.address?.scheme.dialect) else { return refuse(form) }
        case .fault:
            let field = form.fields[0]
            return [.checkFault(FaultOrder(name: field.label, value: field.text.trimmingSpaces()))]
        }
        overlays.removeLast()
        settle()
        return []
    }

    /// Sends what was typed and stays open for the next message.
    private mutating func acceptTyped(_ form: Form) -> [Effect] {
        var form = form
        let request = form.readRequest()
        typedLanguage = form.fields[1].text
        form.fields[0].text = ""
        form.focus = 0
        replaceOverlay(.form(form))
        return sendTyped(request)
    }

    /// Keeps a form open, with the problems that are noted in it.
    mutating func refuse(_ form: Form) -> [Effect] {
        replaceOverlay(.form(form))
        return []
    }

    mutating func replaceOverlay(_ overlay: Overlay) {
        overlays[overlays.count - 1] = overlay
    }
}
