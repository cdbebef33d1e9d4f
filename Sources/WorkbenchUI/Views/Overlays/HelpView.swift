import TerminalUI
import WorkbenchModel

/// All keys, drawn from the keymap, in as many columns as fit, below what was typed to narrow them.
extension Help: OverlayView {
    func draw(_ context: ViewContext, into buffer: inout ScreenBuffer) {
        let table = Columns(self, context)
        let place = Dialogue.draw(
            "Keys", table.height > table.listRows ? "up and down scroll" : "", "esc closes", size: table.size, context,
            into: &buffer)
        Dialogue.drawField("/", placeholder: "type to search", in: place.line(0), context, into: &buffer)
        let list = Rect(
            column: place.column, row: place.row + 1, columns: place.columns, rows: table.listRows)
        if table.entries.isEmpty { buffer.draw("no key does that", at: list.origin, style: context.theme.faint) }
        for (row, line) in ListView(0..<table.height, at: position, in: list).lines {
            for (column, entry) in table.row(row).enumerated() {
                let indent = column * table.width
                buffer.draw(
                    entry, at: Point(column: line.column + indent, row: line.row),
                    width: min(table.width - Columns.gap, line.columns - indent), overflow: .ellipsis)
            }
        }
    }

    func metrics(_ context: ViewContext) -> PaneMetrics {
        let table = Columns(self, context)
        return PaneMetrics(rows: max(1, table.listRows), content: table.height)
    }

    func message(for key: KeyEvent, action: Action?, in state: State, _ editor: inout Editor) -> Message? {
        let page = max(1, state.layout.overlay.rows)
        return switch key {
        case KeyEvent(.pageUp), .control("b"): .steppedInOverlay(by: -page)
        case KeyEvent(.pageDown), .control("f"): .steppedInOverlay(by: page)
        case KeyEvent(.enter): .overlayDismissed
        default: action == .help ? .overlayDismissed : listMessage(for: key, &editor)
        }
    }
}

/// The keys as the help lays them out: one below the other, in columns as wide as the longest.
private struct Columns {
    static let gap = 2

    /// Headings and keys, in order.
    let entries: [[Span]]
    let width: Int
    /// Rows of the longest column.
    let height: Int
    /// The room inside the frame: the text, and below it the list.
    let size: Size
    var listRows: Int { size.rows - 1 }

    init(_ help: Help, _ context: ViewContext) {
        let table = KeyTable(context.keymap)
        let screen = context.layout.size
        let all = table.sections.flatMap { Self.spans(of: $0, context) }
        // It stays as it is while it is narrowed.
        let widest = Self.gap + (all.map { $0.reduce(0) { $0 + TextWidth.columns(of: $1.text) } }.max() ?? 0)
        width = min(widest, screen.columns - 6)
        let columns = max(1, min(3, (screen.columns - 6) / width))
        entries = help.query.isEmpty ? all : table.narrowed(to: help.query).flatMap { Self.spans(of: $0, context) }
        size = Size(
            columns: min(columns * width, screen.columns - 6),
            rows: min((all.count + columns - 1) / columns + 1, screen.rows - 4))
        // What fits below each other stays together.
        height = entries.count < size.rows ? entries.count : (entries.count + columns - 1) / columns
    }

    /// The entries beside each other in a row.
    func row(_ row: Int) -> [[Span]] {
        stride(from: row, to: entries.count, by: max(1, height)).map { entries[$0] }
    }

    private static func spans(of section: KeyTable.Section, _ context: ViewContext) -> [[Span]] {
        [[Span(section.title, context.theme.title)]]
            + section.entries.map { entry in
                let name = entry.keys.isEmpty ? "(commands)" : entry.keys.joined(separator: " ")
                let padding = String(repeating: " ", count: max(1, 16 - TextWidth.columns(of: name)))
                return [Span("  " + name, context.theme.key), Span(padding + entry.meaning, context.theme.text)]
            }
    }
}
