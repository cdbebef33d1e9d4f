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
            let frame = context.layout.frame(of: pane)
            buffer.drawBox(frame, style: frameStyle(of: pane, context))
            context.clicks.add(frame, .pane(pane, rows: context.layout.content(of: pane)))
        }
        // A border that two panes share is the upper one's, or the left one's; what is inside is a pane's own.
        for pane in panes {
            context.clicks.add(
                context.layout.frame(of: pane).inset(), .pane(pane, rows: context.layout.content(of: pane)))
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
        return Layout(
            metrics, overlay: context.state.overlay?.view.metrics(context) ?? PaneMetrics(rows: 0),
            grids: context.layout.grids, folds: metrics[.detail] == nil || DetailView.folds(context))
    }

    /// What is asked is asked on any screen.
    private static func drawTooSmall(_ context: ViewContext, into buffer: inout ScreenBuffer) {
        if case .question(let question)? = context.state.overlay {
            return question.drawBare(context, into: &buffer)
        }
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
        let tabs = context.layout.showsOnePane ? drawTabs(in: frame, context, into: &buffer) : 0
        let room = frame.columns - 2 - tabs
        let width = min(TextWidth.columns(of: title, ascii: buffer.glyphs.isASCII), room)
        buffer.draw(
            title, at: Point(column: frame.column + 1, row: frame.row), width: width,
            style: context.state.focus == pane ? context.theme.focusedBorder : context.theme.title,
            overflow: .ellipsis)
        // Of a pane that has the focus it gives more room, like its key; of another one it goes there.
        let place = Rect(column: frame.column + 1, row: frame.row, columns: width, rows: 1)
        let rows = context.layout.content(of: pane)
        context.clicks.add(place, context.state.focus == pane ? .action(.zoomIn) : .pane(pane, rows: rows))
    }

    /// Draws the keys of all panes at the end of the one that is shown, that one's standing out.
    /// - Returns: the columns that they take.
    private static func drawTabs(in frame: Rect, _ context: ViewContext, into buffer: inout ScreenBuffer) -> Int {
        let keys = Pane.allCases.filter { $0 != .wire || context.state.wire.isOpen }.compactMap { pane in
            context.keymap.hint(for: pane.action).map { (pane: pane, key: " \($0)") }
        }
        let columns = keys.reduce(1) { $0 + TextWidth.columns(of: $1.key) }
        var column = frame.column + frame.columns - 1 - columns
        guard !keys.isEmpty, columns < frame.columns / 2 else { return 0 }
        for (pane, key) in keys {
            let style = context.state.focus == pane ? context.theme.focusedBorder.reverse : context.theme.key
            let place = Rect(column: column, row: frame.row, columns: TextWidth.columns(of: key), rows: 1)
            buffer.draw(" ", at: place.origin)
            buffer.draw(
                String(key.dropFirst()), at: Point(column: column + 1, row: frame.row), width: place.columns - 1,
                style: style)
            context.clicks.add(place, .action(pane.action))
            column += place.columns
        }
        buffer.draw(" ", at: Point(column: column, row: frame.row), width: 1)
        return columns
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
        return ([title] + details).joined(separator: " \(glyphs.separator) ")
    }
}
