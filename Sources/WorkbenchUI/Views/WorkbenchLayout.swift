import RPCCore
import TerminalUI
import WorkbenchModel

/// Where everything stands on a screen of some size.
struct WorkbenchLayout: Hashable {
    /// The smallest screen on which the workbench is of use.
    static let minimum = Size(columns: 40, rows: 10)

    let size: Size
    let header: Rect
    /// A line of its own for what the program has to say; where there is none it takes the place of the hints.
    let notice: Rect?
    let hints: Rect
    /// The frames of the panes on screen, borders included.
    let frames: [Pane: Rect]
    /// The lines above the rows of the wire pane; empty where that is not shown.
    let wireHead: Rect
    /// The panes with a line above their rows that names their columns.
    let headed: Set<Pane>

    /// The layout for what there is to be shown.
    init(size: Size, of state: State) {
        self.init(
            size: size, focus: state.focus, attempts: state.call?.progress.attempts.count ?? 1,
            showsWire: state.wire.isOpen,
            headed: Set([Direction.sent, .received].filter { !state.columns(of: $0).isEmpty }.map(\.pane)))
    }

    /// - Parameters:
    ///   - focus: The pane that is shown where only one fits.
    ///   - attempts: How many attempts the call has had. Their pane grows with them, to a third of the screen at most.
    ///   - showsWire: Whether the wire has the room of the attempts, and most of the others'.
    ///   - headed: The panes whose columns are named above their rows.
    init(size: Size, focus: Pane, attempts: Int = 1, showsWire: Bool = false, headed: Set<Pane> = []) {
        self.size = size
        self.headed = headed
        let screen = Rect(size)
        header = screen.line(0)
        hints = screen.line(size.rows - 1)
        let isSmall = size.columns < 60 || size.rows < 20
        notice = isSmall ? nil : screen.line(size.rows - 2)
        let body = Rect(row: 1, columns: size.columns, rows: size.rows - (isSmall ? 2 : 3))
        // Borders, the two directions, two lines for each attempt (the last has the summary for its second), and a notice.
        let attemptRows = attempts > 1 ? max(5, min(4 + 2 * attempts, body.rows / 3)) : 5
        if isSmall {
            frames = [focus: body]
        } else if showsWire {
            frames = Self.aroundWire(in: body)
        } else if size.columns < 100 {
            frames = Self.stacked(in: body, attemptRows: attemptRows)
        } else {
            frames = Self.sideBySide(in: body, attemptRows: attemptRows)
        }
        let inside = (frames[.wire] ?? Rect(columns: 0, rows: 0)).inset()
        wireHead = Rect(
            column: inside.column, row: inside.row, columns: inside.columns,
            rows: WireHeadView.rows(inside: inside.rows))
    }

    /// Whether the screen is too small to show anything but that it is.
    var isTooSmall: Bool { size.columns < Self.minimum.columns || size.rows < Self.minimum.rows }

    /// Whether only the pane that has the focus is shown.
    var showsOnePane: Bool { frames.count == 1 }

    /// A pane's frame; empty where the pane is not shown.
    func frame(of pane: Pane) -> Rect {
        frames[pane] ?? Rect(columns: 0, rows: 0)
    }

    /// The inside of a pane's frame; empty where the pane is not shown.
    func content(of pane: Pane) -> Rect {
        let inside = frame(of: pane).inset()
        let head = pane == .wire ? wireHead.rows : headed.contains(pane) ? min(1, max(0, inside.rows)) : 0
        return Rect(
            column: inside.column, row: inside.row + head, columns: inside.columns, rows: inside.rows - head)
    }

    /// The pane at a place, its frame included.
    func pane(at point: Point) -> Pane? {
        Pane.allCases.first { content(of: $0).contains(point) }
            ?? Pane.allCases.first { frame(of: $0).contains(point) }
    }

    /// Three columns above, attempts and detail below.
    private static func sideBySide(in body: Rect, attemptRows: Int) -> [Pane: Rect] {
        let rows = body.splitRows(
            [
                .flexible(weight: 4, minimum: 6), .flexible(weight: 1, minimum: attemptRows),
                .flexible(weight: 1, minimum: 5),
            ],
            spacing: -1)
        let columns = threeColumns(of: rows[0])
        return [
            .compose: columns[0], .sent: columns[1], .received: columns[2], .attempts: rows[1], .detail: rows[2],
        ]
    }

    /// The wire in the middle, with the messages above it and what there is to say of a row below.
    private static func aroundWire(in body: Rect) -> [Pane: Rect] {
        let rows = body.splitRows(
            [
                .flexible(weight: 2, minimum: 5), .flexible(weight: 7, minimum: 11),
                .flexible(weight: 2, minimum: 5),
            ], spacing: -1)
        var frames: [Pane: Rect] = [.wire: rows[1], .detail: rows[2]]
        if body.columns < 100 {
            let columns = twoColumns(of: rows[0])
            (frames[.sent], frames[.received]) = (columns[0], columns[1])
        } else {
            let columns = threeColumns(of: rows[0])
            (frames[.compose], frames[.sent], frames[.received]) = (columns[0], columns[1], columns[2])
        }
        return frames
    }

    private static func twoColumns(of row: Rect) -> [Rect] {
        row.splitColumns([.flexible(weight: 4), .flexible(weight: 5)], spacing: -1)
    }

    private static func threeColumns(of row: Rect) -> [Rect] {
        row.splitColumns(
            [.flexible(weight: 7, minimum: 30), .flexible(weight: 8, minimum: 34), .flexible(weight: 10, minimum: 36)],
            spacing: -1)
    }

    /// The composer above, sent and received beside each other, attempts and detail below.
    private static func stacked(in body: Rect, attemptRows: Int) -> [Pane: Rect] {
        let rows = body.splitRows(
            [
                .flexible(weight: 1, minimum: 5), .flexible(weight: 3, minimum: 7),
                .flexible(weight: 1, minimum: attemptRows), .flexible(weight: 1, minimum: 5),
            ], spacing: -1)
        let columns = twoColumns(of: rows[1])
        return [.compose: rows[0], .sent: columns[0], .received: columns[1], .attempts: rows[2], .detail: rows[3]]
    }
}
