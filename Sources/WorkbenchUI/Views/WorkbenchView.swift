import TerminalUI
import WorkbenchModel

/// The whole screen.
enum WorkbenchView {
    static func draw(_ context: ViewContext, glyphs: Glyphs) -> ScreenBuffer {
        var buffer = ScreenBuffer(size: context.layout.size, glyphs: glyphs)
        guard !context.layout.isTooSmall else {
            drawTooSmall(context, into: &buffer)
            return buffer
        }
        HeaderView.draw(context, into: &buffer)
        let panes = Pane.allCases.filter { context.layout.frames[$0] != nil }
        // Frames share their edges: the one that has the focus is drawn last, and titles go over all of them.
        for pane in panes.sorted(by: { ($0 == context.state.focus ? 1 : 0) < ($1 == context.state.focus ? 1 : 0) }) {
            buffer.drawBox(context.layout.frame(of: pane), style: frameStyle(of: pane, context))
        }
        for pane in panes {
            drawTitle(of: pane, context, into: &buffer)
            drawContent(of: pane, context, into: &buffer)
        }
        FooterView.draw(context, into: &buffer)
        context.state.overlay?.view.draw(context, into: &buffer)
        return buffer
    }

    /// The rows that each pane on screen has, and how much content where only the view can count it; the same of the overlay.
    static func layout(_ context: ViewContext) -> Layout {
        var metrics: [Pane: PaneMetrics] = [:]
        for pane in context.layout.frames.keys {
            let content = context.layout.content(of: pane)
            let count =
                switch pane {
                case .attempts: AttemptsView.count(context, columns: content.columns)
                case .detail: DetailView.lines(context, columns: content.columns).count
                case .compose, .sent, .received, .wire: 0
                }
            metrics[pane] = PaneMetrics(rows: content.rows, content: count)
        }
        return Layout(metrics, overlay: context.state.overlay?.view.metrics(context) ?? PaneMetrics(rows: 0))
    }

    private static func drawTooSmall(_ context: ViewContext, into buffer: inout ScreenBuffer) {
        let lines = ["\(buffer.size) is too small:", "\(WorkbenchLayout.minimum) is needed", "q quits"]
        for (row, line) in lines.enumerated() {
            buffer.draw(line, at: Point(column: 0, row: row), width: buffer.size.columns, style: context.theme.warning)
        }
    }

    private static func drawContent(of pane: Pane, _ context: ViewContext, into buffer: inout ScreenBuffer) {
        let content = context.layout.content(of: pane)
        switch pane {
        case .compose: ComposeView.draw(context, in: content, into: &buffer)
        case .sent: MessagesView.draw(.sent, context, in: content, into: &buffer)
        case .received: MessagesView.draw(.received, context, in: content, into: &buffer)
        case .attempts: AttemptsView.draw(context, in: content, into: &buffer)
        case .detail: DetailView.draw(context, in: content, into: &buffer)
        case .wire: WireView.draw(context, in: content, into: &buffer)
        }
    }

    private static func drawTitle(of pane: Pane, _ context: ViewContext, into buffer: inout ScreenBuffer) {
        let frame = context.layout.frame(of: pane)
        let title = " \(title(of: pane, context, glyphs: buffer.glyphs)) "
        let room = frame.columns - 2
        let width = min(TextWidth.columns(of: title, ascii: buffer.glyphs.isASCII), room)
        buffer.draw(
            title, at: Point(column: frame.column + 1, row: frame.row), width: width,
            style: context.state.focus == pane ? context.theme.focusedBorder : context.theme.title,
            overflow: .ellipsis)
    }

    private static func frameStyle(of pane: Pane, _ context: ViewContext) -> Style {
        context.state.focus == pane ? context.theme.focusedBorder : context.theme.border
    }

    private static func title(of pane: Pane, _ context: ViewContext, glyphs: Glyphs) -> String {
        let details =
            switch pane {
            case .compose: ComposeView.titleDetails(context)
            case .sent: MessagesView.titleDetails(.sent, context)
            case .received: MessagesView.titleDetails(.received, context)
            case .attempts: AttemptsView.titleDetails(context)
            case .detail: DetailView.titleDetails(context)
            case .wire: WireView.titleDetails(context)
            }
        let title = pane == .compose ? ComposeView.title(context) : pane.title
        let name =
            context.layout.showsOnePane
            ? "\(pane.rawValue)/\(Pane.allCases.count { $0 != .wire || context.state.wire.isOpen }) \(title)" : title
        return ([name] + details).joined(separator: " \(glyphs.separator) ")
    }
}
