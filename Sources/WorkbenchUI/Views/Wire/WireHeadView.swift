import RPCCore
import TerminalUI
import WorkbenchModel

/// What the wire comes to: windows as they are now, what stands still, and how well the frames are used.
enum WireHeadView {
    /// Rows that it has in a pane of so many.
    static func rows(inside rows: Int) -> Int {
        switch rows {
        case ..<5: 0
        case ..<8: 1
        case ..<11: 2
        default: 3
        }
    }

    /// Columns of a bar, on a narrow screen and on a wide one.
    private static func barColumns(_ context: ViewContext) -> Int { context.layout.wireHead.columns < 100 ? 6 : 12 }

    static func draw(_ context: ViewContext, in rect: Rect, into buffer: inout ScreenBuffer) {
        guard rect.rows > 0 else { return }
        let place = place(context)
        // What stands still comes first where there is one row only.
        let facts = facts(context, buffer.glyphs)
        let windows: [[Part]] = [.sent, .received].map { windowParts($0, place, context, buffer.glyphs) }
        let lines = rect.rows == 1 ? [facts] : rect.rows == 2 ? [windows[0], facts] : windows + [facts]
        for (row, parts) in lines.enumerated() { draw(parts, in: rect.line(row), into: &buffer) }
    }

    /// A piece of a line; those that come later leave first where room is short.
    private typealias Part = [Span]

    private static func draw(_ parts: [Part], in line: Rect, into buffer: inout ScreenBuffer) {
        var column = line.column
        let end = line.column + line.columns
        for part in parts {
            let width = part.reduce(0) { $0 + TextWidth.columns(of: $1.text) }
            guard column == line.column || column + width <= end else { break }
            column = buffer.draw(
                part, at: Point(column: column, row: line.row), width: end - column, overflow: .ellipsis)
            column += 3
        }
    }

    // MARK: Windows

    /// The stream whose windows are shown: that of the chosen row, and otherwise the one that was heard of last.
    private static func place(_ context: ViewContext) -> WireSummary.Place? {
        let wire = context.state.wire
        guard !wire.position.isFollowing, let record = context.wire.record(atRow: wire.position.selected),
            let connection = record.connection, let stream = record.stream
        else { return wire.summary.newest }
        return WireSummary.Place(connection: connection, stream: stream)
    }

    private static func windowParts(
        _ direction: Direction, _ place: WireSummary.Place?, _ context: ViewContext, _ glyphs: Glyphs
    ) -> [Part] {
        let (theme, summary) = (context.theme, context.state.wire.summary)
        let isSent = direction == .sent
        let lead = Span("\(isSent ? glyphs.play : glyphs.playBack) ", theme.faint)
        guard let place, let connection = summary.connections[place.connection], connection.hasWindows else {
            let isOpen = summary.connections.values.contains { !$0.hasWindows }
            return [[lead, Span(isOpen ? "no windows here: TCP alone holds back" : "no connection", theme.faint)]]
        }
        var parts: [Part] = []
        if let windows = summary.windows(of: place) {
            let window = isSent ? windows.send : windows.receive
            parts.append([lead] + bar("stream \(place.stream)", window, isSent: isSent, context, glyphs))
        } else {
            parts.append([lead, Span("stream \(place.stream) is over", theme.faint)])
        }
        let window = isSent ? connection.windows.send : connection.windows.receive
        parts.append(bar("connection", window, isSent: isSent, context, glyphs))
        return parts
    }

    /// `stream 1 ▕██████░░▏ 12 KiB of 64 KiB`.
    private static func bar(
        _ name: String, _ window: WireSummary.Window, isSent: Bool, _ context: ViewContext, _ glyphs: Glyphs
    ) -> Part {
        let (theme, barColumns) = (context.theme, barColumns(context))
        let size = max(1, window.size)
        let share = Double(max(0, window.now)) / Double(size)
        // A window that is not quite used up is not shown as if it were.
        let filled = window.now > 0 ? max(1, Int(clamping: (share * Double(barColumns)).rounded())) : 0
        let style = window.now <= 0 ? theme.warning : theme.info
        let full = String(repeating: glyphs.levels.last ?? "#", count: min(barColumns, filled))
        let rest = String(repeating: glyphs.separator, count: barColumns - min(barColumns, filled))
        let now =
            window.now <= 0
            ? (isSent ? "0: may send nothing" : "0: the server is held back") : WireText.size(window.now)
        return [
            Span("\(name) ", theme.text), Span(full, style), Span(rest, theme.faint),
            Span(
                window.size > 0 ? " \(now) of \(WireText.size(size))" : " \(now)",
                style == theme.warning ? theme.warning : theme.text),
        ]
    }

    // MARK: Facts

    private static func facts(_ context: ViewContext, _ glyphs: Glyphs) -> [Part] {
        let (theme, summary) = (context.theme, context.state.wire.summary)
        var parts: [Part] = []
        if let wait = summary.currentWait {
            let time = max(.zero, context.state.now - wait.since).countdownText
            let text =
                "\(glyphs.pause) stalled \(time): \(WireText.cause(of: wait.stall)) (stream \(wait.stream)), "
                + "\(WireText.size(wait.bytes)) wait"
            parts.append([Span(text, theme.warning.bold)])
        }
        let stalls = summary.stalls
        if stalls.count > 0 {
            let longest = "longest \(stalls.longest.intervalText)"
            let text =
                "\(stalls.count.counted("stall", "stalls")), \(stalls.total.intervalText) in all, \(longest)"
            parts.append([Span(text, theme.warning)])
        } else if summary.currentWait == nil, summary.connections.values.contains(where: \.hasWindows) {
            parts.append([Span("no stalls", theme.success)])
        }
        if let trip = summary.roundTrip { parts.append([Span("ping \(trip.intervalText)", theme.text)]) }
        parts += shares(summary, glyphs).map { [Span($0, theme.text)] }
        if summary.dropped > 0 { parts.append([Span("\(summary.dropped) records dropped", theme.warning)]) }
        return parts.isEmpty ? [[Span("nothing has travelled yet", theme.faint)]] : parts
    }

    /// How well frames and compression are used: `2.5 messages a frame ▶, 1 ◀`, `headers 3.3×`.
    private static func shares(_ summary: WireSummary, _ glyphs: Glyphs) -> [String] {
        var texts: [String] = []
        let perFrame = [(summary.sent, glyphs.play), (summary.received, glyphs.playBack)].compactMap { traffic, arrow in
            traffic.messagesPerFrame.map { "\(arrow) \($0.text(decimals: 1))" }
        }
        if !perFrame.isEmpty { texts.append("messages a frame \(perFrame.joined(separator: " "))") }
        let headers = summary.sent.headerBytes + summary.received.headerBytes
        let encoded = summary.sent.encodedHeaderBytes + summary.received.encodedHeaderBytes
        if let ratio = WireText.ratio(headers, encoded) {
            texts.append("headers \(headers) B as \(encoded) B (\(ratio))")
        }
        let plain = summary.sent.messageBytes + summary.received.messageBytes
        let packed = summary.sent.encodedMessageBytes + summary.received.encodedMessageBytes
        if packed > 0 {
            texts.append(
                plain == packed ? "messages uncompressed" : "messages \(WireText.ratio(plain, packed) ?? "") compressed"
            )
        }
        return texts
    }
}
