/// How much of the screen the pane with the focus has.
public enum Zoom: Int, Hashable, Sendable {
    /// What all panes have beside each other.
    case none
    /// Most of its row, and of the rows.
    case most
    /// All of it.
    case whole

    var more: Zoom { Zoom(rawValue: rawValue + 1) ?? .none }
    var less: Zoom { Zoom(rawValue: rawValue - 1) ?? .none }
}

extension State {
    mutating func zoom(_ zoom: Zoom) -> [Effect] {
        self.zoom = zoom
        return []
    }
}
