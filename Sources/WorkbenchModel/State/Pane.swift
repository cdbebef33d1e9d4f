/// The panes of the workbench, in the order of the keys that choose them.
public enum Pane: Int, Hashable, Sendable, CaseIterable {
    case compose = 1
    case sent
    case received
    case attempts
    case detail
    /// What travels on the wire, while that is looked at.
    case wire

    /// The title on its border.
    public var title: String {
        switch self {
        case .compose: "Compose"
        case .sent: "Sent"
        case .received: "Received"
        case .attempts: "Attempts"
        case .detail: "Detail"
        case .wire: "Wire"
        }
    }
}

/// What the layout knows of a pane: how much fits, and how much there is.
public struct PaneMetrics: Hashable, Sendable {
    /// Rows that can be seen; 0 where the pane is not on screen.
    public var rows: Int
    /// Rows of content, for panes whose content only the view can count.
    public var content: Int

    public init(rows: Int, content: Int = 0) {
        self.rows = rows
        self.content = content
    }
}
