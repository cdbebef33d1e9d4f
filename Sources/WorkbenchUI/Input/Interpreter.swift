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
        guard let overlay = state.overlay else { return workbenchMessage(for: key, action: action, state: state) }
        // Where letters are typed, only its other keys describe.
        if action == .describe, overlay.isDescribed, key.text == nil || !overlay.takesLetters {
            return .pressed(.describe)
        }
        return overlay.view.message(for: key, action: action, in: state, &editor)
    }

    private func workbenchMessage(for key: KeyEvent, action: Action?, state: State) -> Message? {
        if key == KeyEvent(.escape) { return .overlayDismissed }
        if action == .showDetail, state.focus == .compose { return .pressed(.editStep) }
        guard let action else { return nil }
        if let pane = action.pane, pane != state.focus { return .told(notice(of: key, action, in: pane)) }
        return .pressed(action)
    }

    /// What is said of a key that is another pane's.
    private func notice(of key: KeyEvent, _ action: Action, in pane: Pane) -> Notice {
        let wayThere = keymap.hint(for: pane.action).map { "; \($0) goes there" } ?? ""
        return Notice(.info, "\(key.name) is a key of the \(pane.title.lowercased()) pane: \(action.title)\(wayThere)")
    }

    private func paste(_ text: String, state: State, editor: inout Editor) -> Message? {
        if case .message(let form)? = state.overlay, case .text = form.formMode { return .form(.text(.insert(text))) }
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
            if let item = state.overlay?.view.item(at: mouse.point, on: layout.size) { return .itemClicked(item) }
            guard state.overlays.isEmpty, let pane = layout.pane(at: mouse.point) else { return nil }
            let content = layout.content(of: pane)
            let row = mouse.point.row - content.row
            return .clicked(pane, row: content.contains(mouse.point) ? row : nil)
        default: return nil
        }
    }
}
