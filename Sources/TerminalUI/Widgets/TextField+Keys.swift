extension TextField {
    /// Does what a key means in a line of text: letters write, the rest moves and deletes as in a shell.
    /// - Returns: whether the key meant something here. Enter, escape, tab, up and down never do.
    public mutating func handle(_ event: KeyEvent) -> Bool {
        if let character = event.text {
            insert(String(character))
            return true
        }
        guard let edit = Self.edits[event] else { return false }
        edit(&self)
        isSelected = false
        return true
    }

    private typealias Edit = @Sendable (inout TextField) -> Void

    private static let edits: [KeyEvent: Edit] = [
        KeyEvent(.left): { $0.moveLeft() }, .control("b"): { $0.moveLeft() },
        KeyEvent(.right): { $0.moveRight() }, .control("f"): { $0.moveRight() },
        KeyEvent(.home): { $0.moveToStart() }, .control("a"): { $0.moveToStart() },
        KeyEvent(.end): { $0.moveToEnd() }, .control("e"): { $0.moveToEnd() },
        .alt("b"): { $0.moveWordLeft() }, KeyEvent(.left, .control): { $0.moveWordLeft() },
        KeyEvent(.left, .alt): { $0.moveWordLeft() },
        .alt("f"): { $0.moveWordRight() }, KeyEvent(.right, .control): { $0.moveWordRight() },
        KeyEvent(.right, .alt): { $0.moveWordRight() },
        KeyEvent(.backspace): { $0.deleteBackward() }, .control("h"): { $0.deleteBackward() },
        KeyEvent(.delete): { $0.deleteForward() }, .control("d"): { $0.deleteForward() },
        .control("k"): { $0.deleteToEnd() }, .control("u"): { $0.deleteToStart() },
        .control("w"): { $0.deleteWordBackward() }, KeyEvent(.backspace, .alt): { $0.deleteWordBackward() },
        .alt("d"): { $0.deleteWordForward() }, KeyEvent(.delete, .control): { $0.deleteWordForward() },
    ]
}
