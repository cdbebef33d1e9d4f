import TerminalUI
import WorkbenchModel

/// A menu: the items that match what was typed, the chosen one in sight.
extension Menu: OverlayView {
    func draw(_ context: ViewContext, into buffer: inout ScreenBuffer) {
        let rect = Dialogue.draw(title, hint, size: size(on: buffer.size), context, into: &buffer)
        if isSearched {
            Dialogue.drawField(
                ":", placeholder: "type to narrow, enter runs, esc leaves", in: rect.line(0), context, into: &buffer)
        }
        let (items, list) = (items, list(on: buffer.size))
        if items.isEmpty { buffer.draw("nothing is called that", at: list.place.origin, style: context.theme.faint) }
        for (row, line) in list.lines {
            draw(
                items[row], lead: lead(row, items[row], buffer.glyphs), row == selected, context, in: line,
                into: &buffer)
        }
        list.drawMore(context, into: &buffer)
        list.takeClicks(context)
    }

    /// What comes before the title of an item.
    private func lead(_ row: Int, _ item: Item, _ glyphs: Glyphs) -> String {
        switch lead {
        case .nothing: ""
        case .number: "\(row + 1) "
        case .mark: item.isMarked ? "\(glyphs.success) " : "  "
        }
    }

    private func draw(
        _ item: Item, lead: String, _ isChosen: Bool, _ context: ViewContext, in line: Rect,
        into buffer: inout ScreenBuffer
    ) {
        let style = isChosen ? context.theme.selection : item.isMarked ? context.theme.warning : context.theme.text
        buffer.draw(lead + item.title, at: line.origin, width: line.columns, style: style, overflow: .ellipsis)
        if !item.detail.isEmpty {
            let indent = titleColumns + 4
            buffer.draw(
                item.detail, at: Point(column: line.column + indent, row: line.row), width: line.columns - indent,
                style: isChosen ? style : context.theme.faint, overflow: .ellipsis)
        }
        guard case .pressed(let action) = item.choice, let key = context.keymap.hint(for: action) else { return }
        let width = TextWidth.columns(of: key)
        buffer.draw(
            key, at: Point(column: line.column + line.columns - width, row: line.row),
            style: isChosen ? style : context.theme.key)
    }

    func message(for key: KeyEvent, action: Action?, in state: State, _ editor: inout Editor) -> Message? {
        if let message = listMessage(for: key, &editor) { return message }
        guard !isSearched, let character = key.text else { return nil }
        switch character {
        case "j": return .steppedInOverlay(by: 1)
        case "k": return .steppedInOverlay(by: -1)
        default: return lead == .number ? character.wholeNumberValue.map { .itemClicked($0 - 1) } : nil
        }
    }

    private func list(on screen: Size) -> ListView {
        let (rect, above) = (Dialogue.place(of: size(on: screen), on: screen), isSearched ? 1 : 0)
        return ListView(
            items.count, around: selected,
            in: Rect(column: rect.column, row: rect.row + above, columns: rect.columns, rows: rect.rows - above))
    }

    /// The size does not depend on what was typed, so that the menu stays where it is.
    private func size(on screen: Size) -> Size {
        let widest = widths.detail > 0 ? titleColumns + 4 + widths.detail : widths.title + 14
        let heading = title.count + (hint.isEmpty ? 0 : hint.count + 3)
        return Size(
            columns: min(max(widest, heading), screen.columns - 6),
            rows: min(allItems.count + (isSearched ? 1 : 0), screen.rows - 4, 20))
    }

    /// The width of the titles that details stand beside.
    private var titleColumns: Int { widths.titleWithDetail }
}
