import TerminalUI
import WorkbenchModel

/// The last lines: what the program has to say, and the keys that matter now.
enum FooterView {
    static func draw(_ context: ViewContext, into buffer: inout ScreenBuffer) {
        let place = noticePlace(context)
        if place != context.layout.hints || context.state.notice == nil && context.state.search == nil {
            drawHints(context, in: context.layout.hints, into: &buffer)
        }
        if let search = context.state.search {
            draw(search, context, in: place, into: &buffer)
        } else if let notice = context.state.notice {
            draw(notice, context, in: place, into: &buffer)
        } else {
            drawDirections(context, in: place, into: &buffer)
        }
    }

    /// How the call goes, where the attempts are out of sight and nothing else is to be said.
    private static func drawDirections(_ context: ViewContext, in line: Rect, into buffer: inout ScreenBuffer) {
        guard context.layout.showsOnePane, context.layout.frames[.attempts] == nil, context.state.overlay == nil,
            let bar = AttemptsView.bar(context, buffer.glyphs)
        else { return }
        let width = min(
            line.columns - 2, bar.reduce(0) { $0 + TextWidth.columns(of: $1.text, ascii: buffer.glyphs.isASCII) })
        buffer.draw(" ", at: line.origin, width: width + 2)
        context.drawKeys(bar, at: Point(column: line.column + 1, row: line.row), width: width, into: &buffer)
    }

    /// Where there is no line for it, what the program has to say stands in the border above the keys, so that they stay in sight; where
    /// something lies over that, in place of the keys.
    private static func noticePlace(_ context: ViewContext) -> Rect {
        let hints = context.layout.hints
        if let notice = context.layout.notice { return notice }
        guard context.state.overlay == nil else { return hints }
        return Rect(column: hints.column + 1, row: hints.row - 1, columns: hints.columns - 2, rows: 1)
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
        let text = "\(mark) \(notice.text)"
        let room = line.columns - 2
        // No wider than it is, for it may stand in a border.
        let width = min(room, TextWidth.columns(of: text, limit: room, ascii: glyphs.isASCII))
        buffer.draw(" ", at: line.origin, width: width + 2)
        buffer.draw(
            text, at: Point(column: line.column + 1, row: line.row), width: width,
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
        context.drawKeys(
            [
                Span(bar, context.theme.info), Span(rest, context.theme.faint),
                Span(" \(searched * 100 / total) % of \(search.progress.total)  ", context.theme.info),
                Span("esc", context.theme.key), Span(" stops  looking for \(search.text)", context.theme.text),
            ], at: Point(column: line.column + 1, row: line.row), width: line.columns - 1, into: &buffer)
    }

    private static let progressColumns = 20

    /// The keys that are there on every screen, whatever else has no room.
    private static let always: [Action] = [.palette, .help, .quit]
    /// Columns of the narrowest line that has room for all of those.
    private static let alwaysWidth = 60

    private static func drawHints(_ context: ViewContext, in line: Rect, into buffer: inout ScreenBuffer) {
        guard context.state.overlay == nil else {
            // The keys of panes do nothing now; what lies over them names its own, and this one is there for all of them.
            return KeyHints.draw(
                [("esc", "leave")], context,
                in: Rect(column: line.column + 1, row: line.row, columns: line.columns - 1, rows: 1), into: &buffer)
        }
        let kept = line.columns < alwaysWidth ? always.filter { $0 != .palette } : always
        let most = keys(of: hints(context.state, isOnePane: context.layout.showsOnePane), context)
        let last = keys(of: kept.map { ($0, $0.brief) }, context)
        let width = min(KeyHints.width(of: last), line.columns - 1)
        let split = line.column + line.columns - width
        KeyHints.draw(
            most, context, in: Rect(column: line.column + 1, row: line.row, columns: line.columns - width - 3, rows: 1),
            into: &buffer)
        KeyHints.draw(last, context, in: Rect(column: split, row: line.row, columns: width, rows: 1), into: &buffer)
    }

    private static func keys(of hints: [(Action, String)], _ context: ViewContext) -> [(key: String, label: String)] {
        hints.compactMap { action, label in context.keymap.hint(for: action).map { (key: $0, label: label) } }
    }

    /// What can be done now: what steers a call that goes on, then what the pane has keys for, then the rest.
    /// - Parameter isOnePane: Whether the others are out of sight, so that the way to them matters most.
    private static func hints(_ state: State, isOnePane: Bool) -> [(Action, String)] {
        let rest: [Action] = [.run, .chooseKind, .chooseServer, .send, .nextPane, .history, .wire, .zoomIn]
        let own = state.focus.actions
        let actions = isOnePane ? own.prefix(1) + [.nextPane] + own.dropFirst() + rest : own + rest
        var shown = Set(always)
        return (steering(state, isOnePane: isOnePane) + actions.map { ($0, label(of: $0, state)) }).filter {
            shown.insert($0.0).inserted
        }
    }

    private static func label(of action: Action, _ state: State) -> String {
        switch action {
        case .wire where state.wire.isOpen: "close wire"
        case .holdWire where state.wire.isHeld: "let go"
        default: action.brief
        }
    }

    /// - Parameter isOnePane: Whether there is little room: the way out comes first then.
    private static func steering(_ state: State, isOnePane: Bool) -> [(Action, String)] {
        guard let call = state.call, call.isLive else {
            return state.call?.recorded == nil ? [] : [(.runAgain, Action.runAgain.brief)]
        }
        var hints: [(Action, String)] = call.progress.retry == nil ? [] : [(.runAgain, "retry now")]
        if call.takesMessages { hints.append((.send, Action.send.brief)) }
        if call.kind.streamsRequests, !call.progress.sendStatus.isClosed, !call.isHalfCloseAsked {
            hints.append((.halfClose, Action.halfClose.brief))
        }
        hints.insert((.cancel, Action.cancel.brief), at: isOnePane ? 0 : hints.endIndex)
        hints += [(.pause, call.isPaused ? "go on" : Action.pause.brief)]
        if call.isPaused { hints.append((.step, Action.step.brief)) }
        return hints
    }
}
