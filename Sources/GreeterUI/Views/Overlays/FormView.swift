import GreeterViewModel
import TerminalUI

/// A form: its fields one below the other, and what is wrong or may be written in the one that has the focus.
enum FormView {
    static func draw(_ form: Form, _ context: ViewContext, into buffer: inout ScreenBuffer) {
        let labels = form.fields.map(\.label.count).max() ?? 0
        let size = Size(
            columns: min(64, buffer.size.columns - 6), rows: min(form.fields.count + 2, buffer.size.rows - 4))
        let rect = OverlayView.drawDialogue(form.title, size: size, context, into: &buffer)
        // Where not all fields fit, those around the one that has the focus are shown.
        let room = max(1, rect.rows - 2)
        let top = max(0, min(form.focus - room / 2, form.fields.count - room))
        for (index, field) in form.fields.enumerated().dropFirst(top).prefix(room) {
            let line = rect.line(index - top)
            let isFocused = index == form.focus
            buffer.draw(
                field.label, at: line.origin, width: labels + 1,
                style: isFocused ? context.theme.title : context.theme.faint)
            let place = Rect(
                column: line.column + labels + 1, row: line.row, columns: line.columns - labels - 1, rows: line.rows)
            let editor = isFocused ? context.editor.field : TextField(field.text)
            editor.draw(
                into: &buffer, rect: place, style: isFocused ? context.theme.text.underline : context.theme.text,
                isFocused: isFocused)
        }
        let field = form.fields[form.focus]
        let below = rect.line(rect.rows - 1)
        if let problem = field.problem {
            buffer.draw(
                "\(buffer.glyphs.failure) \(field.label): \(problem)", at: below.origin, width: below.columns,
                style: context.theme.failure, overflow: .ellipsis)
        } else {
            buffer.draw(
                field.hint, at: below.origin, width: below.columns, style: context.theme.faint, overflow: .ellipsis)
        }
    }
}
