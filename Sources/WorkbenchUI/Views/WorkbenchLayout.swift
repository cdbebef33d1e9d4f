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
    /// Where panes stand before borders are moved: with the room that all have, and where the one with the focus has most of it; none where
    /// the screen has room for one only.
    let grids: [Zoom: Grid]
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
            showsWire: state.wire.isOpen, zoom: state.zoom, split: state.split, filled: Self.filledRows(state),
            told: state.layout.panes[.attempts]?.content,
            headed: Set([Direction.sent, .received].filter { !state.columns(of: $0).isEmpty }.map(\.pane)))
    }

    /// Rows that the plan and the messages of a call fill that is over; `nil` while there may be more of them.
    private static func filledRows(_ state: State) -> Int? {
        guard let call = state.call, !call.isLive else { return nil }
        return [Pane.compose, .sent, .received].map { state.list(of: $0).count }.max()
    }

    /// - Parameters:
    ///   - focus: The pane that is shown where only one fits.
    ///   - attempts: How many attempts the call has had. Their pane grows with them, to a third of the screen at most.
    ///   - showsWire: Whether the wire has the room of the attempts, and most of the others'.
    ///   - zoom: How much of the screen that pane takes.
    ///   - split: How borders were moved.
    ///   - filled: Rows of the plan and the messages, where there will be no more: what they leave empty the panes below have.
    ///   - told: Lines of the attempts, where they were laid out before. What they need no rows for the detail has then.
    ///   - headed: The panes whose columns are named above their rows.
    init(
        size: Size, focus: Pane, attempts: Int = 1, showsWire: Bool = false, zoom: Zoom = .none,
        split: Split = Split(), filled: Int? = nil, told: Int? = nil, headed: Set<Pane> = []
    ) {
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
            grids = [:]
        } else {
            // Borders and names of columns included.
            let most = filled.map { $0 + 2 + (headed.isEmpty ? 0 : 1) }
            let lines =
                showsWire
                ? Self.aroundWire(isWide: size.columns >= 100)
                : size.columns < 100
                    ? Self.stacked(attemptRows: attemptRows, most: most)
                    : Self.sideBySide(attemptRows: attemptRows, most: most, told: told.map { $0 + 2 })
            grids = [
                .none: Self.grid(of: lines, in: body, growing: nil),
                .most: Self.grid(of: lines, in: body, growing: focus),
            ]
        }
        frames = grids[zoom].map { Self.frames(of: $0.moved(by: split), in: body) } ?? [focus: body]
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

    /// Panes beside each other, with their share of the screen's rows, and of the columns.
    private struct Line {
        var weight: Int
        var minimum: Int
        /// Rows that it can fill; `nil` for any number.
        var most: Int?
        var panes: [(pane: Pane, weight: Int, minimum: Int)]

        /// A pane that has the line for itself.
        init(_ pane: Pane, weight: Int = 1, minimum: Int = 5, most: Int? = nil) {
            self.init(weight: weight, minimum: minimum, most: most, [(pane, 1, 1)])
        }

        init(weight: Int, minimum: Int, most: Int? = nil, _ panes: [(pane: Pane, weight: Int, minimum: Int)]) {
            (self.weight, self.minimum, self.most, self.panes) = (weight, minimum, most, panes)
        }
    }

    /// How panes fill the body line by line.
    /// - Parameter growing: A pane that has two thirds of its line's columns, and its line of the rows.
    private static func grid(of lines: [Line], in body: Rect, growing: Pane?) -> Grid {
        let grown = lines.firstIndex { $0.panes.contains { $0.pane == growing } }
        var shares = Self.extents(
            lines.map { ($0.weight, grown == nil ? $0.minimum : min($0.minimum, Grid.leastRows)) }, growing: grown)
        var rows = body.splitRows(shares, spacing: -1)
        // Rows that would stay empty go to the others.
        if grown == nil {
            for (index, line) in lines.enumerated() {
                guard let most = line.most, rows[index].rows > max(most, line.minimum) else { continue }
                shares[index] = .fixed(max(most, line.minimum))
                rows = body.splitRows(shares, spacing: -1)
            }
        }
        return Grid(
            zip(lines, rows).map { line, row in
                let grown = line.panes.firstIndex { $0.pane == growing }
                let columns = row.splitColumns(
                    Self.extents(line.panes.map { ($0.weight, $0.minimum) }, growing: grown), spacing: -1)
                return Grid.Line(line.panes.map(\.pane), rows: row.rows, columns: columns.map(\.columns))
            })
    }

    private static func frames(of grid: Grid, in body: Rect) -> [Pane: Rect] {
        let rows = body.splitRows(grid.lines.map { .fixed($0.rows) }, spacing: -1)
        let frames = zip(grid.lines, rows).flatMap { line, row in
            zip(line.panes, row.splitColumns(line.columns.map { .fixed($0) }, spacing: -1))
        }
        return Dictionary(uniqueKeysWithValues: frames.map { ($0, $1) })
    }

    private static func extents(_ shares: [(weight: Int, minimum: Int)], growing: Int?) -> [Extent] {
        let sum = shares.reduce(0) { $0 + $1.weight }
        return shares.enumerated().map { index, share in
            let weight = index == growing ? max(share.weight, 2 * (sum - share.weight)) : share.weight
            return .flexible(weight: weight, minimum: share.minimum)
        }
    }

    private static let threeColumns: [(pane: Pane, weight: Int, minimum: Int)] = [
        (.compose, 7, 30), (.sent, 8, 34), (.received, 10, 36),
    ]
    private static let twoColumns: [(pane: Pane, weight: Int, minimum: Int)] = [(.sent, 4, 1), (.received, 5, 1)]

    /// Three columns above, attempts and detail below.
    private static func sideBySide(attemptRows: Int, most: Int?, told: Int?) -> [Line] {
        [
            Line(weight: 4, minimum: 6, most: most, threeColumns),
            Line(.attempts, minimum: attemptRows, most: most.flatMap { _ in told }),
            Line(.detail),
        ]
    }

    /// The wire in the middle, with the messages above it and what there is to say of a row below.
    private static func aroundWire(isWide: Bool) -> [Line] {
        [
            Line(weight: 2, minimum: 5, isWide ? threeColumns : twoColumns), Line(.wire, weight: 7, minimum: 11),
            Line(.detail, weight: 2),
        ]
    }

    /// The composer above, sent and received beside each other, attempts and detail below.
    private static func stacked(attemptRows: Int, most: Int?) -> [Line] {
        [
            Line(.compose, most: most), Line(weight: 3, minimum: 7, most: most, twoColumns),
            Line(.attempts, minimum: attemptRows),
            Line(.detail),
        ]
    }
}
