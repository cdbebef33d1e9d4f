public import RPCCore

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

    /// The action that goes there.
    public var action: Action {
        switch self {
        case .compose: .focusCompose
        case .sent: .focusSent
        case .received: .focusReceived
        case .attempts: .focusAttempts
        case .detail: .focusDetail
        case .wire: .focusWire
        }
    }

    /// What is done in it, what is most likely first.
    public var actions: [Action] {
        switch self {
        case .compose:
            [
                .run, .editStep, .addRequest, .deleteStep, .chooseKind, .chooseServer, .duplicateStep, .undo, .preview,
                .writePlan, .openPlan,
            ]
        case .sent, .received:
            [.showDetail, .find, .filter, .counterpart, .copy, .view, .jump, .follow, .columns, .pipe, .openMessages]
        case .attempts: [.runAgain, .copy, .copyAs, .history, .export]
        case .detail: [.view, .fold, .copy, .copyAs, .describe, .counterpart]
        case .wire: [.wire, .filter, .find, .follow, .holdWire, .showDetail, .copy]
        }
    }
}

extension Direction {
    /// The pane of its messages.
    public var pane: Pane { self == .sent ? .sent : .received }
}

/// What the layout knows of a pane or an overlay: how much fits, and how much there is.
public struct PaneMetrics: Hashable, Sendable {
    /// Rows that can be seen.
    public var rows: Int
    /// Rows of content, for panes whose content only the view can count.
    public var content: Int

    public init(rows: Int, content: Int = 0) {
        self.rows = rows
        self.content = content
    }
}

/// What a screen of some size has room for, as things are.
public struct Layout: Hashable, Sendable {
    /// Those that are on screen.
    public var panes: [Pane: PaneMetrics]
    /// The overlay on top, where it scrolls.
    public var overlay: PaneMetrics
    /// Where panes stand before borders are moved, when the one with the focus has the room that all have, and when it has most of the
    /// screen; none where one pane is shown at a time.
    public var grids: [Zoom: Grid]
    /// Whether the detail pane has JSON that can be folded; so it is taken to have where nobody has looked.
    public var folds: Bool

    public init(
        _ panes: [Pane: PaneMetrics] = [:], overlay: PaneMetrics = PaneMetrics(rows: 0), grids: [Zoom: Grid] = [:],
        folds: Bool = true
    ) {
        self.panes = panes
        self.overlay = overlay
        self.grids = grids
        self.folds = folds
    }
}
