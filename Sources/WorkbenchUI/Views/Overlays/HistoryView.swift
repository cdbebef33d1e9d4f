import RPCCore
import TerminalUI
import WorkbenchModel

/// The list of earlier calls: what is typed to narrow it, the calls, and what there is to say of the chosen one.
extension HistoryBrowser: OverlayView {
    func draw(_ context: ViewContext, into buffer: inout ScreenBuffer) {
        let (list, theme) = (list(on: buffer.size), context.theme)
        list.draw(
            "History", "earlier calls", placeholder: "type to narrow: server, kind, status, cause, plan, number",
            hints: [Span(selection.map(Self.detail) ?? "", theme.text), Span(hint, theme.faint)], context,
            into: &buffer)
        guard !entries.isEmpty else {
            guard problem == nil else { return }
            let reason =
                pending != nil ? "reading" : text.isEmpty ? "no call is recorded yet" : "no call has that in it"
            let place = list.rows.place
            buffer.draw(reason, at: place.origin, width: place.columns, style: theme.faint)
            return
        }
        let rows = list.rows.rows.map {
            Self.row(entries[$0], width: list.head.columns, glyphs: buffer.glyphs)
        }
        let layout = Self.layout(rows, width: list.head.columns)
        buffer.drawRow(Self.names, layout: layout, in: list.head, style: theme.faint)
        for ((index, line), row) in zip(list.rows.lines, rows) {
            let usual = isStale ? theme.faint : Self.style(of: entries[index], theme)
            buffer.drawRow(row, layout: layout, in: line, style: index == selected ? theme.selection : usual)
        }
    }

    func message(for key: KeyEvent, action: Action?, in state: State, _ editor: inout Editor) -> Message? {
        switch key {
        case KeyEvent(.delete), .control("d"): .history(.deletionAsked)
        default: listMessage(for: key, &editor)
        }
    }

    private func list(on screen: Size) -> SearchedList {
        SearchedList(
            entries.count, around: selected, most: Size(columns: 116, rows: 28), on: screen, problem: problem?.text,
            hintRows: 2)
    }

    // MARK: Rows

    private static let names = ["#", "began", "kind", "status", "sent", "recv", "took", "server"]

    private static func row(_ entry: HistoryEntry, width: Int, glyphs: Glyphs) -> [String] {
        // Where room is short without its seconds, and without its year.
        let minute = entry.started.dropLast(3)
        let started = width >= 90 ? entry.started : String(width >= 60 ? minute : minute.dropFirst(5))
        return [
            String(entry.id), started, entry.title,
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
        let priorities = [9, 8, 6, 8, 4, 5, 3, 2]
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

    /// What the row of a call has no room for.
    private static func detail(of entry: HistoryEntry) -> String {
        // The reason first: the line may be cut.
        var facts = [entry.cause, entry.server].compactMap(\.self)
        if entry.isImported { facts.append("imported") }
        if entry.attempts > 1 { facts.append("\(entry.attempts) attempts") }
        switch entry.stage {
        case .running: facts.append("goes on: it can be opened when it has ended")
        case .interrupted: facts.append("the program ended before the call; what is recorded can be opened")
        case .incomplete: facts.append("the record ends before the call; what there is can be opened")
        case .ended: break
        }
        return facts.joined(separator: "; ")
    }

    private var hint: String {
        switch work {
        case .opening(let call): "opening call \(call)"
        case .deleting(let call): "deleting call \(call)"
        case nil: "enter opens  ctrl-d deletes  esc leaves"
        }
    }
}
