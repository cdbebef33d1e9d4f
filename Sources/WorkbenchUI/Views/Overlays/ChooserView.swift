import RPCCore
import TerminalUI
import WorkbenchModel

/// A chooser of files: the path that is typed, where it leads, and what is there.
extension FileChooser: OverlayView {
    func draw(_ context: ViewContext, into buffer: inout ScreenBuffer) {
        let (items, list, faint) = (items, list(on: buffer.size), context.theme.faint)
        list.draw(
            title, placeholder: purpose.isWritten ? "the name of the file" : "type to narrow, or a path",
            hints: [Span(hint(context.state), faint)], context, into: &buffer)
        drawDirectory(context, in: list.head, into: &buffer)
        let place = list.rows.place
        if listing == nil, problem == nil {
            buffer.draw("reading", at: place.origin, width: place.columns, style: faint)
        } else if items.isEmpty, listing != nil {
            buffer.draw("nothing is called that", at: place.origin, width: place.columns, style: faint)
        }
        for (row, line) in list.rows.lines {
            Self.draw(items[row], isChosen: row == selected, context, in: line, into: &buffer)
        }
    }

    func message(for key: KeyEvent, action: Action?, in state: State, _ editor: inout Editor) -> Message? {
        switch key {
        case KeyEvent(.tab): .plan(.pathCompleted)
        case KeyEvent(.backspace) where editor.field.isEmpty: .plan(.directoryLeft)
        default: listMessage(for: key, &editor)
        }
    }

    private func list(on screen: Size) -> SearchedList {
        SearchedList(
            items.count, around: selected ?? 0, most: Size(columns: 72, rows: 20), on: screen, problem: problem)
    }

    private func hint(_ state: State) -> String {
        if pendingPath != nil || state.pendingWrite != nil || state.pendingExport != nil { return "at work" }
        return "enter \(purpose.isWritten ? "writes" : "opens")  tab completes  backspace goes up  esc leaves"
    }

    /// The directory, of which the end matters most.
    private func drawDirectory(_ context: ViewContext, in line: Rect, into buffer: inout ScreenBuffer) {
        let path = listing?.directory ?? PathText.resolved(query.path, in: base)
        let isASCII = buffer.glyphs.isASCII
        var shown = path
        while TextWidth.columns(of: shown, ascii: isASCII) > line.columns, !shown.isEmpty {
            shown = "\(buffer.glyphs.ellipsis)\(shown.dropFirst(shown.first == buffer.glyphs.ellipsis ? 2 : 1))"
        }
        buffer.draw(shown, at: line.origin, width: line.columns, style: context.theme.faint)
    }

    private static func draw(
        _ entry: FileEntry, isChosen: Bool, _ context: ViewContext, in line: Rect, into buffer: inout ScreenBuffer
    ) {
        let usual = entry.kind == .other ? context.theme.faint : context.theme.text
        let style = isChosen ? context.theme.selection : usual
        let name = entry.kind == .directory ? "\(entry.name)/" : entry.name
        let layout = TableLayout([
            .init(.flexible(minimum: 12), priority: 2), .init(.fixed(10), alignment: .trailing, priority: 1),
        ])
        buffer.drawRow([name, word(for: entry.kind)], layout: layout, in: line, style: style)
    }

    private static func word(for kind: FileEntry.Kind) -> String {
        switch kind {
        case .directory: "directory"
        case .plan: "plan"
        case .records(.csv): "CSV"
        case .records(.jsonLines): "JSON Lines"
        case .other: ""
        }
    }
}
