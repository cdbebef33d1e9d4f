import TerminalUI
import WorkbenchModel

/// The rows of a list that are in sight, each in its line. The offset of the list is settled here.
struct ListView {
    let place: Rect
    let rows: Range<Int>
    /// All rows that there are.
    private let list: Range<Int>

    /// As many rows as fit, the chosen one in the middle of them unless an end is near.
    init(_ count: Int, around selected: Int, in place: Rect) {
        let top = max(0, min(selected - place.rows / 2, count - place.rows))
        self.init(top..<max(top, min(count, top + place.rows)), of: 0..<count, in: place)
    }

    /// As many rows as fit from the position on.
    init(_ list: Range<Int>, at position: ListPosition, in place: Rect) {
        var settled = position
        settled.settle(in: list, rows: place.rows)
        self.init(from: settled.top, of: list, in: place)
    }

    /// As many rows as fit from one on.
    init(from top: Int, of list: Range<Int>, in place: Rect) {
        self.init((top..<top + place.rows).clamped(to: list), of: list, in: place)
    }

    /// The rows of a pane.
    init(_ pane: Pane, _ state: State, in place: Rect) {
        self.init(state.list(of: pane), at: state.position(of: pane), in: place)
    }

    private init(_ rows: Range<Int>, of list: Range<Int>, in place: Rect) {
        (self.rows, self.list, self.place) = (rows, list, place)
    }

    /// Marks in the frame of a dialogue, right of the rows, that there are more above, and below.
    func drawMore(_ context: ViewContext, into buffer: inout ScreenBuffer) {
        guard !rows.isEmpty else { return }
        let column = place.column + place.columns + 1
        let glyphs = buffer.glyphs
        let ends = [
            (rows.lowerBound > list.lowerBound, rows.lowerBound, glyphs.up),
            (rows.upperBound < list.upperBound, rows.upperBound - 1, glyphs.down),
        ]
        for (isThere, row, glyph) in ends where isThere {
            buffer.draw(
                String(glyph), at: Point(column: column, row: line(of: row).row), width: 1,
                style: context.theme.focusedBorder)
        }
    }

    /// Shows in the frame of a pane, right of the rows, how much there is, and which part of it is in sight.
    func drawBar(of pane: Pane, _ context: ViewContext, into buffer: inout ScreenBuffer) {
        let style = context.state.focus == pane ? context.theme.focusedBorder : context.theme.border
        drawBar(at: place.column + place.columns, style, into: &buffer)
    }

    /// The thumb of a scroll bar; nothing where all rows are in sight. It is at an end only where the list is.
    private func drawBar(at column: Int, _ style: Style, into buffer: inout ScreenBuffer) {
        let (height, hidden) = (place.rows, list.count - place.rows)
        guard hidden > 0, height > 0 else { return }
        let length = max(1, height * height / list.count)
        let above = rows.lowerBound - list.lowerBound
        let way = height - length
        let offset = above <= 0 ? 0 : above >= hidden ? way : min(max(1, above * way / hidden), max(1, way - 1))
        for row in offset..<min(height, offset + length) {
            buffer.draw(
                String(buffer.glyphs.scrollThumb), at: Point(column: column, row: place.row + row), width: 1,
                style: style)
        }
    }

    /// The rows, and where they stand.
    var lines: [(row: Int, line: Rect)] { rows.map { ($0, line(of: $0)) } }

    func line(of row: Int) -> Rect { place.line(row - rows.lowerBound) }

    /// Lets the rows in sight be clicked on, as items of what lies on top.
    func takeClicks(_ context: ViewContext) {
        let height = min(rows.count, place.rows)
        context.clicks.add(
            Rect(column: place.column, row: place.row, columns: place.columns, rows: height),
            .items(first: rows.lowerBound))
    }
}
