import GreeterCore
import GreeterViewModel
import TerminalUI

/// The requests that are composed.
enum ComposeView {
    static func titleDetails(_ context: ViewContext) -> [String] {
        let rows = context.state.composer.rows.count
        guard let requests = context.state.composer.document.count else { return [Format.count(rows, "step", "steps")] }
        return [Format.count(requests, "request", "requests")]
            + (requests == rows ? [] : [Format.count(rows, "row", "rows")])
    }

    static func draw(_ context: ViewContext, in rect: Rect, into buffer: inout ScreenBuffer) {
        let composer = context.state.composer
        guard !composer.rows.isEmpty else {
            let key = context.keymap.hint(for: .addRequest) ?? "add"
            buffer.draw(
                "no requests: \(key) adds one", at: rect.origin, width: rect.columns, style: context.theme.faint)
            return
        }
        let visible = (composer.position.top..<composer.position.top + rect.rows).clamped(to: composer.rows.indices)
        let repetitions = visible.map { repetition(of: composer.rows[$0], glyphs: buffer.glyphs) }
        let layout = columns(repetitions: repetitions.map(\.count).max() ?? 0)
        for (line, index) in visible.enumerated() {
            let row = composer.rows[index]
            let mark = index == composer.selected ? String(buffer.glyphs.pointer) : ""
            buffer.drawRow(
                [
                    mark, String(index + 1), name(of: row), language(of: row), repetitions[line],
                ],
                layout: layout, in: rect.line(line),
                style: context.rowStyle(.compose, row: index, otherwise: context.theme.text))
        }
    }

    private static func columns(repetitions: Int) -> TableLayout {
        var columns: [TableLayout.Column] = [
            .init(.fixed(1), priority: 9), .init(.fixed(2), alignment: .trailing, priority: 2),
            .init(.flexible(minimum: 8), priority: 9), .init(.fixed(3), priority: 5),
        ]
        if repetitions > 0 { columns.append(.init(.fixed(repetitions), priority: 3)) }
        return TableLayout(columns)
    }

    private static func name(of step: PlanStep) -> String {
        switch step {
        case .request(let request): request.name.isEmpty ? "(no name)" : request.name
        case .repetition(let step): step.template.name.text
        case .pause, .records: step.summary
        }
    }

    private static func language(of step: PlanStep) -> String {
        switch step {
        case .request(let request): request.language ?? "-"
        case .repetition(let step): step.template.language?.text ?? "-"
        case .pause, .records: ""
        }
    }

    /// `×1000 @100ms`; empty for what is sent once.
    static func repetition(of step: PlanStep, glyphs: Glyphs) -> String {
        guard case .repetition(let step) = step else { return "" }
        let times = "\(glyphs.times)\(step.count.map(String.init) ?? "endless")"
        return times + (step.pacing.every.map { " @\($0.text)" } ?? "")
    }
}
