import TerminalUI
import WorkbenchModel

/// The rows of a list that are in sight, each in its line. The offset of the list is settled here, wherever it is drawn and wherever
/// it is clicked on.
struct ListView {
    let place: Rect
    let rows: Range<Int>

    /// As many rows as fit, the chosen one in the middle of them unless an end is near.
    init(_ count: Int, around selected: Int, in place: Rect) {
        let top = max(0, min(selected - place.rows / 2, count - place.rows))
        self.init(top..<max(top, min(count, top + place.rows)), in: place)
    }

    /// As many rows as fit from the position on.
    init(_ list: Range<Int>, at position: ListPosition, in place: Rect) {
        var settled = position
        settled.settle(in: list, rows: place.rows)
        self.init((settled.top..<settled.top + place.rows).clamped(to: list), in: place)
    }

    /// The rows of a pane.
    init(_ pane: Pane, _ state: State, in place: Rect) {
        self.init(state.list(of: pane), at: state.position(of: pane), in: place)
    }

    private init(_ rows: Range<Int>, in place: Rect) {
        (self.rows, self.place) = (rows, place)
    }

    /// The rows, and where they stand.
    var lines: [(row: Int, line: Rect)] { rows.map { ($0, line(of: $0)) } }

    func line(of row: Int) -> Rect { place.line(row - rows.lowerBound) }

    /// The row at a place of the screen.
    func row(at point: Point) -> Int? {
        let row = rows.lowerBound + point.row - place.row
        return place.contains(point) && rows.contains(row) ? row : nil
    }
}
