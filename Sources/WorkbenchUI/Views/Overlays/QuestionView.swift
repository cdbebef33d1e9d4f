import TerminalUI
import WorkbenchModel

/// A question, and the keys of its answers.
extension Question: OverlayView {
    func draw(_ context: ViewContext, into buffer: inout ScreenBuffer) {
        let room = Size(columns: buffer.size.columns - 6, rows: buffer.size.rows - 2)
        let lines = lines(context, columns: room.columns)
        let widest = lines.map { $0.reduce(0) { $0 + TextWidth.columns(of: $1.text) } }.max() ?? 0
        let size = Size(columns: min(widest, room.columns), rows: min(lines.count, room.rows))
        draw(lines, in: Dialogue.draw(title, size: size, context, into: &buffer), context, into: &buffer)
    }

    /// Draws it without a frame, where there is no room for one.
    func drawBare(_ context: ViewContext, into buffer: inout ScreenBuffer) {
        draw(lines(context, columns: buffer.size.columns), in: buffer.bounds, context, into: &buffer)
    }

    private func lines(_ context: ViewContext, columns: Int) -> [[Span]] {
        let theme = context.theme
        let asked = lines.flatMap { LineWrap.words($0, columns: max(1, columns)) }.map { [Span($0, theme.text)] }
        let answers = choices.map { [Span(String($0.key), theme.key), Span(" \($0.title)", theme.text)] }
        return asked + [[]] + answers
    }

    private func draw(_ lines: [[Span]], in rect: Rect, _ context: ViewContext, into buffer: inout ScreenBuffer) {
        // Where room is short the answers matter most.
        let shown = lines.count > rect.rows ? lines.filter { !$0.isEmpty }.suffix(rect.rows) : lines[...]
        for (row, line) in shown.enumerated() {
            context.drawKeys(
                line, at: Point(column: rect.column, row: rect.row + row), width: rect.columns, into: &buffer)
        }
    }

    func message(for key: KeyEvent, action: Action?, in state: State, _ editor: inout Editor) -> Message? {
        switch key {
        case KeyEvent(.escape): .overlayDismissed
        case KeyEvent(.enter): .overlayAccepted
        default: choices.firstIndex { $0.key == key.text }.map { .itemClicked($0) }
        }
    }
}
