import RPCCore
import Retry
import TerminalUI
import WorkbenchModel

/// The first line: which server, how it is, and what the next call will be like.
enum HeaderView {
    /// A piece of the line; what matters least leaves first where room is short.
    private struct Part {
        var spans: [Span]
        var importance: Int
        /// What a click on it does.
        var action: Action?

        init(_ importance: Int, _ spans: Span..., action: Action? = nil) {
            self.spans = spans
            self.importance = importance
            self.action = action
        }

        var columns: Int { spans.reduce(0) { $0 + TextWidth.columns(of: $1.text) } }
    }

    private static let gap = 2

    static func draw(_ context: ViewContext, into buffer: inout ScreenBuffer) {
        let line = context.layout.header
        var left = serverParts(context, buffer.glyphs)
        var right = callParts(context, buffer.glyphs)
        while columns(left) + columns(right) > line.columns, dropLeast(&left, &right) {}
        draw(left, at: 1, context, into: &buffer)
        draw(right, at: max(columns(left), line.columns - columns(right)) + 1, context, into: &buffer)
    }

    private static func draw(
        _ parts: [Part], at column: Int, _ context: ViewContext, into buffer: inout ScreenBuffer
    ) {
        var column = column
        for part in parts {
            buffer.draw(
                part.spans, at: Point(column: column, row: 0), width: buffer.size.columns - column,
                overflow: .ellipsis)
            if let action = part.action {
                context.clicks.add(Rect(column: column, columns: part.columns, rows: 1), .action(action))
            }
            column += part.columns + gap
        }
    }

    private static func columns(_ parts: [Part]) -> Int {
        parts.isEmpty ? 0 : 1 + parts.reduce(0) { $0 + $1.columns + gap }
    }

    private static func dropLeast(_ left: inout [Part], _ right: inout [Part]) -> Bool {
        guard left.count + right.count > 1 else { return false }
        let least = (left + right).map(\.importance).min() ?? 0
        left.removeAll { $0.importance == least }
        right.removeAll { $0.importance == least }
        return true
    }

    private static func serverParts(_ context: ViewContext, _ glyphs: Glyphs) -> [Part] {
        let theme = context.theme
        let server = context.state.server
        var parts = [Part(4, Span("greeter-tui", theme.title))]
        parts.append(
            Part(10, Span(server.address.map(\.description) ?? server.name, theme.text), action: .chooseServer))
        if server.isDemo { parts.append(Part(2, Span("demo", theme.faint))) }
        if let address = server.address {
            parts.append(Part(3, Span(address.scheme.dialect.rawValue, theme.faint), action: .switchTransport))
        }
        if server.isInsecure { parts.append(Part(9, Span(" INSECURE ", theme.failure.reverse))) }
        parts.append(Part(8, health(server.health, theme, glyphs), action: .checkHealth))
        let faults = context.state.orderedFaults.count
        if faults > 0 {
            parts.append(
                Part(9, Span("\(glyphs.warning) \(faults.counted("fault", "faults"))", theme.warning), action: .faults))
        }
        return parts
    }

    private static func health(_ health: ServerStatus.Health, _ theme: Theme, _ glyphs: Glyphs) -> Span {
        switch health {
        case .unknown: Span("\(glyphs.ring) not asked", theme.faint)
        case .checking: Span("\(glyphs.ring) asking", theme.info)
        case .healthy: Span("\(glyphs.bullet) healthy", theme.success)
        case .unreachable: Span("\(glyphs.failure) unreachable", theme.failure)
        }
    }

    /// `retry 4× full jitter`.
    private static func retry(_ policy: RetryPolicy, _ glyphs: Glyphs) -> String {
        guard policy.mode != .off, policy.maximumAttempts > 1 else { return "retry off" }
        let mode = policy.mode == .resume ? " resume" : ""
        return "retry \(policy.maximumAttempts)\(glyphs.times) \(policy.backoff.jitter.rawValue) jitter\(mode)"
    }

    /// Whose the call on screen is, where that is not what the rest of the line says.
    private static func origin(of state: State) -> String? {
        guard let call = state.call else { return nil }
        let server = call.server(otherThan: state.server).map { " to \($0.prefix(40))" }
        if let recorded = call.recorded { return "call \(recorded.id) of the history\(server.map { "," + $0 } ?? "")" }
        return server.map { "call\($0)" }
    }

    private static func callParts(_ context: ViewContext, _ glyphs: Glyphs) -> [Part] {
        let theme = context.theme
        let settings = context.state.settings
        let origin = origin(of: context.state).map { [Part(11, Span($0, theme.warning), action: .history)] } ?? []
        var parts =
            origin + [
                Part(
                    7,
                    Span(
                        "\(context.state.method?.ref.shortName ?? settings.kind.title) \(glyphs.expanded)", theme.title),
                    action: .chooseKind),
                Part(5, Span("deadline \(settings.deadline?.text ?? "none")", theme.text), action: .settings),
            ]
        parts.append(Part(3, Span(retry(settings.retry, glyphs), theme.text), action: .settings))
        if settings.holdsOpen { parts.append(Part(1, Span("held open", theme.text), action: .toggleHold)) }
        if let key = context.keymap.hint(for: .help) {
            parts.append(Part(6, Span(key, theme.key), Span(" help", theme.text), action: .help))
        }
        return parts
    }
}
