import RPCCore
import TerminalUI
import WorkbenchModel

/// The messages of one direction of the call: the rows on screen, and no others, are read from the transcript.
enum MessagesView {
    static func titleDetails(_ direction: Direction, _ context: ViewContext) -> [String] {
        guard let call = context.state.call else { return [] }
        let progress = call.progress
        var details = [direction == .sent ? "\(progress.sent)" : "\(progress.answers)"]
        details += [context.state.matchText(in: direction)].compactMap(\.self)
        if direction == .received {
            if progress.refusals > 0 { details.append("\(progress.refusals) refused") }
            if progress.noise > 0 { details.append("\(progress.noise) \(StreamMessage.Role.endMarker)") }
        }
        let meter = direction == .sent ? progress.sentRate : progress.receivedRate
        if call.isLive {
            details.append("\(meter.rate(at: context.state.now))/s")
            if direction == .received, call.isPaused { details.append("paused") }
        } else if let average = (direction == .sent ? progress.sentSeries : progress.receivedSeries).average {
            details.append("average \(average)/s")
        }
        if direction == .received, let times = progress.timing.roundTrips {
            let guess = progress.timing.isGuess ? "\(Glyphs.unicode.guess) " : ""
            details.append("\(guess)p50 \(times.p50.intervalText) p99 \(times.p99.intervalText)")
        }
        if !context.state.position(of: direction.pane).isFollowing {
            let oldest = call.oldest(of: direction)
            details.append(oldest > 1 ? "scrolled, kept from \(oldest)" : "scrolled")
        }
        return details
    }

    static func draw(_ direction: Direction, _ context: ViewContext, in rect: Rect, into buffer: inout ScreenBuffer) {
        let list = ListView(direction.pane, context.state, in: rect)
        let rows = rows(direction, list.rows, context)
        guard !rows.isEmpty else {
            buffer.draw(
                placeholder(direction, context), at: rect.origin, width: rect.columns, style: context.theme.faint,
                overflow: .ellipsis)
            return
        }
        list.drawBar(of: direction.pane, context, into: &buffer)
        let messages = rows.map(\.message)
        let trailing = messages.map { self.trailing(direction, $0, context, glyphs: buffer.glyphs) }
        let chosen = context.state.columns(of: direction)
        let table = chosen.isEmpty ? nil : MessageColumns(chosen, messages, SummaryText(context))
        let summaries = SummaryText(context)
        let lines = messages.map { table == nil ? $0.line : MessageLine([]) }
        let layout = columns(
            direction, last: context.state.call?.count(of: direction) ?? 0, trailing: trailing.map(\.count).max() ?? 0,
            width: rect.columns)
        let isShort = rect.columns < wholeTimeWidth
        let room = layout.fit(rect.columns)[2].count
        table?.drawHead(
            at: layout.fit(rect.columns)[2], above: rect, of: direction.pane, context, into: &buffer)
        let highlight = Highlight([context.state.pattern, context.state.filters[direction]?.text ?? ""])
        for (index, ((row, message), trailing)) in zip(rows, trailing).enumerated() {
            let line = list.line(of: row)
            let summary = table?.text(ofRow: index) ?? summaries.text(of: lines[index], columns: room)
            let style = context.rowStyle(direction.pane, row: row, otherwise: style(of: message, context))
            buffer.drawRow(
                [
                    Self.time(
                        context.clockTime(direction == .sent ? context.sentTime(of: message) : message.time), isShort),
                    String(message.number), summary, trailing,
                ],
                layout: layout, in: line, style: style)
            highlight.mark(line, context.theme.match, in: &buffer)
        }
    }

    /// The messages that rows show, as far as they can be had without waiting. Where they are narrowed down, only some of them
    /// may be there.
    private static func rows(
        _ direction: Direction, _ rows: Range<Int>, _ context: ViewContext
    ) -> [(row: Int, message: StreamMessage)] {
        guard context.state.filters[direction] != nil else {
            let messages = context.transcript.messages(of: direction, in: rows.lowerBound + 1..<rows.upperBound + 1)
            return messages.map { ($0.number - 1, $0) }
        }
        return rows.compactMap { row in
            guard let number = context.state.number(ofRow: row, in: direction) else { return nil }
            return context.transcript.messages(of: direction, in: number..<number + 1).first.map { (row, $0) }
        }
    }

    /// Columns of the narrowest list whose times have their hour.
    private static let wholeTimeWidth = 36

    private static func time(_ text: String, _ isShort: Bool) -> String { isShort ? String(text.dropFirst(3)) : text }

    /// The columns of the table: the same for all messages of a list, whatever they say, so that times and numbers stand where they
    /// stood when others come into sight.
    /// - Parameter last: The last number of the list.
    private static func columns(_ direction: Direction, last: Int, trailing: Int, width: Int) -> TableLayout {
        let (time, number) = (width < wholeTimeWidth ? 9 : 12, max(3, String(last).count))
        // What a reply says has some room before the time that it took.
        let summary = direction == .received ? max(12, min(20, width - time - number - 2)) : 12
        var columns: [TableLayout.Column] = [
            .init(.fixed(time), priority: 8), .init(.fixed(number), alignment: .trailing, priority: 7),
            .init(.flexible(minimum: summary), priority: 9),
        ]
        if trailing > 0 {
            columns.append(.init(.fixed(trailing), alignment: .trailing, priority: direction == .sent ? 5 : 2))
        }
        return TableLayout(columns)
    }

    private static func placeholder(_ direction: Direction, _ context: ViewContext) -> String {
        guard let call = context.state.call else {
            let key = context.keymap.hint(for: .run) ?? "run"
            return direction == .sent ? "\(key) sends the requests" : "replies come here"
        }
        if let filter = context.state.filters[direction], filter.matches.count == 0 {
            return "nothing matches \(filter.text)"
        }
        if call.count(of: direction) > 0 { return "reading" }
        if call.isLive { return direction == .sent ? "nothing sent yet" : "no replies yet" }
        return direction == .sent ? "nothing was sent" : "no replies"
    }

    private static func style(of message: StreamMessage, _ context: ViewContext) -> Style {
        switch message.role {
        case .request, .response: context.theme.text
        case .rejection: context.theme.warning
        case .noise: context.theme.faint
        }
    }

    /// For a request the mark of its delivery; for a reply the time since the request that it answers.
    private static func trailing(
        _ direction: Direction, _ message: StreamMessage, _ context: ViewContext, glyphs: Glyphs
    ) -> String {
        switch direction {
        case .sent:
            guard let progress = context.state.call?.progress else { return "" }
            let again = progress.wasSentAgain(message.number) ? String(glyphs.again) : ""
            return switch progress.mark(ofRequest: message.number) {
            case .inFlight: String(glyphs.ellipsis)
            case .sentAgain: again
            case .answered: again + String(glyphs.success)
            case .likelyAnswered: again + String(glyphs.guess) + String(glyphs.success)
            case .unknown: again + String(glyphs.unknown)
            case .refused, .refusedAlone, .unprocessed: again + String(glyphs.failure)
            case .likelyRefused: again + String(glyphs.guess) + String(glyphs.failure)
            }
        case .received:
            guard let pair = context.pair(of: message), let roundTrip = roundTrip(of: message, pair, context) else {
                return ""
            }
            return "\(pair.isGuess ? String(glyphs.guess) : "")+\(roundTrip.intervalText)"
        }
    }

    /// The time from a request to its reply; `nil` where the request is not known, or kept no longer.
    static func roundTrip(of reply: StreamMessage, _ pair: AnswerPair, _ context: ViewContext) -> Duration? {
        let number = pair.request
        guard let request = context.transcript.messages(of: .sent, in: number..<number + 1).first else { return nil }
        let sent = context.sentTime(of: request)
        // What came before the request was sent again answers what was sent before.
        return reply.time - (sent <= reply.time ? sent : request.time)
    }
}
