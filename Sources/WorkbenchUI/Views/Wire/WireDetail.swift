import RPCCore
import TerminalUI
import WorkbenchModel

/// All that there is to say of the chosen record of the wire.
enum WireDetail {
    static func titleDetails(_ context: ViewContext) -> [String] {
        record(context).map { [WireText($0).type] } ?? []
    }

    /// The lines, not yet wrapped.
    static func lines(_ context: ViewContext) -> [Span] {
        guard let record = record(context) else { return [Span("choose a row of the wire pane", context.theme.faint)] }
        let theme = context.theme
        let text = WireText(record)
        var facts = [context.wireTime(record.time)]
        if let direction = record.direction { facts.append(direction.rawValue) }
        if let connection = record.connection { facts.append("connection \(connection)") }
        if let stream = record.stream { facts.append("stream \(stream)") }
        if !text.length.isEmpty { facts.append(text.length) }
        if !text.flags.isEmpty { facts.append(text.flags) }
        let head = [
            Span("\(text.type)  \(text.content)", WireView.style(of: text, theme)),
            Span(facts.joined(separator: "   "), theme.faint),
        ]
        return head + details(of: record.fact, theme)
    }

    private static func record(_ context: ViewContext) -> WireRecord? {
        context.wire.record(atRow: context.state.wire.position.selected)
    }

    private static func details(of fact: WireFact, _ theme: Theme) -> [Span] {
        switch fact {
        case .frame(let frame): details(of: frame, theme)
        case .standing(let standing): details(of: standing, theme)
        case .request(_, _, let fields), .response(_, _, let fields): fields.map { field($0, size: nil, theme) }
        case .stallBegan(let stall, _), .stallEnded(let stall, _): [Span(advice(for: stall), theme.text)]
        case .data(let data):
            [Span("\(data.frames.counted("frame", "frames")), one after the other, \(data.bytes) B", theme.text)]
        case .queued:
            [Span("they wait for streams to end; more connections would carry more calls at once", theme.text)]
        default: []
        }
    }

    private static func details(of frame: WireFrame, _ theme: Theme) -> [Span] {
        switch frame.content {
        case .headers(let fields, _):
            fields.map { field($0, size: $0.name.utf8.count + $0.value.utf8.count + 32, theme) }
        case .settings(let settings): settings.map { Span("\($0.name) = \($0.value)", theme.text) }
        case .goAway(let code, let last, let text):
            [
                Span(WireText.text(ofCode: code), theme.text),
                Span(
                    "last stream \(last): what was begun after it was not processed, and can be sent again", theme.text),
            ] + (text.isEmpty ? [] : [Span(text, theme.text)])
        case .reset(let code): [Span(WireText.text(ofCode: code), theme.text)]
        case .none, .window: []
        }
    }

    private static func details(of standing: WireStanding, _ theme: Theme) -> [Span] {
        [
            Span("connection: may send \(standing.sendWindow) B, may receive \(standing.receiveWindow) B", theme.text),
            Span("the server's settings: \(WireText.text(of: standing.settings))", theme.text),
            Span("our settings: \(WireText.text(of: standing.ownSettings))", theme.text),
        ]
            + standing.streams.map { stream in
                Span(
                    "stream \(stream.id): may send \(stream.sendWindow) B, may receive \(stream.receiveWindow) B, "
                        + "\(stream.queued) B wait", stream.queued > 0 ? theme.warning : theme.text)
            }
    }

    /// A field, and what it counts for in SETTINGS_MAX_HEADER_LIST_SIZE.
    private static func field(_ field: MetadataEntry, size: Int?, _ theme: Theme) -> Span {
        Span("\(field.name): \(field.value)\(size.map { "   (\($0) B)" } ?? "")", theme.text)
    }

    private static func advice(for stall: WireStall) -> String {
        switch stall {
        case .streamWindow:
            "the server has not consumed what it was sent on this stream: look at what its handler waits for"
        case .connectionWindow:
            "the server has not consumed what it was sent on all streams together: one that is not read holds up the others"
        case .socket: "the network, or the server's machine, does not take what is written"
        }
    }
}
