import TerminalUI
import WorkbenchModel

/// The last lines: what the program has to say, and the keys that matter now.
enum FooterView {
    static func draw(_ context: ViewContext, into buffer: inout ScreenBuffer) {
        let notice = context.state.notice
        if let search = context.state.search {
            draw(search, context, in: context.layout.notice ?? context.layout.hints, into: &buffer)
        } else if let notice {
            draw(notice, context, in: context.layout.notice ?? context.layout.hints, into: &buffer)
        }
        if notice == nil && context.state.search == nil || context.layout.notice != nil {
            drawHints(context, in: context.layout.hints, into: &buffer)
        }
    }

    private static func draw(_ notice: Notice, _ context: ViewContext, in line: Rect, into buffer: inout ScreenBuffer) {
        let glyphs = buffer.glyphs
        let mark =
            switch notice.level {
            case .info: glyphs.pointer
            case .success: glyphs.success
            case .warning: Character("!")
            case .failure: glyphs.failure
            }
        buffer.draw(
            "\(mark) \(notice.text)", at: Point(column: line.column + 1, row: line.row), width: line.columns - 1,
            style: context.theme.style(of: notice.level), overflow: .ellipsis)
    }

    /// How far a search has come: a bar, and the key that stops it.
    private static func draw(
        _ search: SearchState, _ context: ViewContext, in line: Rect, into buffer: inout ScreenBuffer
    ) {
        let (searched, total) = (search.progress.searched, max(1, search.progress.total))
        let filled = min(progressColumns, searched * progressColumns / total)
        let bar = String(repeating: buffer.glyphs.levels.last ?? "#", count: filled)
        let rest = String(repeating: buffer.glyphs.separator, count: progressColumns - filled)
        buffer.draw(
            [
                Span(bar, context.theme.info), Span(rest, context.theme.faint),
                Span(" \(searched * 100 / total) % of \(search.progress.total)  ", context.theme.info),
                Span("esc", context.theme.key), Span(" stops  looking for \(search.text)", context.theme.text),
            ], at: Point(column: line.column + 1, row: line.row), width: line.columns - 1, overflow: .ellipsis)
    }

    private static let progressColumns = 20

    private static func drawHints(_ context: ViewContext, in line: Rect, into buffer: inout ScreenBuffer) {
        var shown: Set<Action> = []
        // What a pane has a key for may be there for every pane, too.
        let keys = hints(context.state).filter { shown.insert($0.0).inserted }.compactMap { action, label in
            context.keymap.hint(for: action).map { (key: $0, label: label) }
        }
        let room = Rect(column: line.column + 1, row: line.row, columns: line.columns - 1, rows: line.rows)
        KeyHints.draw(keys, context, in: room, into: &buffer)
    }

    /// What the wire pane has keys for, and what steers the call that is watched.
    private static func wireHints(_ state: State) -> [(Action, String)] {
        let call: [(Action, String)] =
            state.isCallLive
            ? [(.cancel, "cancel"), (.pause, state.call?.isPaused == true ? "go on" : "pause")] : [(.run, "run")]
        return [
            (.wire, "close wire"), (.filter, "filter"), (.find, "find"), (.follow, "follow"),
            (.holdWire, state.wire.isHeld ? "let go" : "hold"), (.showDetail, "detail"), (.copy, "copy"),
        ] + call
    }

    /// What can be done now, what is most likely first.
    private static func hints(_ state: State) -> [(Action, String)] {
        let always: [(Action, String)] = [
            (.nextPane, "pane"), (.palette, "commands"), (.help, "help"), (.quit, "quit"), (.editStep, "edit"),
            (.preview, "preview"), (.openPlan, "open"), (.writePlan, "write"), (.find, "find"),
            (.history, "history"), (.wire, "wire"),
        ]
        if state.focus == .wire { return wireHints(state) + always }
        guard let call = state.call, call.isLive else {
            let again: [(Action, String)] = state.call?.recorded == nil ? [] : [(.runAgain, "run again")]
            return again + [
                (.run, "run"), (.addRequest, "add"), (.chooseKind, "kind"), (.chooseServer, "server"),
                (.send, "send"),
            ] + always
        }
        var hints: [(Action, String)] = call.progress.retry == nil ? [] : [(.runAgain, "retry now")]
        if call.takesMessages { hints.append((.send, "send")) }
        if call.kind.streamsRequests, !call.progress.sendStatus.isClosed, !call.isHalfCloseAsked {
            hints.append((.halfClose, "half-close"))
        }
        hints += [(.cancel, "cancel"), (.pause, call.isPaused ? "go on" : "pause")]
        if call.isPaused { hints.append((.findNext, "one message")) }
        return hints + always
    }
}
