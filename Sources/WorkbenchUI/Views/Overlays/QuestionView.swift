import TerminalUI
import WorkbenchModel

/// A question, and the keys of its answers.
enum QuestionView {
    static func draw(_ question: Question, _ context: ViewContext, into buffer: inout ScreenBuffer) {
        let theme = context.theme
        let choices = question.choices.map { [Span(String($0.key), theme.key), Span(" \($0.title)", theme.text)] }
        let lines = question.lines.map { [Span($0, theme.text)] } + [[]] + choices
        let widest = lines.map { $0.reduce(0) { $0 + TextWidth.columns(of: $1.text) } }.max() ?? 0
        let size = Size(columns: min(widest, buffer.size.columns - 6), rows: min(lines.count, buffer.size.rows - 2))
        let rect = OverlayView.drawDialogue(question.title, size: size, context, into: &buffer)
        // Where room is short the answers matter most.
        let shown = lines.count > rect.rows ? lines.filter { !$0.isEmpty }.suffix(rect.rows) : lines[...]
        for (row, line) in shown.enumerated() {
            buffer.draw(
                line, at: Point(column: rect.column, row: rect.row + row), width: rect.columns, overflow: .ellipsis)
        }
    }
}
