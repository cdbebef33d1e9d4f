import GreeterViewModel
import TerminalUI

/// What lies over the workbench.
enum OverlayView {
    static func draw(_ overlay: Overlay, _ context: ViewContext, into buffer: inout ScreenBuffer) {
        switch overlay {
        case .help(let scroll): HelpView.draw(scroll: scroll, context, into: &buffer)
        case .form(let form): FormView.draw(form, context, into: &buffer)
        case .menu(let menu): MenuView.draw(menu, context, into: &buffer)
        case .confirmQuit: drawConfirmation(context, into: &buffer)
        }
    }

    /// An empty dialogue in the middle of the screen.
    /// - Returns: the place inside its frame.
    static func drawDialogue(
        _ title: String, size: Size, _ context: ViewContext, into buffer: inout ScreenBuffer
    ) -> Rect {
        let frame = buffer.bounds.centred(Size(columns: size.columns + 4, rows: size.rows + 2))
        buffer.fill(frame)
        buffer.drawBox(frame, title: title, style: context.theme.focusedBorder)
        buffer.cursor = nil
        return frame.inset(columns: 2)
    }

    private static func drawConfirmation(_ context: ViewContext, into buffer: inout ScreenBuffer) {
        let text = "A stream is open. Quit all the same?"
        let rect = drawDialogue("Quit", size: Size(columns: text.count, rows: 2), context, into: &buffer)
        buffer.draw(text, at: rect.origin, width: rect.columns, style: context.theme.text)
        let keys = [
            Span("y", context.theme.key), Span(" quit   ", context.theme.text), Span("n", context.theme.key),
            Span(" stay", context.theme.text),
        ]
        buffer.draw(keys, at: Point(column: rect.column, row: rect.row + 1), width: rect.columns)
    }
}
