import TerminalUI
import WorkbenchModel

/// An overlay with a list that is narrowed by what is typed: the text, a line below it, the rows, and at its foot what is wrong or
/// else what can be done.
struct SearchedList {
    /// Rows that a problem takes at most.
    private static let problemRows = 4

    private let size: Size
    private let problem: [String]
    let rows: ListView
    /// The line between the text and the rows.
    let head: Rect

    /// - Parameters:
    ///   - most: Its size where the screen is large enough. It does not depend on what is shown, so that the list stays where it is.
    ///   - hintRows: How many rows the foot has where nothing is wrong.
    init(_ count: Int, around selected: Int, most: Size, on screen: Size, problem: String?, hintRows: Int = 1) {
        size = Size(columns: min(most.columns, screen.columns - 6), rows: min(most.rows, screen.rows - 4))
        let place = Dialogue.place(of: size, on: screen)
        let lines = problem.map { LineWrap.words("\(Glyphs.unicode.failure) \($0)", columns: place.columns) } ?? []
        self.problem = Array(lines.prefix(max(1, min(Self.problemRows, place.rows - 3))))
        head = place.line(1)
        let foot = self.problem.isEmpty ? hintRows : self.problem.count
        rows = ListView(
            count, around: selected,
            in: Rect(
                column: place.column, row: place.row + 2, columns: place.columns, rows: max(0, place.rows - 2 - foot)))
    }

    /// Draws all but the rows and the head.
    func draw(
        _ title: String, _ more: String = "", placeholder: String, hints: [Span], _ context: ViewContext,
        into buffer: inout ScreenBuffer
    ) {
        let place = Dialogue.draw(title, more, size: size, context, into: &buffer)
        Dialogue.drawField(
            String(buffer.glyphs.pointer), placeholder: placeholder, in: place.line(0), context, into: &buffer)
        rows.drawMore(context, into: &buffer)
        rows.takeClicks(context)
        var hints = hints
        guard problem.isEmpty else {
            return Dialogue.drawFoot(problem.map { Span($0, context.theme.failure) }, in: place, into: &buffer)
        }
        // The last line of them says the keys.
        guard let keys = hints.popLast() else { return }
        Dialogue.drawFoot(hints, in: place, at: place.rows - 1 - hints.count, into: &buffer)
        KeyHints.draw(keys.text, style: keys.style, context, in: place.line(place.rows - 1), into: &buffer)
    }
}
