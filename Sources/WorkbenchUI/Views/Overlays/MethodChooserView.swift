import RPCCore
import TerminalUI
import WorkbenchModel

/// The methods that can be called: their kinds, their names, and what they take and give. Only the rows in sight are looked at.
extension MethodChooser: OverlayView {
    func draw(_ context: ViewContext, into buffer: inout ScreenBuffer) {
        let (list, theme) = (list(on: buffer.size), context.theme)
        list.draw(
            "Method", summary, placeholder: "type to narrow: service, method, message",
            hints: [Span(hint, theme.faint)],
            context, into: &buffer)
        if rows.isEmpty {
            let reason =
                isAsking ? "asking the server which services it has" : query.isEmpty ? "" : "nothing is called that"
            buffer.draw(reason, at: list.rows.place.origin, width: list.rows.place.columns, style: theme.faint)
        }
        let marks = list.rows.rows.map { mark(of: rows[$0], buffer.glyphs) }
        for ((row, line), mark) in zip(list.rows.lines, marks) {
            draw(rows[row], mark: mark, isChosen: row == selected, theme, in: line, into: &buffer)
        }
    }

    func message(for key: KeyEvent, action: Action?, in state: State, _ editor: inout Editor) -> Message? {
        switch key {
        case .control("t"): .commonServicesToggled
        case .control("r"): .methodsReloaded
        default: listMessage(for: key, &editor)
        }
    }

    private func list(on screen: Size) -> SearchedList {
        SearchedList(
            rows.count, around: selected, most: Size(columns: 112, rows: 32), on: screen, problem: trouble)
    }

    // MARK: Rows

    /// Columns of the mark, and of the name where both sides have room.
    private static let (markColumns, nameShare) = (5, 2.0 / 5)

    private func draw(
        _ row: Row, mark: String, isChosen: Bool, _ theme: Theme, in line: Rect, into buffer: inout ScreenBuffer
    ) {
        if isChosen { buffer.fill(line, style: theme.selection) }
        func put(_ text: String, at column: Int, width: Int, _ style: Style) {
            buffer.draw(
                text, at: Point(column: line.column + column, row: line.row),
                width: max(0, min(width, line.columns - column)),
                style: isChosen ? theme.selection : style, overflow: .ellipsis)
        }
        switch row {
        case .heading(let name): put(name, at: 0, width: line.columns, theme.title)
        case .note(let note): put(note, at: 1, width: line.columns, theme.warning)
        case .unread: put("reading what it has", at: Self.markColumns, width: line.columns, theme.faint)
        case .reason(let reason): put(reason, at: Self.markColumns + 2, width: line.columns, theme.faint)
        case .unusable(let unusable):
            put(mark, at: 1, width: Self.markColumns, theme.faint)
            // Below its service a method needs no more than its own name.
            let name = unusable.name.firstIndex(of: "/").map { unusable.name[unusable.name.index(after: $0)...] }
            put(
                name.map(String.init) ?? (unusable.name.isEmpty ? "(unnamed)" : unusable.name), at: Self.markColumns,
                width: line.columns, theme.faint)
        case .method(let entry), .recent(let entry):
            var isRecent = false
            if case .recent = row { isRecent = true }
            put(mark, at: 1, width: Self.markColumns, theme.info)
            let start = max(24, Int(Double(line.columns) * Self.nameShare))
            put(
                isRecent ? entry.ref.shortName : entry.ref.name, at: Self.markColumns,
                width: start - Self.markColumns - 1,
                theme.text)
            put(Self.messages(of: entry, buffer.glyphs), at: start, width: line.columns, theme.faint)
        }
    }

    private static func messages(of entry: MethodEntry, _ glyphs: Glyphs) -> String {
        let (request, reply) = (entry.schema.input.name.lastPart, entry.schema.output.name.lastPart)
        let arrow = glyphs.isASCII ? "->" : "→"
        return "\(request) \(arrow) \(reply)" + (entry.route.isEmpty ? "" : "  \(entry.route)")
    }

    /// One message or many each way: the request's side, then the reply's.
    private func mark(of row: Row, _ glyphs: Glyphs) -> String {
        switch row {
        case .method(let entry), .recent(let entry): entry.ref.kind.mark(glyphs)
        case .unusable: String(glyphs.failure)
        case .heading, .reason, .note, .unread: ""
        }
    }

    // MARK: Around them

    private var summary: String {
        let more = counts.unread > 0 ? ", \(counts.unread) being read" : ""
        return isAsking
            ? "asking the server"
            : "\(counts.methods.counted("method", "methods")) of \(counts.services.counted("service", "services"))\(more)"
    }

    private var hint: String {
        "enter chooses  f2 describes  ctrl-t \(showsCommon ? "hides" : "shows") health and reflection  ctrl-r asks anew  esc leaves"
    }
}

extension CallKind {
    /// One message or many each way: `→`, `→⇉`, `⇉→`, `⇉⇉`; where only ASCII may be drawn `1:1`, `1:n`, `n:1`, `n:n`.
    func mark(_ glyphs: Glyphs) -> String {
        let (one, many) = glyphs.isASCII ? ("1", "n") : ("→", "⇉")
        let sides = (streamsRequests ? many : one, streamsReplies ? many : one)
        if glyphs.isASCII { return "\(sides.0):\(sides.1)" }
        return self == .unary ? one : sides.0 + sides.1
    }
}
