import RPCCore
import TerminalUI
import WorkbenchModel

/// The first requests of a plan, with the times at which it sends them, and what comes after them.
extension PreviewState: OverlayView {
    func draw(_ context: ViewContext, into buffer: inout ScreenBuffer) {
        let theme = context.theme
        let screen = buffer.size
        let columns = min(72, screen.columns - 6)
        let items = preview?.requests ?? []
        let feet = feet(context).flatMap { foot in
            LineWrap.words(foot.text, columns: columns).map { Span($0, foot.style) }
        }
        let size = Size(columns: columns, rows: min(items.count + feet.count, screen.rows - 4))
        let rect = Dialogue.draw("Preview", "the first requests", size: size, context, into: &buffer)
        let foot = feet.prefix(max(1, rect.rows / 2))
        let times = items.map { "+\($0.time.millisecondsText)" }
        let layout = Self.layout(times: times.map(\.count).max() ?? 0)
        let list = ListView(
            items.count, around: selected,
            in: Rect(column: rect.column, row: rect.row, columns: rect.columns, rows: rect.rows - foot.count))
        for (row, line) in list.lines {
            let texts = items[row].request.value?.fields.map(\.text) ?? []
            buffer.drawRow(
                [String(row + 1), times[row], texts.first ?? "", StepText.rest(texts)], layout: layout,
                in: line, style: row == selected ? theme.selection : theme.text)
        }
        Dialogue.drawFoot(Array(foot), in: rect, at: list.rows.count, into: &buffer)
    }

    private static func layout(times: Int) -> TableLayout {
        TableLayout([
            .init(.fixed(2), alignment: .trailing, priority: 1),
            .init(.fixed(times), alignment: .trailing, priority: 2),
            .init(.flexible(minimum: 8), priority: 9), .init(.fixed(6), priority: 3),
        ])
    }

    private func feet(_ context: ViewContext) -> [Span] {
        let theme = context.theme
        let problem = problem.map { [Span("not to be run: \($0)", theme.failure)] } ?? []
        guard let made = preview else {
            return problem.isEmpty ? [Span("making the first requests", theme.faint)] : problem
        }
        let isEmpty = made.requests.isEmpty
        let ending =
            switch made.ending {
            case .complete: Span(isEmpty ? "nothing is sent" : "these are all", theme.faint)
            case .cut: Span("more follow", theme.faint)
            case .failed(let error): Span("\(error)", theme.failure)
            case .late: Span("making the \(isEmpty ? "first" : "next") request took too long", theme.warning)
            }
        let chance = Span("random: another run makes other messages, unless the plan has a seed", theme.faint)
        return [ending] + problem + (isByChance ? [chance] : [])
    }
}
