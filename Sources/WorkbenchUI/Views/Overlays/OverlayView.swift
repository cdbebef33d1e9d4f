import TerminalUI
import WorkbenchModel

/// What lies over the workbench.
enum OverlayView {
    static func draw(_ overlay: Overlay, _ context: ViewContext, into buffer: inout ScreenBuffer) {
        switch overlay {
        case .help(let scroll): HelpView.draw(scroll: scroll, context, into: &buffer)
        case .form(let form): FormView.draw(form, context, into: &buffer)
        case .menu(let menu): MenuView.draw(menu, context, into: &buffer)
        case .question(let question): QuestionView.draw(question, context, into: &buffer)
        case .chooser(let chooser): ChooserView.draw(chooser, context, into: &buffer)
        case .preview(let preview): PreviewView.draw(preview, context, into: &buffer)
        case .comparison(let comparison): ComparisonView.draw(comparison, context, into: &buffer)
        case .history(let browser): HistoryView.draw(browser, context, into: &buffer)
        }
    }

    /// An empty dialogue in the middle of the screen.
    /// - Returns: the place inside its frame.
    static func drawDialogue(
        _ title: String, size: Size, _ context: ViewContext, into buffer: inout ScreenBuffer
    ) -> Rect {
        let frame = frame(of: size, on: buffer.bounds)
        buffer.fill(frame)
        buffer.drawBox(frame, title: title, style: context.theme.focusedBorder)
        buffer.cursor = nil
        return frame.inset(columns: 2)
    }

    /// The place inside the frame of a dialogue.
    static func place(of size: Size, on screen: Rect) -> Rect {
        frame(of: size, on: screen).inset(columns: 2)
    }

    private static func frame(of size: Size, on screen: Rect) -> Rect {
        screen.centred(Size(columns: size.columns + 4, rows: size.rows + 2))
    }

    /// The rows of a list that are in sight: as many as fit, the chosen one among them.
    static func window(_ rows: Int, around selected: Int, of count: Int) -> Range<Int> {
        let top = max(0, min(selected - rows / 2, count - rows))
        return top..<max(top, min(count, top + rows))
    }
}
