import TerminalUI
import WorkbenchModel

/// All keys, drawn from the keymap, in as many columns as fit.
extension Help: OverlayView {
    private static let columnWidth = 52

    func draw(_ context: ViewContext, into buffer: inout ScreenBuffer) {
        let lines = Self.lines(context, screen: buffer.size)
        let size = Size(columns: Self.width(buffer.size), rows: min(lines.count, buffer.size.rows - 4))
        let rect = Dialogue.draw(
            "Keys", lines.count > size.rows ? "up and down scroll" : "", "esc closes", size: size, context,
            into: &buffer)
        for (row, line) in ListView(0..<lines.count, at: position, in: rect).lines {
            for (column, entry) in lines[row].enumerated() {
                let indent = column * Self.columnWidth
                buffer.draw(
                    entry, at: Point(column: line.column + indent, row: line.row),
                    width: min(Self.columnWidth - 1, line.columns - indent), overflow: .ellipsis)
            }
        }
    }

    func metrics(_ context: ViewContext) -> PaneMetrics {
        let screen = context.layout.size
        return PaneMetrics(rows: max(1, screen.rows - 4), content: Self.lines(context, screen: screen).count)
    }

    func message(for key: KeyEvent, action: Action?, in state: State, _ editor: inout Editor) -> Message? {
        let page = max(1, state.layout.panes.values.map(\.rows).max() ?? 1)
        switch action {
        case .up: return .steppedInOverlay(by: -1)
        case .down: return .steppedInOverlay(by: 1)
        case .pageUp: return .steppedInOverlay(by: -page)
        case .pageDown, .pause: return .steppedInOverlay(by: page)
        case .first: return .steppedInOverlay(by: -state.layout.overlay.content)
        case .last: return .steppedInOverlay(by: state.layout.overlay.content)
        case .help, .quit: return .overlayDismissed
        default: return key == KeyEvent(.escape) || key == KeyEvent(.enter) ? .overlayDismissed : nil
        }
    }

    private static func width(_ screen: Size) -> Int {
        let columns = max(1, min(3, (screen.columns - 6) / columnWidth))
        return min(columns * columnWidth, screen.columns - 6)
    }

    /// The rows of the help; each has one entry for each column.
    private static func lines(_ context: ViewContext, screen: Size) -> [[[Span]]] {
        let entries = Action.Group.allCases.flatMap { group in
            [[Span(group.rawValue, context.theme.title)]]
                + Action.allCases.filter { $0.group == group }.compactMap { entry(for: $0, context) }
        }
        let columns = max(1, width(screen) / columnWidth)
        let height = (entries.count + columns - 1) / columns
        return (0..<height).map { row in
            stride(from: row, to: entries.count, by: height).map { entries[$0] }
        }
    }

    private static func entry(for action: Action, _ context: ViewContext) -> [Span]? {
        let keys = context.keymap.keys(for: action).map(\.name)
        let name = keys.isEmpty ? "(commands)" : keys.joined(separator: " ")
        let padding = String(repeating: " ", count: max(1, 16 - TextWidth.columns(of: name)))
        return [Span("  " + name, context.theme.key), Span(padding + action.title, context.theme.text)]
    }
}
