import RPCCore
import TerminalUI
import WorkbenchModel

/// How the call goes: the state of its two directions, and its attempts.
enum AttemptsView {
    static func titleDetails(_ context: ViewContext) -> [String] {
        guard let call = context.state.call else { return [] }
        let faults = call.faults.map(\.text).joined(separator: " ")
        guard let entry = call.recorded else {
            let number = call.number.map { ["call \($0)"] } ?? []
            return number + [call.kind.title] + (faults.isEmpty ? [] : ["faults \(faults)"])
        }
        return ["call \(entry.id) of \(entry.started), from the history", entry.title, entry.server]
    }

    static func draw(_ context: ViewContext, in rect: Rect, into buffer: inout ScreenBuffer) {
        let (lines, newest) = content(context, glyphs: buffer.glyphs, columns: rect.columns)
        // The two directions stay in sight; the rest scrolls below them.
        guard let bar = lines.first, rect.rows > 0 else { return }
        context.drawKeys(bar, at: rect.origin, width: rect.columns, into: &buffer)
        let rest = lines.dropFirst()
        let room = rect.rows - 1
        // Following shows the newest attempt from its first line on, and what is before it as far as there is room.
        let position = context.state.attempts
        let top = min(position.isFollowing ? newest : position.top, max(0, rest.count - room))
        let below = Rect(column: rect.column, row: rect.row + 1, columns: rect.columns, rows: room)
        let list = ListView(from: top, of: 0..<rest.count, in: below)
        for (row, line) in list.lines {
            buffer.draw(rest[rest.startIndex + row], at: line.origin, width: line.columns, overflow: .ellipsis)
        }
        list.drawBar(of: .attempts, context, into: &buffer)
    }

    /// Everything in it, line by line.
    static func lines(_ context: ViewContext, columns: Int) -> [String] {
        content(context, glyphs: .unicode, columns: columns).lines.map { $0.map(\.text).joined() }
    }

    /// How many lines there are.
    static func count(_ context: ViewContext, columns: Int) -> Int {
        content(context, glyphs: .unicode, columns: columns).lines.count
    }

    /// The bar with the two directions, then a line or two for each attempt, then notices; and where, after the bar, the
    /// newest attempt begins.
    private static func content(
        _ context: ViewContext, glyphs: Glyphs, columns: Int
    ) -> (lines: [[Span]], newest: Int) {
        guard let call = context.state.call else {
            return ([[Span("no call yet", context.theme.faint)]], 0)
        }
        let attempts = call.progress.attempts.indices.map { index in
            lines(ofAttempt: index, call, context, glyphs).flatMap { LineWrap.wrap($0, columns: columns, indent: 4) }
        }
        let summary = call.progress.summary.map { [[Span("  \($0)", context.theme.text)]] } ?? []
        let notices = call.progress.notices.map {
            [Span("  \(glyphs.pointer) ", context.theme.info), Span($0, context.theme.text)]
        }
        let below =
            attempts.joined() + (summary + notices).flatMap { LineWrap.wrap($0, columns: columns, indent: 4) }
        return ([bar(call, context, glyphs)] + below, attempts.dropLast().joined().count)
    }

    // MARK: The two directions

    /// The two directions of the call on screen, on a line; `nil` where there is none.
    static func bar(_ context: ViewContext, _ glyphs: Glyphs) -> [Span]? {
        context.state.call.map { bar($0, context, glyphs) }
    }

    private static func bar(_ call: CallState, _ context: ViewContext, _ glyphs: Glyphs) -> [Span] {
        let theme = context.theme
        let progress = call.progress
        if let retry = progress.retry { return countdown(retry, call, context, glyphs) }
        var spans = [
            Span("\(glyphs.play) send ", theme.title),
            status(progress.sendStatus, word: call.kind.streamsRequests ? "half-closed" : "closed", theme),
            Span("   \(glyphs.playBack) receive ", theme.title), status(progress.receiveStatus, word: "closed", theme),
        ]
        if let outcome = progress.outcome {
            let isGood = outcome.error == nil
            spans.append(
                Span(
                    "   \(isGood ? glyphs.success : glyphs.failure) \(outcome.code.name)",
                    isGood ? theme.success : theme.failure))
        } else if let entry = call.recorded {
            spans.append(Span("   \(glyphs.unknown) \(entry.stage.rawValue)", theme.warning))
        } else if call.isPaused {
            spans.append(Span("   \(glyphs.pause) paused", theme.warning))
        }
        if progress.resent > 0 { spans.append(Span("   \(glyphs.again) \(progress.resent) sent again", theme.warning)) }
        if let time = time(call, context) { spans.append(Span("   \(time)", theme.faint)) }
        return spans
    }

    /// What stands in place of the directions while the next attempt is waited for, so that it can be seen in the smallest pane.
    private static func countdown(
        _ retry: RetrySchedule, _ call: CallState, _ context: ViewContext, _ glyphs: Glyphs
    ) -> [Span] {
        let theme = context.theme
        return [
            Span("\(glyphs.again) attempt \(retry.attempt) of \(retry.maximumAttempts) in ", theme.title),
            Span(max(.zero, retry.start - context.state.now).countdownText, theme.warning), Span("   ", theme.text),
            Span(context.keymap.hint(for: .runAgain) ?? "", theme.key), Span(" now  ", theme.text),
            Span(context.keymap.hint(for: .cancel) ?? "", theme.key), Span(" gives up", theme.text),
        ] + (time(call, context).map { [Span("   \($0)", theme.faint)] } ?? [])
    }

    private static func status(_ status: DirectionStatus, word: String, _ theme: Theme) -> Span {
        switch status {
        case .opening: Span("opening", theme.info)
        case .open: Span("open", theme.success)
        case .closed(by: .client): Span("\(word) by you", theme.text)
        case .closed(by: .server): Span("closed by the server", theme.text)
        case .closed(by: .cancellation): Span("cancelled", theme.warning)
        case .closed(by: .failure): Span("cut off", theme.failure)
        }
    }

    /// How long the call has taken, and how long it may still take.
    private static func time(_ call: CallState, _ context: ViewContext) -> String? {
        guard let start = call.progress.attempts.first?.attempt.start else { return nil }
        if let outcome = call.progress.outcome { return (outcome.time - start).intervalText }
        if let entry = call.recorded { return entry.lasted.intervalText }
        let elapsed = max(.zero, context.state.now - start)
        var text = elapsed < .seconds(1) ? "0s" : "\(elapsed.components.seconds)s"
        guard let deadline = call.options.deadline else { return text }
        switch call.options.deadlineStart {
        case .call: text += ", deadline in \(max(.zero, deadline - elapsed).components.seconds)s"
        case .halfClose: text += ", deadline \(deadline.text) from the half-close"
        }
        return text
    }

    // MARK: Attempts

    private static func lines(
        ofAttempt index: Int, _ call: CallState, _ context: ViewContext, _ glyphs: Glyphs
    ) -> [[Span]] {
        let theme = context.theme
        let attempt = call.progress.attempts[index]
        let number = Span("\(attempt.attempt.number) ", theme.faint)
        if let failure = attempt.failure {
            let counts = failure.delivery.sent > 0 ? "  (\(counts(failure.delivery)))" : ""
            return [failureLine(number, failure, counts: counts, theme, glyphs)]
                + (attempt.retry.map { [retryLine($0, after: index, call, context)] } ?? [])
        }
        guard let outcome = attempt.outcome else {
            let where_ = attempt.connection.map { "open  \($0.transport)  \($0.route)" } ?? attempt.waitingText
            guard call.isLive else {
                return [
                    [number, Span("\(glyphs.unknown) the record ends here: ", theme.warning), Span(where_, theme.text)]
                ]
            }
            return [[number, Span("\(glyphs.bullet) ", theme.success), Span(where_, theme.text)]]
        }
        let counts = counts(outcome.delivery)
        guard let error = outcome.error else {
            return [
                [
                    number, Span("\(glyphs.success) OK", theme.success),
                    Span("  \(outcome.rule)  \(counts)", theme.text),
                ]
            ]
        }
        let first = failureLine(number, error, counts: "  (\(counts))", theme, glyphs)
        return [first] + (error.advice.map { [[Span("    try: \($0)", theme.info)]] } ?? [])
    }

    private static func counts(_ delivery: Delivery) -> String {
        var counts = "\(delivery.sent) sent, \(delivery.received) received"
        // What is likely is taken from what nobody is sure of, so that the counts of requests add up.
        let likely = max(0, delivery.likely - delivery.answered)
        if likely > 0 { counts += ", \(delivery.answered) answered, \(likely) likely answered" }
        for text in delivery.settledTexts { counts += ", " + text }
        let uncertain = delivery.uncertain - likely
        if uncertain > 0 { counts += ", \(uncertain) uncertain" }
        if let unsent = delivery.unsent, unsent > 0 { counts += ", \(unsent) not sent" }
        return counts
    }

    private static func failureLine(
        _ number: Span, _ error: CallError, counts: String, _ theme: Theme, _ glyphs: Glyphs
    ) -> [Span] {
        [
            number, Span("\(glyphs.failure) \(error.code.name)", theme.failure),
            Span(" at \(error.origin.rawValue): \(error.cause)\(counts)", theme.text),
        ]
    }

    /// The wait before the next attempt: its length, the formula it came from, and how much retrying is still allowed.
    private static func retryLine(
        _ retry: RetrySchedule, after index: Int, _ call: CallState, _ context: ViewContext
    ) -> [Span] {
        let source = "\(retry.delay.intervalText) of at most \(retry.bound.intervalText): \(retry.formula)"
        let tokens = "   tokens \(retry.throttle)"
        return [Span("    \(wait(retry, after: index, call, context)) \(source)\(tokens)", context.theme.faint)]
    }

    /// How a wait goes or went: to its end, cut short by the user, or given up.
    private static func wait(_ retry: RetrySchedule, after index: Int, _ call: CallState, _ context: ViewContext)
        -> String
    {
        guard call.progress.attempts.indices.contains(index + 1) else {
            return call.isLive ? "waiting" : "given up while waiting"
        }
        let waited = call.progress.attempts[index + 1].attempt.start - (retry.start - retry.delay)
        if waited >= retry.delay { return "waited" }
        let key = context.keymap.hint(for: .runAgain) ?? "hand"
        return "waited \(max(.zero, waited).intervalText), cut short with \(key):"
    }
}
