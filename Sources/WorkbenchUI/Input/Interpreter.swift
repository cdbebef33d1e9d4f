import TerminalUI
import WorkbenchModel

/// Turns what comes from the terminal into messages, according to what takes the keys at the moment.
struct Interpreter {
    let keymap: Keymap

    /// The message of an event, if it has one.
    func message(
        for event: TerminalEvent, state: State, editor: inout Editor, layout: WorkbenchLayout
    ) -> Message? {
        switch event {
        // What cannot be seen is not to be worked blindly.
        case .key(let key) where layout.isTooSmall: messageInTheDark(for: key)
        case .paste where layout.isTooSmall, .mouse where layout.isTooSmall: nil
        case .key(let key): message(for: key, state: state, editor: &editor)
        case .paste(let text): paste(text, state: state, editor: &editor)
        case .mouse(let mouse): message(for: mouse, state: state, layout: layout)
        case .interrupted: .pressed(.leave)
        case .terminated, .inputClosed: .terminated
        case .resized, .resumed: nil
        }
    }

    // MARK: Keys

    /// On a screen that is too small there is nothing to do but to leave.
    private func messageInTheDark(for key: KeyEvent) -> Message? {
        switch keymap.action(for: key) {
        case .quit, .leave: .pressed(.leave)
        case .suspend: .pressed(.suspend)
        case .redraw: .pressed(.redraw)
        default: nil
        }
    }

    private func message(for key: KeyEvent, state: State, editor: inout Editor) -> Message? {
        let action = keymap.action(for: key)
        if let action, Keymap.worksEverywhere(action) { return .pressed(action) }
        switch state.overlay {
        case nil: return workbenchMessage(for: key, action: action, state: state)
        case .help: return helpMessage(for: key, action: action, state: state)
        case .question(let question): return questionMessage(for: key, question: question)
        case .chooser: return chooserMessage(for: key, editor: &editor)
        case .history: return historyMessage(for: key, editor: &editor)
        case .preview, .comparison: return previewMessage(for: key, action: action)
        case .menu(let menu): return menuMessage(for: key, menu: menu, editor: &editor)
        case .form: return formMessage(for: key, editor: &editor)
        }
    }

    private func workbenchMessage(for key: KeyEvent, action: Action?, state: State) -> Message? {
        if key == KeyEvent(.escape) { return .overlayDismissed }
        if action == .showDetail, state.focus == .compose { return .pressed(.editStep) }
        return action.map { .pressed($0) }
    }

    private func helpMessage(for key: KeyEvent, action: Action?, state: State) -> Message? {
        let page = max(1, state.metrics.values.map(\.rows).max() ?? 1)
        switch action {
        case .up: return .steppedInOverlay(by: -1)
        case .down: return .steppedInOverlay(by: 1)
        case .pageUp: return .steppedInOverlay(by: -page)
        case .pageDown, .pause: return .steppedInOverlay(by: page)
        case .first: return .steppedInOverlay(by: -state.helpLimit)
        case .last: return .steppedInOverlay(by: state.helpLimit)
        case .help, .quit: return .overlayDismissed
        default: return key == KeyEvent(.escape) || key == KeyEvent(.enter) ? .overlayDismissed : nil
        }
    }

    private func questionMessage(for key: KeyEvent, question: Question) -> Message? {
        switch key {
        case KeyEvent(.escape): .overlayDismissed
        case KeyEvent(.enter): .overlayAccepted
        default: question.choices.firstIndex { $0.key == key.text }.map { .itemClicked($0) }
        }
    }

    private func chooserMessage(for key: KeyEvent, editor: inout Editor) -> Message? {
        switch key {
        case KeyEvent(.tab): return .plan(.pathCompleted)
        case KeyEvent(.backspace) where editor.field.isEmpty: return .plan(.directoryLeft)
        default: return searchedListMessage(for: key, editor: &editor)
        }
    }

    private func historyMessage(for key: KeyEvent, editor: inout Editor) -> Message? {
        switch key {
        case KeyEvent(.delete), .control("d"): return .history(.deletionAsked)
        default: return searchedListMessage(for: key, editor: &editor)
        }
    }

    private func previewMessage(for key: KeyEvent, action: Action?) -> Message? {
        switch action {
        case .up: .steppedInOverlay(by: -1)
        case .down: .steppedInOverlay(by: 1)
        case .preview, .compare, .quit: .overlayDismissed
        default: listMessage(for: key)
        }
    }

    /// What the keys mean in every list that lies on top.
    private func listMessage(for key: KeyEvent) -> Message? {
        switch key {
        case KeyEvent(.up), KeyEvent(.backTab), .control("p"): .steppedInOverlay(by: -1)
        case KeyEvent(.down), KeyEvent(.tab), .control("n"): .steppedInOverlay(by: 1)
        case KeyEvent(.pageUp): .steppedInOverlay(by: -10)
        case KeyEvent(.pageDown): .steppedInOverlay(by: 10)
        case KeyEvent(.enter): .overlayAccepted
        case KeyEvent(.escape): .overlayDismissed
        default: nil
        }
    }

    /// What they mean where the list is narrowed by what is typed.
    private func searchedListMessage(for key: KeyEvent, editor: inout Editor) -> Message? {
        listMessage(for: key) ?? (editor.handle(key) ? .edited(editor.field.text) : nil)
    }

    private func menuMessage(for key: KeyEvent, menu: Menu, editor: inout Editor) -> Message? {
        if let message = listMessage(for: key) { return message }
        if editor.handle(key) { return .edited(editor.field.text) }
        guard !menu.isSearched, let character = key.text else { return nil }
        switch character {
        case "j": return .steppedInOverlay(by: 1)
        case "k": return .steppedInOverlay(by: -1)
        default: return character.wholeNumberValue.map { .itemClicked($0 - 1) }
        }
    }

    private func formMessage(for key: KeyEvent, editor: inout Editor) -> Message? {
        switch key {
        case KeyEvent(.tab), KeyEvent(.down): .steppedInOverlay(by: 1)
        case KeyEvent(.backTab), KeyEvent(.up): .steppedInOverlay(by: -1)
        case KeyEvent(.enter): .overlayAccepted
        case KeyEvent(.escape): .overlayDismissed
        case .control("o"): .plan(.fieldBrowsed)
        default: editor.handle(key) ? .edited(editor.field.text) : nil
        }
    }

    private func paste(_ text: String, state: State, editor: inout Editor) -> Message? {
        guard state.editedText != nil else { return nil }
        return editor.paste(text) ? .edited(editor.field.text) : .pasteRefused(limit: editor.field.limit)
    }

    // MARK: Mouse

    private func message(for mouse: MouseEvent, state: State, layout: WorkbenchLayout) -> Message? {
        switch mouse.kind {
        case .wheelUp, .wheelDown:
            let distance = mouse.kind == .wheelUp ? -3 : 3
            guard state.overlays.isEmpty else { return .steppedInOverlay(by: distance.signum()) }
            return layout.pane(at: mouse.point).map { .scrolled($0, by: distance) }
        case .press where mouse.button == .left:
            if let item = item(at: mouse.point, state: state, layout: layout) { return .itemClicked(item) }
            guard state.overlays.isEmpty, let pane = layout.pane(at: mouse.point) else { return nil }
            let content = layout.content(of: pane)
            let row = mouse.point.row - content.row
            return .clicked(pane, row: content.contains(mouse.point) ? row : nil)
        default: return nil
        }
    }

    private func item(at point: Point, state: State, layout: WorkbenchLayout) -> Int? {
        switch state.overlay {
        case .menu(let menu): MenuView.item(at: point, menu: menu, layout: layout)
        case .chooser(let chooser): ChooserView.item(at: point, chooser: chooser, layout: layout)
        case .history(let browser): HistoryView.item(at: point, browser: browser, layout: layout)
        default: nil
        }
    }
}
