import RPCCore
import TerminalUI
import WorkbenchModel

/// What has travelled: the rows on screen, and no others, are put into words.
enum WireView {
    static func titleDetails(_ context: ViewContext) -> [String] {
        let wire = context.state.wire
        var details = [wire.summary.records.counted("record", "records")]
        if !wire.filter.isEmpty { details.append("\(wire.rows.upperBound) match \(wire.filter)") }
        if wire.summary.dropped > 0 { details.append("\(wire.summary.dropped) more were too many") }
        if wire.isHeld { details.append("held") }
        if !wire.position.isFollowing { details.append("scrolled") }
        return details
    }

    static func draw(_ context: ViewContext, in rect: Rect, into buffer: inout ScreenBuffer) {
        let wire = context.state.wire
        WireHeadView.draw(context, in: context.layout.wireHead, into: &buffer)
        guard !wire.rows.isEmpty else {
            buffer.draw(
                placeholder(context), at: rect.origin, width: rect.columns, style: context.theme.faint,
                overflow: .ellipsis)
            return
        }
        let list = ListView(.wire, context.state, in: rect)
        list.drawBar(of: .wire, context, into: &buffer)
        let rows = list.rows.compactMap { row in
            context.wire.record(atRow: row).map { (row: row, record: $0, text: WireText($0)) }
        }
        let layout = columns(rows.map(\.text), width: rect.columns)
        let highlight = Highlight([context.state.pattern, wire.filter])
        for (row, record, text) in rows {
            let line = list.line(of: row)
            let style = context.rowStyle(.wire, row: row, otherwise: style(of: text, context.theme))
            buffer.drawRow(
                [
                    context.wireTime(record.time), gap(before: row, record, context), mark(record, text, buffer.glyphs),
                    text.type, text.stream, text.length, text.flags, text.content,
                ], layout: layout, in: line, style: style)
            highlight.mark(line, context.theme.match, in: &buffer)
        }
    }

    /// The time since the record before, where it says something.
    private static func gap(before row: Int, _ record: WireRecord, _ context: ViewContext) -> String {
        guard let before = context.wire.recordBefore(row: row), record.time > before.time else { return "" }
        return "+\((record.time - before.time).intervalText)"
    }

    /// The direction; of what stands still a mark of its own, for eyes without colour.
    private static func mark(_ record: WireRecord, _ text: WireText, _ glyphs: Glyphs) -> String {
        switch record.fact {
        case .stallBegan, .stallEnded, .queued: return String(glyphs.pause)
        default: break
        }
        return switch record.direction {
        case .sent: String(glyphs.play)
        case .received: String(glyphs.playBack)
        case nil: String(glyphs.separator)
        }
    }

    static func style(of text: WireText, _ theme: Theme) -> Style {
        switch text.weight {
        case .usual: theme.text
        case .minor: theme.faint
        case .stall: theme.warning
        case .failure: theme.failure
        }
    }

    /// Each column as wide as the widest text in sight; what it says has the rest.
    private static func columns(_ texts: [WireText], width: Int) -> TableLayout {
        func widest(_ part: (WireText) -> String, least: Int, most: Int) -> Int {
            min(most, max(least, texts.map { TextWidth.columns(of: part($0), limit: most) }.max() ?? 0))
        }
        let stream = widest(\.stream, least: 0, most: 6)
        let flags = widest(\.flags, least: 0, most: 22)
        var columns: [TableLayout.Column] = [
            .init(.fixed(12), priority: 8), .init(.fixed(7), alignment: .trailing, priority: 2),
            .init(.fixed(1), priority: 9), .init(.fixed(widest(\.type, least: 7, most: 13)), priority: 9),
            .init(.fixed(stream), priority: stream > 0 ? 7 : 0),
            .init(.fixed(widest(\.length, least: 5, most: 9)), alignment: .trailing, priority: 6),
            .init(.fixed(flags), priority: flags > 0 ? 1 : 0), .init(.flexible(minimum: 30), priority: 9),
        ]
        // On the narrowest screens what it says is cut, and not left out.
        if width < 70 { columns[7].extent = .flexible(minimum: 8) }
        return TableLayout(columns)
    }

    private static func placeholder(_ context: ViewContext) -> String {
        if !context.state.wire.filter.isEmpty { return "nothing matches \(context.state.wire.filter)" }
        let key = context.keymap.hint(for: .run) ?? "run"
        return "nothing has travelled since the pane was opened; \(key) runs the plan"
    }
}

extension ViewContext {
    /// The time of day of a moment on the wire: `12:00:01.123`.
    func wireTime(_ time: Duration) -> String {
        guard let beginning = wire.beginning else { return "" }
        return TimeOfDay.text(of: beginning.wallTime, after: time - beginning.time, in: timeZone)
    }
}
