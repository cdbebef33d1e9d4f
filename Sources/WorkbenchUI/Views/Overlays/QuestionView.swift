import TerminalUI
import WorkbenchModel

/// A question, and the keys of its answers.
extension Question: OverlayView {
    func draw(_ context: ViewContext, into buffer: inout ScreenBuffer) {
        let theme = context.theme
        let answers = choices.map { [Span(String($0.key), theme.key), Span(" \($0.title)", theme.text)] }
        let lines = lines.map { [Span($0, theme.text)] } + [[]] + answers
        let widest = lines.map { $0.reduce(0) { $0 + TextWidth.columns(of: $1.text) } }.max() ?? 0
        let size = Size(columns: min(widest, buffer.size.columns - 6), rows: min(lines.count, buffer.size.rows - 2))
        let rect = Dialogue.draw(title, size: size, context, into: &buffer)
        // Where room is short the answers matter most.
        let shown = lines.count > rect.rows ? lines.filter { !$0.isEmpty }.suffix(rect.rows) : lines[...]
        for (row, line) in shown.enumerated() {
            buffer.draw(
                line, at: Point(column: rect.column, row: rect.row + row), width: rect.columns, overflow: .ellipsis)
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
