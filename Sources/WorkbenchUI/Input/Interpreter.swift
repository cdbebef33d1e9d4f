import TerminalUI
import WorkbenchModel

/// Turns what comes from the terminal into messages, according to what takes the keys at the moment.
struct Interpreter {
    let keymap: Keymap

    /// The message of an event, if it has one. The mouse has more than one; see ``messages(for:in:state:editor:layout:)``.
    func message(
        for event: TerminalEvent, state: State, editor: inout Editor, layout: WorkbenchLayout
    ) -> Message? {
        switch event {
        // What cannot be seen is not to be worked blindly.
        case .key(let key) where layout.isTooSmall: messageInTheDark(for: key, state: state, editor: &editor)
        case .paste where layout.isTooSmall: nil
        case .key(let key): message(for: key, state: state, editor: &editor)
        case .paste(let text): paste(text, state: state, editor: &editor)
        case .interrupted: .pressed(.leave)
        case .terminated, .inputClosed: .terminated
        case .mouse, .resized, .resumed: nil
        }
    }

    // MARK: Keys

    /// On a screen that is too small there is nothing to do but to leave, which asks as it does on any other.
    private func messageInTheDark(for key: KeyEvent, state: State, editor: inout Editor) -> Message? {
        let action = keymap.action(for: key)
        if let action, action == .quit || Keymap.worksEverywhere(action) { return .pressed(action) }
        guard case .question(let question)? = state.overlay else { return nil }
        return question.message(for: key, action: action, in: state, &editor)
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
        let isOne = text.split(whereSeparator: \.isNewline).count <= 1
        if state.overlay == nil || state.isSending && !isOne { return .pasted(text) }
        guard state.editedText != nil else { return nil }
        guard editor.paste(text) else { return .pasteRefused(limit: editor.field.limit) }
        let inner = TextField.pasted(text)
        return .pastedIntoField(
            editor.field.text, lineEnds: inner.count(where: \.isNewline), tabs: inner.count { $0 == "\t" })
    }

    // MARK: Mouse

    /// What the mouse does on what is on screen.
    func messages(
        for mouse: MouseEvent, in clicks: ClickMap, state: State, editor: inout Editor, layout: WorkbenchLayout
    ) -> [Message] {
        switch mouse.kind {
        case .wheelUp, .wheelDown:
            let distance = mouse.kind == .wheelUp ? -3 : 3
            switch clicks.turn(at: mouse.point) {
            case .overlay: return [.steppedInOverlay(by: distance.signum())]
            case .pane(let pane): return [.scrolled(pane, by: distance)]
            case nil: return []
            }
        case .press where mouse.button == .left:
            guard let (place, target) = clicks.press(at: mouse.point) else { return [] }
            switch target {
            case .key(let key):
                return [message(for: .key(key), state: state, editor: &editor, layout: layout)].compactMap(\.self)
            case .action(let action): return [.pressed(action)]
            case .messages(let messages): return messages
            case .items(let first): return [.itemClicked(first + mouse.point.row - place.row)]
            case .pane(let pane, let rows):
                return [.clicked(pane, row: rows.contains(mouse.point) ? mouse.point.row - rows.row : nil)]
            case .barrier: return []
            }
        default: return []
        }
    }
}
