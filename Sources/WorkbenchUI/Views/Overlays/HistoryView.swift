import RPCCore
import TerminalUI
import WorkbenchModel

/// The list of earlier calls: what is typed to narrow it, the calls, and what there is to say of the chosen one.
enum HistoryView {
    /// What stands above the rows: the text that is typed, and the names of the columns.
    private static let headRows = 2

    static func draw(_ browser: HistoryBrowser, _ context: ViewContext, into buffer: inout ScreenBuffer) {
        let theme = context.theme
        let rect = OverlayView.drawDialogue(
            "History \(buffer.glyphs.separator) earlier calls", size: size(buffer.size), context, into: &buffer)
        buffer.draw(String(buffer.glyphs.pointer), at: rect.origin, style: theme.key)
        context.editor.field.draw(
            into: &buffer, rect: Rect(column: rect.column + 2, row: rect.row, columns: rect.columns - 2, rows: 1),
            style: theme.text, isFocused: true, placeholder: "type to narrow: server, kind, status, cause, plan, number"
        )
        let foot = foot(browser, context, columns: rect.columns, glyphs: buffer.glyphs)
        let list = listPlace(rect, foot: foot.count)
        drawRows(browser, context, in: list, head: rect.line(1), into: &buffer)
        for (line, span) in foot.enumerated() {
            buffer.draw(
                span.text, at: rect.line(rect.rows - foot.count + line).origin, width: rect.columns, style: span.style,
                overflow: .ellipsis)
        }
    }

    // MARK: Rows

    private static func drawRows(
        _ browser: HistoryBrowser, _ context: ViewContext, in list: Rect, head: Rect, into buffer: inout ScreenBuffer
    ) {
        let theme = context.theme
        let entries = browser.entries
        guard !entries.isEmpty else {
            guard browser.problem == nil else { return }
            let text =
                browser.pending != nil
                ? "reading" : browser.text.isEmpty ? "no call is recorded yet" : "no call has that in it"
            buffer.draw(text, at: list.origin, width: list.columns, style: theme.faint)
            return
        }
        let visible = visible(browser, rows: list.rows)
        let rows = visible.map { row(entries[$0], hasSeconds: list.columns >= 90, glyphs: buffer.glyphs) }
        let layout = layout(rows, width: list.columns)
        buffer.drawRow(names, layout: layout, in: head, style: theme.faint)
        for (line, index) in visible.enumerated() {
            let usual = browser.isStale ? theme.faint : style(of: entries[index], theme)
            buffer.drawRow(
                rows[line], layout: layout, in: list.line(line),
                style: index == browser.selected ? theme.selection : usual)
        }
    }

    private static let names = ["#", "began", "kind", "status", "sent", "recv", "took", "server"]

    private static func row(_ entry: HistoryEntry, hasSeconds: Bool, glyphs: Glyphs) -> [String] {
        [
            String(entry.id), hasSeconds ? entry.started : String(entry.started.dropLast(3)), entry.kind.title,
            "\(mark(of: entry, glyphs)) \(entry.status)",
            String(entry.sent), String(entry.received), entry.lasted.intervalText, entry.server,
        ]
    }

    private static func mark(of entry: HistoryEntry, _ glyphs: Glyphs) -> Character {
        switch entry.stage {
        case .running: glyphs.play
        case .interrupted, .incomplete: glyphs.unknown
        case .ended: entry.code == .ok ? glyphs.success : glyphs.failure
        }
    }

    private static func style(of entry: HistoryEntry, _ theme: Theme) -> Style {
        switch entry.stage {
        case .running: theme.info
        case .interrupted, .incomplete: theme.warning
        case .ended: entry.code == .ok || entry.code == .cancelled ? theme.text : theme.failure
        }
    }

    /// Each column as wide as the widest text in it; the server has the rest.
    private static func layout(_ rows: [[String]], width: Int) -> TableLayout {
        let priorities = [9, 4, 7, 8, 5, 6, 3, 2]
        let trailing: Set = [0, 4, 5, 6]
        let columns = names.indices.map { column in
            let texts = [names[column]] + rows.map { $0[column] }
            let widest = texts.map { TextWidth.columns(of: $0, limit: width) }.max() ?? 0
            let extent: Extent = column == names.count - 1 ? .flexible(minimum: 8) : .fixed(widest)
            return TableLayout.Column(
                extent, alignment: trailing.contains(column) ? .trailing : .leading, priority: priorities[column])
        }
        return TableLayout(columns)
    }

    // MARK: The foot

    /// The facts of the chosen call, and the keys.
    private static let usualFootRows = 2
    /// Rows that a problem takes at most.
    private static let problemRows = 3

    private static func foot(
        _ browser: HistoryBrowser, _ context: ViewContext, columns: Int, glyphs: Glyphs
    ) -> [Span] {
        let theme = context.theme
        let problem = problemLines(browser, columns: columns)
        guard problem.isEmpty else { return problem.map { Span($0, theme.failure) } }
        let detail = browser.selection.map(detail) ?? ""
        return [Span(detail, theme.text), Span(hint(browser), theme.faint)]
    }

    private static func problemLines(_ browser: HistoryBrowser, columns: Int) -> [String] {
        guard let problem = browser.problem else { return [] }
        return Array(LineWrap.words("\(Glyphs.unicode.failure) \(problem.text)", columns: columns).prefix(problemRows))
    }

    /// What the row of a call has no room for.
    private static func detail(of entry: HistoryEntry) -> String {
        var facts = [entry.server]
        if entry.isImported { facts.append("imported") }
        if entry.attempts > 1 { facts.append("\(entry.attempts) attempts") }
        switch entry.stage {
        case .running: facts.append("goes on: it can be opened when it has ended")
        case .interrupted: facts.append("the program ended before the call; what is recorded can be opened")
        case .incomplete: facts.append("the record ends before the call; what there is can be opened")
        case .ended: break
        }
        if let cause = entry.cause { facts.append(cause) }
        return facts.joined(separator: "; ")
    }

    private static func hint(_ browser: HistoryBrowser) -> String {
        switch browser.work {
        case .opening(let call): "opening call \(call)"
        case .deleting(let call): "deleting call \(call)"
        case nil: "enter opens  ctrl-d deletes  esc leaves"
        }
    }

    // MARK: Places

    /// The row at a place of the screen.
    static func item(at point: Point, browser: HistoryBrowser, layout: WorkbenchLayout) -> Int? {
        let rect = OverlayView.place(of: size(layout.size), on: Rect(layout.size))
        let problem = problemLines(browser, columns: rect.columns)
        let list = listPlace(rect, foot: problem.isEmpty ? usualFootRows : problem.count)
        let index = visible(browser, rows: list.rows).lowerBound + point.row - list.row
        return list.contains(point) && browser.entries.indices.contains(index) ? index : nil
    }

    /// The size does not depend on what is shown, so that the list stays where it is.
    private static func size(_ screen: Size) -> Size {
        Size(columns: min(116, screen.columns - 6), rows: min(28, screen.rows - 4))
    }

    private static func listPlace(_ rect: Rect, foot: Int) -> Rect {
        Rect(
            column: rect.column, row: rect.row + headRows, columns: rect.columns,
            rows: max(1, rect.rows - headRows - foot))
    }

    private static func visible(_ browser: HistoryBrowser, rows: Int) -> Range<Int> {
        OverlayView.window(rows, around: browser.selected, of: browser.entries.count)
    }
}
