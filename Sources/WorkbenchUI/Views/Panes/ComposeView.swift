import Plans
import RPCCore
import TerminalUI
import WorkbenchModel

/// The plan that is composed.
enum ComposeView {
    /// Stands after the name of what holds the plan, where that does not hold it as it is.
    private static let unsavedMark = "*"

    /// The name of the pane, with the mark where no file has anything of the plan.
    static func title(_ context: ViewContext) -> String {
        let composer = context.state.composer
        return Pane.compose.title + (composer.place == nil && composer.hasUnsavedChanges ? unsavedMark : "")
    }

    /// The file of the plan, and how much is sent.
    static func titleDetails(_ context: ViewContext) -> [String] {
        let composer = context.state.composer
        let file = composer.place.map { [$0.name + (composer.hasUnsavedChanges ? unsavedMark : "")] } ?? []
        let steps = composer.rows.count.counted("step", "steps")
        guard let requests = composer.document.count else { return file + [steps] }
        return file + [requests.counted("request", "requests")] + (requests == composer.rows.count ? [] : [steps])
    }

    static func draw(_ context: ViewContext, in rect: Rect, into buffer: inout ScreenBuffer) {
        let composer = context.state.composer
        guard !composer.rows.isEmpty else {
            let key = context.keymap.hint(for: .addRequest) ?? "add"
            buffer.draw(
                "no requests: \(key) adds one", at: rect.origin, width: rect.columns, style: context.theme.faint)
            return
        }
        let list = ListView(.compose, context.state, in: rect)
        list.drawBar(of: .compose, context, into: &buffer)
        let glyphs = buffer.glyphs
        let rows = list.rows.map { Row(of: composer.rows[$0], context.state.method?.schema.input, glyphs: glyphs) }
        let width = rect.columns
        let number = max(2, String(composer.rows.count).count)
        // As wide as the widest in sight, within limits; the rest is for what is sent.
        let rest = min(max(3, rows.map { TextWidth.columns(of: $0.rest, limit: width) }.max() ?? 0), width / 4)
        let pace = min(rows.map { TextWidth.columns(of: $0.pace, limit: width) }.max() ?? 0, width * 2 / 5)
        for ((index, line), row) in zip(list.lines, rows) {
            let mark = index == composer.selected ? String(glyphs.pointer) : ""
            var texts = [mark, String(index + 1), row.content]
            var columns: [TableLayout.Column] = [
                .init(.fixed(1), priority: 9), .init(.fixed(number), alignment: .trailing, priority: 8),
                .init(.flexible(minimum: 8), priority: 9),
            ]
            // What has no other fields has no columns to keep to: what is sent has the room.
            if !row.rest.isEmpty {
                texts.append(row.rest)
                columns.append(.init(.fixed(rest), priority: 5))
            }
            let own = row.rest.isEmpty ? min(pace, TextWidth.columns(of: row.pace, limit: width)) : pace
            if own > 0 {
                texts.append(row.pace)
                columns.append(.init(.fixed(own), priority: 3))
            }
            buffer.drawRow(
                texts, layout: TableLayout(columns), in: line,
                style: context.rowStyle(.compose, row: index, otherwise: context.theme.text))
        }
    }

    /// A step as it stands in the list.
    private struct Row {
        var content: String
        var rest: String
        var pace: String

        /// - Parameter message: What requests are, where they are not the usual ones.
        init(of step: PlanStep, _ message: (any MessageCodec)?, glyphs: Glyphs) {
            if let message, let request = step.template.map(\.written) {
                (content, rest) = (message.summary(of: request), "")
            } else {
                content = StepText.content(of: step)
                rest = StepText.rest(of: step)
            }
            pace = StepText.pace(of: step, glyphs: glyphs)
        }
    }
}
