import RPCCore
import TerminalUI
import WorkbenchModel

/// Everything about the message that is chosen, or about the call.
enum DetailView {
    /// Characters of a message that are shown; a longer one says how much is left out.
    static let textLimit = 16_384

    static func titleDetails(_ context: ViewContext) -> [String] {
        if context.state.detailsWire { return WireDetail.titleDetails(context) }
        guard let (direction, message) = message(context) else { return [] }
        let view = context.state.messageView
        let title = view == .plain ? [] : ["as \(view.title(of: message.payload.encoding))"]
        return ["\(direction.rawValue) \(message.number)"] + title
    }

    static func draw(_ context: ViewContext, in rect: Rect, into buffer: inout ScreenBuffer) {
        let lines = lines(context, columns: rect.columns)
        let list = ListView(0..<lines.count, at: context.state.detail, in: rect)
        for (row, line) in list.lines {
            buffer.draw(lines[row].text, at: line.origin, width: line.columns, style: lines[row].style)
            if let click = lines[row].click {
                context.clicks.add(line, .messages([.clicked(.detail, row: nil), click]))
            }
        }
        list.drawBar(of: .detail, context, into: &buffer)
    }

    /// A line of the pane.
    struct Line {
        var text: String
        var style: Style
        /// Blanks before what of it goes on below.
        var indent = 0
        /// What a click on it does.
        var click: Message?
        /// Whether it is of JSON, laid out or as it travelled.
        var isJSON = false

        init(_ span: Span) { (text, style) = (span.text, span.style) }
    }

    static func lines(_ context: ViewContext, columns: Int) -> [Line] {
        if let detail = context.laidOut.detail, detail.columns == columns { return detail.lines }
        let lines =
            context.state.detailsWire
            ? WireDetail.lines(context).map { Line($0) }
            : (message(context).map { messageLines($0.message, $0.direction, context, columns: columns) } ?? [])
                + callLines(context).map { Line($0) }
        let wrapped = lines.flatMap { line in
            LineWrap.wrap([Span(line.text, line.style)], columns: columns, indent: min(line.indent, columns / 2)).map {
                var piece = line
                piece.text = $0.map(\.text).joined()
                return piece
            }
        }
        context.laidOut.detail = (columns, wrapped)
        return wrapped
    }

    /// Whether there is JSON that can be folded, in what was laid out last.
    static func folds(_ context: ViewContext) -> Bool { context.laidOut.detail?.lines.first?.isJSON ?? false }

    /// The message that is chosen, if one is: in the pane looked at last, else the result or the newest reply.
    private static func message(_ context: ViewContext) -> (direction: Direction, message: StreamMessage)? {
        let state = context.state
        if state.detailDirection == nil, state.focus == .attempts || state.call == nil { return nil }
        let direction = state.detailDirection ?? .received
        let result = state.detailDirection == nil ? state.call?.progress.outcome?.result : nil
        guard let number = result ?? state.selectedNumber(in: direction) else { return nil }
        return context.transcript.messages(of: direction, in: number..<number + 1).first.map { (direction, $0) }
    }

    // MARK: A message

    private static func messageLines(
        _ message: StreamMessage, _ direction: Direction, _ context: ViewContext, columns: Int
    ) -> [Line] {
        let theme = context.theme
        let time = direction == .sent ? context.sentTime(of: message) : message.time
        var facts = [context.clockTime(time), "\(message.form.rawValue) \(message.size) B"]
        if time != message.time { facts.append("first sent at \(context.clockTime(message.time))") }
        if let pair = context.pair(of: message) {
            let roundTrip =
                MessagesView.roundTrip(of: message, pair, context).map { " after \($0.intervalText)" } ?? ""
            let guess = pair.isGuess ? "\(Glyphs.unicode.guess) " : ""
            facts.append("\(guess)answers request \(pair.request)\(roundTrip)")
        }
        if case .noise(let label) = message.role { facts.append("answers the \(label), no request") }
        if direction == .sent { facts.append(word(for: message.number, context)) }
        if context.state.call?.progress.outcome?.result == message.number, direction == .received {
            facts.append("the result of the call")
        }
        if message.number > 1,
            let before = context.transcript.messages(of: direction, in: message.number - 1..<message.number).first
        {
            facts.append("gap \((message.time - before.time).intervalText)")
        }
        let text = text(of: message, context)
        let shown = text.prefix(textLimit)
        let isLaidOut = message.payload.encoding == .protobuf || context.state.messageView != .plain
        let parts = isLaidOut ? shown.split(separator: "\n", omittingEmptySubsequences: false) : [shown]
        let outline = outline(shown, of: message, context)
        var lines =
            outline.flatMap { Self.lines(of: $0, of: shown, message, direction, context, columns: columns) }
            ?? parts.map { Line(Span(String($0), theme.text)) }
        if outline != nil { lines[0].isJSON = true }
        if shown.endIndex < text.endIndex {
            lines.append(Line(Span("... cut after \(textLimit) characters", theme.warning)))
        }
        lines.append(Line(Span(facts.joined(separator: "   "), theme.faint)))
        if let doubt = doubt(about: message, direction, context) { lines.append(Line(Span(doubt, theme.warning))) }
        return lines
    }

    /// The JSON of a message; `nil` for what is none, or has nothing that can be laid out.
    private static func outline(
        _ text: Substring, of message: StreamMessage, _ context: ViewContext
    ) -> JSONOutline? {
        guard [.plain, .json, .allFields].contains(context.state.messageView),
            message.role == .request || message.role == .response, let outline = JSONOutline(text), !outline.isOneLine
        else { return nil }
        return outline
    }

    /// JSON a member a line, with a mark before what can be folded; `nil` for what was not folded and fits one line as it travelled, or
    /// fits the pane only that way.
    private static func lines(
        of outline: JSONOutline, of text: Substring, _ message: StreamMessage, _ direction: Direction,
        _ context: ViewContext, columns: Int
    ) -> [Line]? {
        let flipped = context.state.flippedLines(direction: direction, number: message.number)
        let levels = context.state.folding.levels
        let rows = outline.rows(levels: levels, flipped: flipped)
        let room = context.layout.content(of: .detail).rows
        let isFolded = levels != nil || !flipped.isEmpty
        let isOneLine = !text.utf8.contains(UInt8(ascii: "\n"))
        let fits = text.utf8.count <= columns || rows.count > room && text.utf8.count < columns * room
        if !isFolded, isOneLine, fits { return nil }
        let glyphs = Glyphs.unicode
        return rows.map { row in
            let mark = row.fold.map { $0.isClosed ? glyphs.pointer : glyphs.expanded } ?? " "
            var line = Line(
                Span("\(mark) \(String(repeating: " ", count: row.indent))\(row.text)", context.theme.text))
            line.indent = row.indent + 4
            line.click = row.fold.map { .foldToggled(line: $0.line, direction, number: message.number) }
            return line
        }
    }

    /// The message in the view that was chosen; a message of many fields has no line that says it all.
    private static func text(of message: StreamMessage, _ context: ViewContext) -> String {
        let view = context.state.messageView
        return message.text(in: view) ?? "there is no view of it as \(view.rawValue)"
    }

    /// Why a pair is a guess, or there is none; `nil` where the pair is proven, or there is none to be expected.
    private static func doubt(about message: StreamMessage, _ direction: Direction, _ context: ViewContext) -> String? {
        guard direction == .received, let progress = context.state.call?.progress else { return nil }
        let rule = progress.pairings.rule(forReply: message.number)
        if let contradiction = rule.contradiction {
            return "nobody can say which request it answers: \(contradiction)"
        }
        let pair = context.pair(of: message)
        if let correlation = rule.correlation, pair == nil, message.role == .response {
            return "answers no request: its \(correlation.reply) is that of none, or of several"
        }
        guard pair?.isGuess == true else { return nil }
        return message.place == nil ? "a guess: the version that recorded the call did not prove pairs" : rule.doubt
    }

    private static func word(for number: Int, _ context: ViewContext) -> String {
        let again = context.state.call?.progress.wasSentAgain(number) == true
        return switch context.state.call?.progress.mark(ofRequest: number) {
        case .answered:
            again
                ? "answered; sent more than once, may have been delivered twice" : "answered"
        case .sentAgain: "sent again; may have been delivered twice"
        case .unknown: "unknown: it may have been delivered"
        case .likelyAnswered: "answered as far as replies can be counted: a guess"
        case .refused, .refusedAlone: "refused by the server"
        case .unprocessed: "not processed: the server has certainly not taken it"
        case .likelyRefused: "refused by the server as far as replies can be counted: a guess"
        case .inFlight, nil: "in flight"
        }
    }

    // MARK: The call

    private static func callLines(_ context: ViewContext) -> [Span] {
        let theme = context.theme
        guard let call = context.state.call else { return welcome(context) }
        var lines: [Span] = []
        if let outcome = call.progress.outcome {
            lines.append(Span("the call ended: \(outcome.rule)", theme.text))
            if let error = outcome.error {
                lines.append(Span(error.description, theme.failure))
                lines += (error.undecoded?.lines ?? []).map { Span($0, theme.text) }
                lines += error.saidByServer.map { Span($0, theme.text) }
                if let advice = error.advice { lines.append(Span("try: \(advice)", theme.info)) }
            }
        }
        lines += TimingText.lines(call.progress).map { Span($0, theme.text) }
        let attempts = call.progress.attempts.count
        let count = attempts > 1 ? " of \(attempts)" : ""
        // The newest first: it is the one that the messages on screen are of, as a rule.
        for attempt in call.progress.attempts.reversed() {
            guard let connection = attempt.connection else { continue }
            let subprotocol = connection.subprotocol.map { ", subprotocol \($0)" } ?? ""
            lines.append(
                Span(
                    "attempt \(attempt.attempt.number)\(count): \(connection.transport) \(connection.route)\(subprotocol)",
                    theme.text))
            lines += connection.metadata.map { Span("  \($0)", theme.faint) }
        }
        lines += (call.progress.outcome?.trailers ?? []).map { Span("  trailer \($0)", theme.faint) }
        guard lines.isEmpty else { return lines }
        return [Span(call.progress.attempts.last?.waitingText ?? "connecting", theme.faint)]
    }

    /// The chosen step and what holds for the plan, in words.
    private static func welcome(_ context: ViewContext) -> [Span] {
        let composer = context.state.composer
        let step =
            composer.selection.map {
                StepText.lines(of: $0, context.state.requestFields, context.state.method?.schema.input)
            } ?? []
        return step.map { Span($0, context.theme.text) }
            + StepText.lines(of: composer.document).map { Span($0, context.theme.faint) }
    }
}
