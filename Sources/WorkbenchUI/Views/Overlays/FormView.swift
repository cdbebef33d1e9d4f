import TerminalUI
import WorkbenchModel

/// A form: its fields one below the other, each with what is wrong with it, and what may be written in the one that has the
/// focus.
enum FormView {
    /// A row of the form: a field, or a line of what is wrong with the field above.
    private enum Row {
        case field(Int)
        case problem(String)
    }

    static func draw(_ form: Form, _ context: ViewContext, into buffer: inout ScreenBuffer) {
        let columns = min(64, buffer.size.columns - 6)
        let labels = 1 + (form.fields.map(\.label.count).max() ?? 0)
        let rows = rows(of: form, columns: columns - labels, buffer.glyphs)
        let size = Size(columns: columns, rows: min(rows.count + 2, buffer.size.rows - 4))
        let rect = OverlayView.drawDialogue(form.title, size: size, context, into: &buffer)
        // Where not all fit, those around the field that has the focus are shown.
        let focus = rows.firstIndex { if case .field(form.focus) = $0 { true } else { false } } ?? 0
        let room = rows.count + 2 <= rect.rows ? rows.count : max(1, rect.rows - 1)
        let window = OverlayView.window(room, around: focus, of: rows.count)
        for (line, index) in window.enumerated() {
            let place = rect.line(line)
            let rest = Rect(
                column: place.column + labels, row: place.row, columns: place.columns - labels, rows: place.rows)
            switch rows[index] {
            case .field(let number): draw(form, number, context, label: place, text: rest, into: &buffer)
            case .problem(let problem):
                buffer.draw(problem, at: rest.origin, width: rest.columns, style: context.theme.failure)
            }
        }
        buffer.draw(
            form.fields[form.focus].hint, at: rect.line(rect.rows - 1).origin, width: rect.columns,
            style: context.theme.faint, overflow: .ellipsis)
    }

    private static func rows(of form: Form, columns: Int, _ glyphs: Glyphs) -> [Row] {
        form.fields.enumerated().flatMap { index, field -> [Row] in
            let problem = field.problem.map { LineWrap.words("\(glyphs.failure) \($0)", columns: columns) } ?? []
            return [.field(index)] + problem.map { .problem($0) }
        }
    }

    private static func draw(
        _ form: Form, _ number: Int, _ context: ViewContext, label: Rect, text: Rect, into buffer: inout ScreenBuffer
    ) {
        let field = form.fields[number]
        let isFocused = number == form.focus
        let mark = field.problem == nil ? context.theme.faint : context.theme.failure
        buffer.draw(
            field.label, at: label.origin, width: text.column - label.column,
            style: isFocused ? context.theme.title : mark)
        let editor = isFocused ? context.editor.field : TextField(field.text)
        editor.draw(
            into: &buffer, rect: text, style: isFocused ? context.theme.text.underline : context.theme.text,
            isFocused: isFocused)
    }
}
