import GreeterCore
import GreeterViewModel
import TerminalUI

/// The messages of one half of the call: the rows on screen, and no others, are read from the transcript.
enum MessagesView {
    static func titleDetails(_ half: StreamHalf, _ context: ViewContext) -> [String] {
        guard let call = context.state.call else { return [] }
        let progress = call.progress
        var details = [half == .sent ? "\(progress.sent)" : "\(progress.answers)"]
        if half == .received {
            if progress.refusals > 0 { details.append("\(progress.refusals) refused") }
            if progress.markerEchoes > 0 { details.append("\(progress.markerEchoes) end marker") }
        }
        let meter = half == .sent ? progress.sentRate : progress.receivedRate
        if call.isLive {
            details.append("\(meter.rate(at: context.state.now))/s")
            if half == .received, call.isPaused { details.append("paused") }
        } else if let average = average(half, progress) {
            details.append("average \(average)/s")
        }
        if half == .received, let times = progress.timing.roundTrips {
            details.append("p50 \(Format.interval(times.p50)) p99 \(Format.interval(times.p99))")
        }
        if !context.position(of: half == .sent ? .sent : .received).isFollowing {
            let oldest = half == .sent ? call.oldestSent : call.oldestReceived
            details.append(oldest > 1 ? "scrolled, kept from \(oldest)" : "scrolled")
        }
        return details
    }

    /// Messages a second over the whole call; `nil` where there were too few to say.
    private static func average(_ half: StreamHalf, _ progress: CallProgress) -> Int? {
        let count = half == .sent ? progress.sent : progress.received
        guard count >= 100, let start = progress.attempts.first?.attempt.start, let end = progress.outcome?.time,
            end > start
        else { return nil }
        return Int(Double(count) / ((end - start) / .seconds(1)))
    }

    static func draw(_ half: StreamHalf, _ context: ViewContext, in rect: Rect, into buffer: inout ScreenBuffer) {
        let pane: Pane = half == .sent ? .sent : .received
        let top = context.position(of: pane).top
        let messages = context.transcript.messages(of: half, in: top + 1..<top + 1 + rect.rows)
        guard !messages.isEmpty else {
            buffer.draw(
                placeholder(half, context), at: rect.origin, width: rect.columns, style: context.theme.faint,
                overflow: .ellipsis)
            return
        }
        let trailing = messages.map { self.trailing(half, $0, context, glyphs: buffer.glyphs) }
        let layout = columns(
            half, messages, trailing: trailing.map(\.count).max() ?? 0, width: rect.columns)
        for (line, message) in messages.enumerated() {
            let style = context.rowStyle(pane, row: message.number - 1, otherwise: style(of: message, context))
            buffer.drawRow(
                [
                    context.clockTime(message.time), String(message.number), message.summary, trailing[line],
                ],
                layout: layout, in: rect.line(line), style: style)
            highlight(context, in: rect.line(line), into: &buffer)
        }
    }

    /// The columns of the table. The time makes room where a summary would not fit beside it.
    private static func columns(
        _ half: StreamHalf, _ messages: [StreamMessage], trailing: Int, width: Int
    ) -> TableLayout {
        let number = max(3, String(messages.last?.number ?? 0).count)
        let widest = messages.map { TextWidth.columns(of: $0.summary, limit: width) }.max() ?? 0
        let summary = max(16, min(widest, width - number - trailing - 2))
        var columns: [TableLayout.Column] = [
            .init(.fixed(12), priority: 1), .init(.fixed(number), alignment: .trailing, priority: 3),
            .init(.flexible(minimum: summary), priority: 9),
        ]
        if trailing > 0 {
            columns.append(.init(.fixed(trailing), alignment: .trailing, priority: half == .sent ? 5 : 2))
        }
        return TableLayout(columns)
    }

    private static func placeholder(_ half: StreamHalf, _ context: ViewContext) -> String {
        guard let call = context.state.call else {
            let key = context.keymap.hint(for: .run) ?? "run"
            return half == .sent ? "\(key) sends the requests" : "replies come here"
        }
        if context.transcript.count(of: half) > 0 { return "reading" }
        if call.isLive { return half == .sent ? "nothing sent yet" : "no replies yet" }
        return half == .sent ? "nothing was sent" : "no replies"
    }

    private static func style(of message: StreamMessage, _ context: ViewContext) -> Style {
        switch message.body {
        case .request, .reply: context.theme.text
        case .refusal: context.theme.warning
        case .markerEcho: context.theme.faint
        }
    }

    /// For a request the mark of its delivery; for a reply the time since the request that it answers.
    private static func trailing(
        _ half: StreamHalf, _ message: StreamMessage, _ context: ViewContext, glyphs: Glyphs
    ) -> String {
        switch half {
        case .sent:
            guard let progress = context.state.call?.progress else { return "" }
            return switch progress.mark(ofRequest: message.number) {
            case .inFlight: String(glyphs.ellipsis)
            case .sentAgain: String(glyphs.again)
            case .answered: (progress.wasSentAgain(message.number) ? String(glyphs.again) : "") + String(glyphs.success)
            case .unknown: String(glyphs.unknown)
            case .refused: String(glyphs.failure)
            }
        case .received:
            guard let roundTrip = roundTrip(of: message, context) else { return "" }
            return "+\(Format.interval(roundTrip))"
        }
    }

    /// The time from a request to its reply; `nil` where the request is not known, or kept no longer.
    static func roundTrip(of reply: StreamMessage, _ context: ViewContext) -> Duration? {
        guard let number = reply.answers,
            let request = context.transcript.messages(of: .sent, in: number..<number + 1).first
        else { return nil }
        return reply.time - request.time
    }

    /// Marks what was looked for.
    private static func highlight(_ context: ViewContext, in line: Rect, into buffer: inout ScreenBuffer) {
        let pattern = context.state.pattern.lowercased().map(String.init)
        guard !pattern.isEmpty else { return }
        let cells = line.columnRange.map { (column: $0, text: buffer[$0, line.row].text.lowercased()) }
            .filter { !$0.text.isEmpty }
        guard cells.count >= pattern.count else { return }
        for start in 0...(cells.count - pattern.count)
        where (0..<pattern.count).allSatisfy({ cells[start + $0].text == pattern[$0] }) {
            let first = cells[start].column
            let last = cells[start + pattern.count - 1].column
            buffer.restyle(Rect(column: first, row: line.row, columns: last - first + 1, rows: 1)) { _ in
                context.theme.match
            }
        }
    }
}
