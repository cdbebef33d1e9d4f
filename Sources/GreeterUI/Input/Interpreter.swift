import GreeterViewModel
import TerminalUI

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
        case .confirmQuit: return confirmationMessage(for: key)
        case .menu(let menu): return menuMessage(for: key, menu: menu, editor: &editor)
        case .form: return formMessage(for: key, editor: &editor)
        }
    }

    private func workbenchMessage(for key: KeyEvent, action: Action?, state: State) -> Message? {
        if key == KeyEvent(.escape) { return .overlayDismissed }
        if action == .showDetail, state.focus == .compose { return .pressed(.editRequest) }
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

    private func confirmationMessage(for key: KeyEvent) -> Message? {
        switch key {
        case .character("y"), .character("q"), KeyEvent(.enter): .overlayAccepted
        case .character("n"), KeyEvent(.escape): .overlayDismissed
        default: nil
        }
    }

    private func menuMessage(for key: KeyEvent, menu: Menu, editor: inout Editor) -> Message? {
        switch key {
        case KeyEvent(.up), KeyEvent(.backTab), .control("p"): return .steppedInOverlay(by: -1)
        case KeyEvent(.down), KeyEvent(.tab), .control("n"): return .steppedInOverlay(by: 1)
        case KeyEvent(.pageUp): return .steppedInOverlay(by: -10)
        case KeyEvent(.pageDown): return .steppedInOverlay(by: 10)
        case KeyEvent(.enter): return .overlayAccepted
        case KeyEvent(.escape): return .overlayDismissed
        default: break
        }
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
        default: editor.handle(key) ? .edited(editor.field.text) : nil
        }
    }

    private func paste(_ text: String, state: State, editor: inout Editor) -> Message? {
        guard state.editedText != nil else { return nil }
        editor.paste(text)
        return .edited(editor.field.text)
    }

    // MARK: Mouse

    private func message(for mouse: MouseEvent, state: State, layout: WorkbenchLayout) -> Message? {
        switch mouse.kind {
        case .wheelUp, .wheelDown:
            let distance = mouse.kind == .wheelUp ? -3 : 3
            guard state.overlays.isEmpty else { return .steppedInOverlay(by: distance.signum()) }
            return layout.pane(at: mouse.point).map { .scrolled($0, by: distance) }
        case .press where mouse.button == .left:
            if case .menu(let menu) = state.overlay {
                return MenuView.item(at: mouse.point, menu: menu, layout: layout).map { .itemClicked($0) }
            }
            guard state.overlays.isEmpty, let pane = layout.pane(at: mouse.point) else { return nil }
            let content = layout.content(of: pane)
            let row = mouse.point.row - content.row
            return .clicked(pane, row: content.contains(mouse.point) ? row : nil)
        default: return nil
        }
    }
}
