import GreeterViewModel
import TerminalUI

/// A menu: the items that match what was typed, the chosen one in sight.
enum MenuView {
    static func draw(_ menu: Menu, _ context: ViewContext, into buffer: inout ScreenBuffer) {
        let items = menu.items
        let rect = OverlayView.drawDialogue(
            menu.purpose == .kind ? "Kind of call" : "Commands", size: contentSize(menu, screen: buffer.size), context,
            into: &buffer)
        if menu.purpose == .palette {
            buffer.draw(":", at: rect.origin, style: context.theme.key)
            let place = Rect(column: rect.column + 2, row: rect.row, columns: rect.columns - 2, rows: 1)
            context.editor.field.draw(
                into: &buffer, rect: place, style: context.theme.text, isFocused: true,
                placeholder: "type to narrow, enter runs, esc leaves")
        }
        let list = listPlace(menu, in: rect)
        if items.isEmpty { buffer.draw("nothing is called that", at: list.origin, style: context.theme.faint) }
        for (line, index) in visible(menu, rows: list.rows).enumerated() {
            draw(items[index], number: index, isChosen: index == menu.selected, menu, context, list.line(line), &buffer)
        }
    }

    private static func draw(
        _ item: Menu.Item, number: Int, isChosen: Bool, _ menu: Menu, _ context: ViewContext, _ line: Rect,
        _ buffer: inout ScreenBuffer
    ) {
        let style = isChosen ? context.theme.selection : context.theme.text
        let prefix = menu.purpose == .kind ? "\(number + 1) " : ""
        buffer.draw(prefix + item.title, at: line.origin, width: line.columns, style: style, overflow: .ellipsis)
        guard case .pressed(let action) = item.choice, let key = context.keymap.hint(for: action) else { return }
        let width = TextWidth.columns(of: key)
        buffer.draw(
            key, at: Point(column: line.column + line.columns - width, row: line.row),
            style: isChosen ? style : context.theme.key)
    }

    /// The item at a place of the screen.
    static func item(at point: Point, menu: Menu, layout: WorkbenchLayout) -> Int? {
        let size = contentSize(menu, screen: layout.size)
        let frame = Rect(layout.size).centred(Size(columns: size.columns + 4, rows: size.rows + 2))
        let list = listPlace(menu, in: frame.inset(columns: 2))
        guard list.contains(point) else { return nil }
        let index = visible(menu, rows: list.rows).lowerBound + point.row - list.row
        return menu.items.indices.contains(index) ? index : nil
    }

    /// The size does not depend on what was typed, so that the menu stays where it is.
    private static func contentSize(_ menu: Menu, screen: Size) -> Size {
        let isPalette = menu.purpose == .palette
        let all = Menu(menu.purpose).items
        let widest = all.map(\.title.count).max() ?? 0
        return Size(
            columns: min(widest + 14, screen.columns - 6),
            rows: min(all.count + (isPalette ? 1 : 0), screen.rows - 4, 20))
    }

    private static func listPlace(_ menu: Menu, in rect: Rect) -> Rect {
        let above = menu.purpose == .palette ? 1 : 0
        return Rect(column: rect.column, row: rect.row + above, columns: rect.columns, rows: rect.rows - above)
    }

    private static func visible(_ menu: Menu, rows: Int) -> Range<Int> {
        let count = menu.items.count
        let top = max(0, min(menu.selected - rows / 2, count - rows))
        return top..<min(count, top + rows)
    }
}
