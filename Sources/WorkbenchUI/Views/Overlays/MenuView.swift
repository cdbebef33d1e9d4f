import TerminalUI
import WorkbenchModel

/// A menu: the items that match what was typed, the chosen one in sight.
enum MenuView {
    static func draw(_ menu: Menu, _ context: ViewContext, into buffer: inout ScreenBuffer) {
        let items = menu.items
        let rect = OverlayView.drawDialogue(
            title(menu, buffer.glyphs), size: contentSize(menu, screen: buffer.size), context, into: &buffer)
        if menu.isSearched {
            buffer.draw(":", at: rect.origin, style: context.theme.key)
            let place = Rect(column: rect.column + 2, row: rect.row, columns: rect.columns - 2, rows: 1)
            context.editor.field.draw(
                into: &buffer, rect: place, style: context.theme.text, isFocused: true,
                placeholder: "type to narrow, enter runs, esc leaves")
        }
        let list = listPlace(menu, in: rect)
        if items.isEmpty { buffer.draw("nothing is called that", at: list.origin, style: context.theme.faint) }
        for (line, index) in visible(menu, rows: list.rows).enumerated() {
            let place = list.line(line)
            draw(index, menu, context, in: place, into: &buffer)
        }
    }

    private static func title(_ menu: Menu, _ glyphs: Glyphs) -> String {
        switch menu.purpose {
        case .palette: "Commands"
        case .kind: "Kind of call"
        case .addStep: "Add a step"
        case .faults: "Faults of the demo server \(glyphs.separator) enter orders or takes back, esc closes"
        }
    }

    /// What comes before the title of an item.
    private static func lead(_ index: Int, _ menu: Menu, _ glyphs: Glyphs) -> String {
        switch menu.purpose {
        case .palette: ""
        case .kind, .addStep: "\(index + 1) "
        case .faults: menu.items[index].isMarked ? "\(glyphs.success) " : "  "
        }
    }

    private static func draw(
        _ index: Int, _ menu: Menu, _ context: ViewContext, in line: Rect, into buffer: inout ScreenBuffer
    ) {
        let item = menu.items[index]
        let isChosen = index == menu.selected
        let style = isChosen ? context.theme.selection : item.isMarked ? context.theme.warning : context.theme.text
        let text = lead(index, menu, buffer.glyphs) + item.title
        buffer.draw(text, at: line.origin, width: line.columns, style: style, overflow: .ellipsis)
        if !item.detail.isEmpty {
            let indent = titleColumns(menu) + 4
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

    /// The item at a place of the screen.
    static func item(at point: Point, menu: Menu, layout: WorkbenchLayout) -> Int? {
        let size = contentSize(menu, screen: layout.size)
        let list = listPlace(menu, in: OverlayView.place(of: size, on: Rect(layout.size)))
        guard list.contains(point) else { return nil }
        let index = visible(menu, rows: list.rows).lowerBound + point.row - list.row
        return menu.items.indices.contains(index) ? index : nil
    }

    /// The size does not depend on what was typed, so that the menu stays where it is.
    private static func contentSize(_ menu: Menu, screen: Size) -> Size {
        let all = Menu(menu.purpose).items
        let details = all.map(\.detail.count).max() ?? 0
        let widest = details > 0 ? titleColumns(menu) + 4 + details : (all.map(\.title.count).max() ?? 0) + 14
        return Size(
            columns: min(max(widest, title(menu, .unicode).count), screen.columns - 6),
            rows: min(all.count + (menu.isSearched ? 1 : 0), screen.rows - 4, 20))
    }

    /// The width of the titles that details stand beside.
    private static func titleColumns(_ menu: Menu) -> Int {
        Menu(menu.purpose).items.filter { !$0.detail.isEmpty }.map(\.title.count).max() ?? 0
    }

    private static func listPlace(_ menu: Menu, in rect: Rect) -> Rect {
        let above = menu.isSearched ? 1 : 0
        return Rect(column: rect.column, row: rect.row + above, columns: rect.columns, rows: rect.rows - above)
    }

    private static func visible(_ menu: Menu, rows: Int) -> Range<Int> {
        OverlayView.window(rows, around: menu.selected, of: menu.items.count)
    }
}
