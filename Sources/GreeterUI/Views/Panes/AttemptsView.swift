import GreeterCore
import GreeterViewModel
import TerminalUI

/// How the call goes: the state of its two halves, and its attempts.
enum AttemptsView {
    static func titleDetails(_ context: ViewContext) -> [String] {
        guard let call = context.state.call else { return [] }
        let faults = call.faults.map(\.text).joined(separator: " ")
        return ["call \(call.id)", call.kind.title] + (faults.isEmpty ? [] : ["faults \(faults)"])
    }

    static func draw(_ context: ViewContext, in rect: Rect, into buffer: inout ScreenBuffer) {
        let (lines, newest) = content(context, glyphs: buffer.glyphs, columns: rect.columns)
        // The two halves stay in sight; the rest scrolls below them.
        guard let bar = lines.first, rect.rows > 0 else { return }
        buffer.draw(bar, at: rect.origin, width: rect.columns, overflow: .ellipsis)
        let rest = lines.dropFirst()
        let room = rect.rows - 1
        // Following shows the newest attempt from its first line on, and what is before it as far as there is room.
        let position = context.state.attempts
        let top = min(position.isFollowing ? newest : position.top, max(0, rest.count - room))
        for (line, spans) in rest.dropFirst(top).prefix(room).enumerated() {
            buffer.draw(
                spans, at: Point(column: rect.column, row: rect.row + 1 + line), width: rect.columns,
                overflow: .ellipsis)
        }
    }

    /// How many lines there are.
    static func count(_ context: ViewContext, columns: Int) -> Int {
        content(context, glyphs: .unicode, columns: columns).lines.count
    }

    /// The bar with the two halves, then a line or two for each attempt, then notices; and where, after the bar, the
    /// newest attempt begins.
    private static func content(
        _ context: ViewContext, glyphs: Glyphs, columns: Int
    ) -> (lines: [[Span]], newest: Int) {
        guard let call = context.state.call else {
            return ([[Span("no call yet", context.theme.faint)]], 0)
        }
        let attempts = call.progress.attempts.map { attempt in
            lines(of: attempt, call, context, glyphs).flatMap { LineWrap.wrap($0, columns: columns, indent: 4) }
        }
        let notices = call.progress.notices.map {
            [Span("  \(glyphs.pointer) ", context.theme.info), Span($0, context.theme.text)]
        }
        let below = attempts.joined() + notices.flatMap { LineWrap.wrap($0, columns: columns, indent: 4) }
        return ([bar(call, context, glyphs)] + below, attempts.dropLast().joined().count)
    }

    // MARK: The two halves

    private static func bar(_ call: CallState, _ context: ViewContext, _ glyphs: Glyphs) -> [Span] {
        let theme = context.theme
        let progress = call.progress
        var spans = [
            Span("\(glyphs.play) send ", theme.title),
            half(progress.sendHalf, word: call.kind.streamsRequests ? "half-closed" : "sent", theme),
            Span("   \(glyphs.playBack) receive ", theme.title), half(progress.receiveHalf, word: "closed", theme),
        ]
        if let outcome = progress.outcome {
            let isGood = outcome.error == nil
            spans.append(
                Span(
                    "   \(isGood ? glyphs.success : glyphs.failure) \(outcome.code.name)",
                    isGood ? theme.success : theme.failure))
        } else if call.isPaused {
            spans.append(Span("   \(glyphs.pause) paused", theme.warning))
        }
        if progress.resent > 0 { spans.append(Span("   \(glyphs.again) \(progress.resent) sent again", theme.warning)) }
        if let time = time(call, context) { spans.append(Span("   \(time)", theme.faint)) }
        return spans
    }

    private static func half(_ status: HalfStatus, word: String, _ theme: Theme) -> Span {
        switch status {
        case .opening: Span("opening", theme.info)
        case .open: Span("open", theme.success)
        case .closed(by: .client): Span("\(word) by you", theme.text)
        case .closed(by: .server): Span("\(word) by the server", theme.text)
        case .closed(by: .cancellation): Span("cancelled", theme.warning)
        case .closed(by: .failure): Span("cut off", theme.failure)
        }
    }

    /// How long the call has taken, and how long it may still take.
    private static func time(_ call: CallState, _ context: ViewContext) -> String? {
        guard let start = call.progress.attempts.first?.attempt.start else { return nil }
        if let outcome = call.progress.outcome { return Format.interval(outcome.time - start) }
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
        of attempt: AttemptProgress, _ call: CallState, _ context: ViewContext, _ glyphs: Glyphs
    ) -> [[Span]] {
        let theme = context.theme
        let number = Span("\(attempt.attempt.number) ", theme.faint)
        if let failure = attempt.failure {
            return [failureLine(number, failure, counts: "", theme, glyphs)]
                + (attempt.retry.map { [retryLine($0, call, context, glyphs)] } ?? [])
        }
        guard let outcome = attempt.outcome else {
            let where_ = attempt.connection.map { "open  \($0.transport)  \($0.route)" } ?? "connecting"
            return [[number, Span("\(glyphs.bullet) ", theme.success), Span(where_, theme.text)]]
        }
        let counts = "\(outcome.delivery.sent) sent, \(outcome.delivery.received) received"
        guard let error = outcome.error else {
            return [
                [
                    number, Span("\(glyphs.success) OK", theme.success),
                    Span("  \(outcome.rule)  \(counts)", theme.text),
                ]
            ]
        }
        let uncertain = outcome.delivery.uncertain > 0 ? ", \(outcome.delivery.uncertain) uncertain" : ""
        let first = failureLine(number, error, counts: "  (\(counts)\(uncertain))", theme, glyphs)
        return [first] + (error.advice.map { [[Span("    try: \($0)", theme.info)]] } ?? [])
    }

    private static func failureLine(
        _ number: Span, _ error: CallError, counts: String, _ theme: Theme, _ glyphs: Glyphs
    ) -> [Span] {
        [
            number, Span("\(glyphs.failure) \(error.code.name)", theme.failure),
            Span(" at \(error.origin.rawValue): \(error.cause)\(counts)", theme.text),
        ]
    }

    /// The wait before the next attempt: a countdown as long as it lasts, its length and formula in any case.
    private static func retryLine(
        _ retry: RetrySchedule, _ call: CallState, _ context: ViewContext, _ glyphs: Glyphs
    ) -> [Span] {
        let theme = context.theme
        let source = "\(Format.interval(retry.delay)) of at most \(Format.interval(retry.bound)): \(retry.formula)"
        guard call.progress.retry == retry else { return [Span("    waited \(source)", theme.faint)] }
        let left = max(.zero, retry.start - context.state.now)
        return [
            Span("    \(glyphs.again) attempt \(retry.attempt) of \(retry.maximumAttempts) in ", theme.text),
            Span(Format.tenths(left), theme.warning), Span("  \(source)   ", theme.faint),
            Span(context.keymap.hint(for: .runAgain) ?? "", theme.key), Span(" now  ", theme.text),
            Span(context.keymap.hint(for: .cancel) ?? "", theme.key), Span(" gives up   ", theme.text),
            Span("tokens \(retry.throttle)", theme.faint),
        ]
    }
}
