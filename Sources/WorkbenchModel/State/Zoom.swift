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
    /// Gives the pane with the focus more of the screen, or less, past what would show nothing that is not seen without it.
    mutating func zoom(_ action: Action) -> [Effect] {
        let step = action == .zoomIn ? \Zoom.more : \Zoom.less
        zoom = zoom[keyPath: step]
        if zoom == .most, !showsMoreOfMost { zoom = zoom[keyPath: step] }
        return []
    }

    /// Whether more is seen of the pane where it has most of the screen: its lines are longer, or it has some that are out of sight.
    private var showsMoreOfMost: Bool {
        guard let usual = layout.grids[.none]?.moved(by: split), let most = layout.grids[.most]?.moved(by: split)
        else { return true }
        if most.extent(of: focus, \.columns) > usual.extent(of: focus, \.columns) { return true }
        // Less the two borders.
        let (rows, seen) = (most.extent(of: focus, \.rows), usual.extent(of: focus, \.rows) - 2)
        return rows - 2 > seen && list(of: focus).count > seen
    }
}
