import TerminalUI
import WorkbenchModel

/// A form: its fields one below the other, each with what is wrong with it, and what may be written in the one that has the
/// focus.
extension Form: OverlayView {
    /// A row of the form: a field, a line of what is wrong with the field above, or something that is offered for it.
    private enum Row {
        case field(Int)
        case problem(String)
        case suggestion(Int)
    }

    /// A line below the rows.
    private struct FootLine {
        var text: String
        var style: KeyPath<Theme, Style>
        /// Whether keys are named in it, which can be clicked on.
        var namesKeys: Bool

        /// The lines of a text.
        static func lines(_ text: String, _ style: KeyPath<Theme, Style>, columns: Int) -> [FootLine] {
            let namesKeys = KeyHints.namesKeys(text)
            return LineWrap.words(text, columns: columns).map { FootLine(text: $0, style: style, namesKeys: namesKeys) }
        }

        func spans(_ theme: Theme) -> [Span] {
            let style = theme[keyPath: style]
            return namesKeys ? KeyHints.spans(of: text, style: style, key: theme.key) : [Span(text, style)]
        }
    }

    /// Where everything is.
    private struct Parts {
        var size: Size
        var rows: [Row]
        /// The columns of the labels.
        var labels: Int
        var list: ListView
        var foot: [FootLine]
    }

    private func parts(on screen: Size) -> Parts {
        let columns = min(72, screen.columns - 6)
        let labels = 1 + (fields.map(\.label.count).max() ?? 0)
        let rows = rows(columns: columns - labels)
        // The foot has room for the longest hint, so that the form stays where it is when another field is gone to.
        let feet = fields.map { foot(of: $0, columns: columns) }
        let longest = feet.map(\.count).max() ?? 0
        let size = Size(columns: columns, rows: min(rows.count + 1 + longest, screen.rows - 4))
        let place = Dialogue.place(of: size, on: screen)
        // Where not all fit, those around the one that has the focus are shown.
        let focused = rows.firstIndex { row in
            switch row {
            case .field(let field): field == focus && chosenSuggestion == nil
            case .suggestion(let index): index == chosenSuggestion
            case .problem: false
            }
        }
        let fits = rows.count + 1 + longest <= place.rows
        let own = fits ? feet[focus].count : min(feet[focus].count, max(1, place.rows / 2))
        let room = fits ? rows.count : max(1, place.rows - own)
        let rect = Rect(column: place.column, row: place.row, columns: place.columns, rows: room)
        return Parts(
            size: size, rows: rows, labels: labels, list: ListView(rows.count, around: focused ?? 0, in: rect),
            foot: Array(feet[focus].prefix(own)))
    }

    private func rows(columns: Int) -> [Row] {
        fields.enumerated().flatMap { index, field -> [Row] in
            let problem = field.problem.map { LineWrap.words($0, columns: columns - 2) } ?? []
            return [.field(index)] + problem.map { .problem($0) }
        } + suggestions.indices.map { .suggestion($0) }
    }

    /// What there is to say of a field: its choices, all of its hint, and what is to be known of the form.
    private func foot(of field: FieldInput, columns: Int) -> [FootLine] {
        let words = field.choices.map { $0.isEmpty ? "(nothing)" : $0 }.joined(separator: " | ")
        let choices = words.isEmpty ? [] : FootLine.lines("space, left, right: \(words)", \.text, columns: columns)
        return choices + FootLine.lines(field.hint, \.faint, columns: columns)
            + notes.flatMap { FootLine.lines($0, \.info, columns: columns) }
    }

    func draw(_ context: ViewContext, into buffer: inout ScreenBuffer) {
        let parts = parts(on: buffer.size)
        let place = Dialogue.draw(title, size: parts.size, context, into: &buffer)
        parts.list.drawMore(context, into: &buffer)
        for (row, line) in parts.list.lines {
            let rest = Rect(
                column: line.column + parts.labels, row: line.row, columns: line.columns - parts.labels, rows: 1)
            switch parts.rows[row] {
            case .field(let number): draw(number, context, label: line, text: rest, into: &buffer)
            case .problem(let problem):
                var isFirst = false
                if row > 0, case .field = parts.rows[row - 1] { isFirst = true }
                buffer.draw(
                    (isFirst ? "\(buffer.glyphs.failure) " : "  ") + problem, at: rest.origin, width: rest.columns,
                    style: context.theme.failure)
            case .suggestion(let index):
                context.clicks.add(rest, .messages([.itemClicked(index)]))
                draw(suggestions[index], index, context, in: rest, into: &buffer)
            }
        }
        for (number, line) in parts.foot.enumerated() {
            context.drawKeys(
                line.spans(context.theme), at: place.line(place.rows - parts.foot.count + number).origin,
                width: place.columns, into: &buffer)
        }
    }

    private func draw(
        _ suggestion: FormSuggestion, _ index: Int, _ context: ViewContext, in line: Rect,
        into buffer: inout ScreenBuffer
    ) {
        let isChosen = index == chosenSuggestion
        let style = isChosen ? context.theme.selection : context.theme.text
        let titles = min(suggestions.map { TextWidth.columns(of: $0.text) }.max() ?? 0, line.columns * 3 / 5)
        buffer.draw(suggestion.text, at: line.origin, width: titles, style: style, overflow: .ellipsis)
        let detail = Point(column: line.column + titles + 2, row: line.row)
        buffer.draw(
            suggestion.detail, at: detail, width: max(0, line.columns - titles - 2),
            style: isChosen ? style : context.theme.faint, overflow: .ellipsis)
    }

    private func draw(
        _ number: Int, _ context: ViewContext, label: Rect, text: Rect, into buffer: inout ScreenBuffer
    ) {
        let field = fields[number]
        let isFocused = number == focus
        let mark = field.problem == nil ? context.theme.faint : context.theme.failure
        buffer.draw(
            field.label, at: label.origin, width: text.column - label.column,
            style: isFocused ? context.theme.title : mark)
        // The field that is gone to by a click; a prompt has but one, and steps through what was entered before.
        if !isFocused, !isPrompt {
            context.clicks.add(
                Rect(column: label.column, row: label.row, columns: label.columns, rows: 1),
                .messages([.steppedInOverlay(by: number - focus)]))
        }
        let editor = isFocused && shows(number) ? context.editor.field : TextField(field.shownText)
        var text = text
        if isFocused, !field.choices.isEmpty {
            let glyphs = buffer.glyphs
            buffer.draw(String(glyphs.left), at: text.origin, width: 1, style: context.theme.key)
            let width = max(1, TextWidth.columns(of: editor.text)) + 1
            let end = Point(column: text.column + 2 + width, row: text.row)
            buffer.draw(String(glyphs.right), at: end, width: 1, style: context.theme.key)
            for (place, distance) in [(text.origin, -1), (end, 1)] {
                let arrow = Rect(column: place.column, row: place.row, columns: 1, rows: 1)
                context.clicks.add(arrow, .messages([.choiceStepped(by: distance)]))
            }
            text = Rect(column: text.column + 2, row: text.row, columns: min(width, text.columns - 2), rows: 1)
        }
        editor.draw(
            into: &buffer, rect: text, style: isFocused ? context.theme.text.underline : context.theme.text,
            isFocused: isFocused)
    }

    private var isChoice: Bool { !fields[focus].choices.isEmpty }

    func message(for key: KeyEvent, action: Action?, in state: State, _ editor: inout Editor) -> Message? {
        switch key {
        case KeyEvent(.tab), KeyEvent(.down): .steppedInOverlay(by: 1)
        case KeyEvent(.backTab), KeyEvent(.up): .steppedInOverlay(by: -1)
        case KeyEvent(.enter): .overlayAccepted
        case KeyEvent(.escape): .overlayDismissed
        case .control("o"): .plan(.fieldBrowsed)
        case .control("s") where canBeKept: .formKept
        case KeyEvent(.right) where isChoice, .character(" ") where isChoice: .choiceStepped(by: 1)
        case KeyEvent(.left) where isChoice: .choiceStepped(by: -1)
        default: editor.handle(key) ? .edited(editor.field.text) : nil
        }
    }
}
