import TerminalUI
import WorkbenchModel

/// A form: its fields one below the other, each with what is wrong with it, and what may be written in the one that has the
/// focus.
extension Form: OverlayView {
    /// A row of the form: a field, or a line of what is wrong with the field above.
    private enum Row {
        case field(Int)
        case problem(String)
    }

    func draw(_ context: ViewContext, into buffer: inout ScreenBuffer) {
        let columns = min(64, buffer.size.columns - 6)
        let labels = 1 + (fields.map(\.label.count).max() ?? 0)
        let rows = rows(columns: columns - labels, buffer.glyphs)
        let size = Size(columns: columns, rows: min(rows.count + 2, buffer.size.rows - 4))
        let rect = Dialogue.draw(title, size: size, context, into: &buffer)
        // Where not all fit, those around the field that has the focus are shown.
        let focused = rows.firstIndex { if case .field(focus) = $0 { true } else { false } } ?? 0
        let room = rows.count + 2 <= rect.rows ? rows.count : max(1, rect.rows - 1)
        let list = Rect(column: rect.column, row: rect.row, columns: rect.columns, rows: room)
        let view = ListView(rows.count, around: focused, in: list)
        view.drawMore(context, into: &buffer)
        for (row, line) in view.lines {
            let rest = Rect(column: line.column + labels, row: line.row, columns: line.columns - labels, rows: 1)
            switch rows[row] {
            case .field(let number): draw(number, context, label: line, text: rest, into: &buffer)
            case .problem(let problem):
                buffer.draw(problem, at: rest.origin, width: rest.columns, style: context.theme.failure)
            }
        }
        Dialogue.drawFoot([Span(fields[focus].hint, context.theme.faint)], in: rect, into: &buffer)
    }

    private func rows(columns: Int, _ glyphs: Glyphs) -> [Row] {
        fields.enumerated().flatMap { index, field -> [Row] in
            let problem = field.problem.map { LineWrap.words("\(glyphs.failure) \($0)", columns: columns) } ?? []
            return [.field(index)] + problem.map { .problem($0) }
        }
    }

    private func draw(
        _ number: Int, _ context: ViewContext, label: Rect, text: Rect, into buffer: inout ScreenBuffer
    ) {
        let field = fields[number]
        let isFocused = number == focus
        let mark = field.problem == nil ? context.theme.faint : context.theme.failure
        buffer.draw(
            field.label, at: label.origin, width: text.column - label.column,
            style: isFocused ? context.theme.title : mark)
        // The field that is gone to by a click; a prompt has but one, and steps through what was entered before.
        if !isFocused, !isPrompt {
            context.clicks.add(
                Rect(column: label.column, row: label.row, columns: label.columns, rows: 1),
                .messages([.steppedInOverlay(by: number - focus)]))
        }
        let editor = isFocused ? context.editor.field : TextField(field.text)
        editor.draw(
            into: &buffer, rect: text, style: isFocused ? context.theme.text.underline : context.theme.text,
            isFocused: isFocused)
    }

    func message(for key: KeyEvent, action: Action?, in state: State, _ editor: inout Editor) -> Message? {
        switch key {
        case KeyEvent(.tab), KeyEvent(.down): .steppedInOverlay(by: 1)
        case KeyEvent(.backTab), KeyEvent(.up): .steppedInOverlay(by: -1)
        case KeyEvent(.enter): .overlayAccepted
        case KeyEvent(.escape): .overlayDismissed
        case .control("o"): .plan(.fieldBrowsed)
        default: editor.handle(key) ? .edited(editor.field.text) : nil
        }
    }
}
