import TerminalUI
import WorkbenchModel

/// The cursor in the text field that has the focus. The text itself belongs to the view-model's state.
struct Editor: Hashable {
    /// Which field is edited, or none.
    private var place: Place?
    private(set) var field = TextField()

    private struct Place: Hashable {
        var depth: Int
        var focus: Int
    }

    /// Follows the state: another field, or another text, puts the cursor at the end. What stands in a field when it is gone to
    /// is chosen, so that what is typed replaces it.
    mutating func follow(_ state: State) {
        guard let text = state.editedText else {
            place = nil
            return
        }
        let place = Place(depth: state.overlays.count, focus: state.editedField)
        if place != self.place || text != field.text { field = TextField(text, isSelected: place != self.place) }
        self.place = place
    }

    /// Does what a key means in the field.
    /// - Returns: whether it meant something.
    mutating func handle(_ key: KeyEvent) -> Bool {
        place != nil && field.handle(key)
    }

    /// - Returns: whether there is room for it; where there is not, nothing of it is taken.
    mutating func paste(_ text: String) -> Bool {
        guard place != nil, field.hasRoom(for: text) else { return false }
        field.paste(text)
        return true
    }
}
