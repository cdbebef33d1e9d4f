import TerminalUI
import WorkbenchModel

/// The form of a message: its rows, what is to be said of the chosen one, and the keys; or its JSON.
extension MessageEditor: OverlayView {
    func draw(_ context: ViewContext, into buffer: inout ScreenBuffer) {
        let place = Dialogue.draw(title, messageName, size: size(on: buffer.size), context, into: &buffer)
        let body = body(of: place)
        if case .text(let text) = formMode {
            draw(text, context, in: body, into: &buffer)
        } else {
            drawRows(context, in: body, into: &buffer)
        }
        drawFoot(context, in: place, into: &buffer)
    }

    // MARK: The place

    /// Lines below the rows: what there is to say, and the keys.
    static let footRows = 2

    private func body(of place: Rect) -> Rect {
        Rect(
            column: place.column, row: place.row, columns: place.columns,
            rows: max(1, place.rows - Self.footRows + 1 - said.lines(in: place).count))
    }

    private func size(on screen: Size) -> Size {
        let room = Size(columns: max(1, min(116, screen.columns - 6)), rows: max(1, screen.rows - 4))
        if case .text = formMode { return room }
        return Size(columns: room.columns, rows: min(room.rows, max(10, count + Self.footRows + 1)))
    }

    private func list(in place: Rect) -> ListView { ListView(count, around: selected, in: place) }

    // MARK: Rows

    /// How wide the parts of a row are.
    private struct Columns {
        var label: Int
        var type: Int
        var value: Int

        init(_ lines: [FormLine], in width: Int) {
            let labels = lines.map { 2 * $0.depth + 3 + $0.label.count }.max() ?? 0
            label = min(max(12, labels), width * 2 / 5)
            type = width < 60 ? 0 : min(lines.map(\.type.count).max() ?? 0, width / 4)
            value = label + 1 + type + (type > 0 ? 1 : 0)
        }
    }

    private func drawRows(_ context: ViewContext, in place: Rect, into buffer: inout ScreenBuffer) {
        let view = list(in: place)
        let lines = view.rows.map { line($0) }
        let columns = Columns(lines, in: place.columns)
        if formMode == .rows { view.takeClicks(context) }
        for (line, (row, rect)) in zip(lines, view.lines) {
            if formMode == .rows { takeClicks(onMarkOf: row, columns, in: rect, context) }
            draw(line, isChosen: row == selected, columns, context, in: rect, into: &buffer)
        }
        view.drawMore(context, into: &buffer)
    }

    /// The mark before a value is clicked on to set the field, or to take its value away, as the space bar does.
    private func takeClicks(onMarkOf row: Int, _ columns: Columns, in rect: Rect, _ context: ViewContext) {
        let place = Rect(column: rect.column + columns.value - 1, row: rect.row, columns: 2, rows: 1)
        context.clicks.add(place, .messages((row == selected ? [] : [.itemClicked(row)]) + [.form(.toggle)]))
    }

    private func draw(
        _ line: FormLine, isChosen: Bool, _ columns: Columns, _ context: ViewContext, in rect: Rect,
        into buffer: inout ScreenBuffer
    ) {
        let (theme, glyphs) = (context.theme, buffer.glyphs)
        let usual = line.problem != nil ? theme.failure : line.isFaint ? theme.faint : theme.text
        let style = isChosen ? theme.selection : usual
        buffer.fill(rect, style: isChosen && formMode == .rows ? style : .plain)
        let field = isChosen ? formMode : .rows
        let rowStyle = formMode == .rows ? style : usual
        func part(_ start: Int, _ width: Int) -> (Point, Int) {
            (Point(column: rect.column + start, row: rect.row), max(0, min(width, rect.columns - start)))
        }
        let pointer = line.isOpen.map { String($0 ? glyphs.expanded : glyphs.pointer) } ?? " "
        // As far as there is room for the name, and half of it in any case.
        let indent = min(2 * line.depth, max(columns.label / 2, columns.label - 3 - line.label.count))
        let (labelPlace, labelWidth) = part(indent, columns.label - indent)
        buffer.draw("\(pointer) \(line.label)", at: labelPlace, width: labelWidth, style: rowStyle, overflow: .ellipsis)
        if columns.type > 0 {
            let (place, width) = part(columns.label, columns.type)
            let typeStyle = isChosen && formMode == .rows ? style : theme.faint
            buffer.draw(line.type, at: place, width: width, style: typeStyle, overflow: .ellipsis)
        }
        let (markPlace, _) = part(columns.value - 1, 1)
        buffer.draw(mark(of: line, glyphs), at: markPlace, width: 1, style: rowStyle)
        let (valuePlace, valueWidth) = part(columns.value + 1, rect.columns)
        if case .editing(let isKey) = field {
            let place =
                isKey
                ? Rect(column: labelPlace.column + 2, row: rect.row, columns: labelWidth - 2, rows: 1)
                : Rect(column: valuePlace.column, row: rect.row, columns: valueWidth, rows: 1)
            buffer.fill(place)
            context.editor.field.draw(into: &buffer, rect: place, style: theme.text.underline, isFocused: true)
        } else {
            buffer.draw(line.value, at: valuePlace, width: valueWidth, style: rowStyle, overflow: .ellipsis)
        }
    }

    private func mark(of line: FormLine, _ glyphs: Glyphs) -> String {
        if line.problem != nil { return String(glyphs.failure) }
        switch line.mark {
        case .none: return ""
        case .unset: return String(glyphs.separator)
        case .set: return "="
        case .required: return "!"
        }
    }

    // MARK: JSON

    private func draw(_ text: EditedText, _ context: ViewContext, in place: Rect, into buffer: inout ScreenBuffer) {
        let gutter = String(text.lines.count).count + 1
        let width = max(1, place.columns - gutter)
        let isASCII = buffer.glyphs.isASCII
        let before = String(text.lines[text.line].prefix(text.column))
        let position = TextWidth.columns(of: before, ascii: isASCII)
        let hidden = max(0, position - width + 1)
        let fault = textFault
        let list = ListView(text.lines.count, around: text.line, in: place)
        list.drawMore(context, into: &buffer)
        for (index, rect) in list.lines {
            let isWrong = fault?.line == index
            buffer.draw(
                "\(index + 1)", at: rect.origin, width: gutter - 1,
                style: isWrong ? context.theme.failure : context.theme.faint, alignment: .trailing)
            let origin = Point(column: rect.column + gutter, row: rect.row)
            buffer.draw(
                text.lines[index], at: origin, width: width, style: context.theme.text, overflow: .clip,
                skipping: hidden)
            if isWrong, let fault { draw(fault, text.lines[index], at: origin, width, hidden, context, into: &buffer) }
            guard index == text.line else { continue }
            buffer.cursor = Point(column: origin.column + position - hidden, row: rect.row)
        }
    }

    /// Marks where a line is wrong, from the place to the end of the word.
    private func draw(
        _ fault: TextFault, _ line: String, at origin: Point, _ width: Int, _ hidden: Int, _ context: ViewContext,
        into buffer: inout ScreenBuffer
    ) {
        let start = TextWidth.columns(of: String(line.prefix(fault.column)), ascii: buffer.glyphs.isASCII) - hidden
        let rest = line.dropFirst(fault.column)
        let word = rest.prefix { $0 != "," && $0 != "}" && $0 != "]" && $0 != ":" }
        guard start >= 0, start < width else { return }
        buffer.draw(
            word.isEmpty ? String(rest.first ?? " ") : String(word),
            at: Point(column: origin.column + start, row: origin.row),
            width: min(width - start, max(1, TextWidth.columns(of: String(word), ascii: buffer.glyphs.isASCII))),
            style: context.theme.failure.underline)
    }

    // MARK: Keys

    func message(for key: KeyEvent, action: Action?, in state: State, _ editor: inout Editor) -> Message? {
        if let command = Self.everywhere[key] { return .form(command) }
        switch formMode {
        case .rows: return Self.inRows[key].map { .form($0) } ?? (action == .help ? .pressed(.help) : nil)
        case .editing:
            if let command = Self.inRow[key] { return .form(command) }
            return editor.handle(key) ? .edited(editor.field.text) : nil
        case .finding:
            if let command = Self.inFinding[key] { return .form(command) }
            return editor.handle(key) ? .edited(editor.field.text) : nil
        case .text:
            if let command = Self.inText[key] { return .form(command) }
            return key.text.map { .form(.text(.insert(String($0)))) }
        }
    }

    private static let everywhere: [KeyEvent: FormCommand] = [.control("s"): .keep, .control("o"): .editExternally]

    private static let inRows: [KeyEvent: FormCommand] = [
        KeyEvent(.up): .move(-1), .character("k"): .move(-1), KeyEvent(.backTab): .move(-1), .control("p"): .move(-1),
        KeyEvent(.down): .move(1), .character("j"): .move(1), KeyEvent(.tab): .move(1), .control("n"): .move(1),
        KeyEvent(.pageUp): .move(-10), .control("b"): .move(-10), KeyEvent(.pageDown): .move(10),
        .control("f"): .move(10),
        .character("g"): .first, KeyEvent(.home): .first, .character("G"): .last, KeyEvent(.end): .last,
        KeyEvent(.enter): .activate, .character("e"): .edit, .character("r"): .editKey,
        KeyEvent(.right): .open, .character("l"): .open, KeyEvent(.left): .close, .character("h"): .close,
        .character(" "): .toggle, .character("+"): .add, .character("a"): .add, .character("-"): .remove,
        .character("d"): .remove, KeyEvent(.delete): .remove,
        .character("K"): .moveUp, .character("J"): .moveDown,
        .character("/"): .find, .character("n"): .findNext, .character("N"): .findPrevious,
        .character("u"): .undo, .control("r"): .redo, .character("E"): .toggleText,
        .character("s"): .keep, KeyEvent(.escape): .leave, .character("q"): .leave,
    ]

    private static let inRow: [KeyEvent: FormCommand] = [
        KeyEvent(.enter): .activate, KeyEvent(.escape): .leave,
        KeyEvent(.tab): .complete, KeyEvent(.down): .nextField(1),
        KeyEvent(.backTab): .nextField(-1), KeyEvent(.up): .nextField(-1),
    ]

    private static let inFinding: [KeyEvent: FormCommand] = [
        KeyEvent(.enter): .activate, KeyEvent(.escape): .leave,
        KeyEvent(.tab): .move(1), KeyEvent(.down): .move(1), .control("n"): .move(1),
        KeyEvent(.backTab): .move(-1), KeyEvent(.up): .move(-1), .control("p"): .move(-1),
    ]

    private static let inText: [KeyEvent: FormCommand] = [
        KeyEvent(.escape): .leave, KeyEvent(.tab): .complete, KeyEvent(.enter): .text(.newLine),
        .control("x"): .undo, .control("r"): .redo,
        KeyEvent(.up): .moveInText(.up), .control("p"): .moveInText(.up),
        KeyEvent(.down): .moveInText(.down), .control("n"): .moveInText(.down),
        KeyEvent(.left): .moveInText(.left), .control("b"): .moveInText(.left),
        KeyEvent(.right): .moveInText(.right), .control("f"): .moveInText(.right),
        KeyEvent(.home): .moveInText(.lineStart), .control("a"): .moveInText(.lineStart),
        KeyEvent(.end): .moveInText(.lineEnd), .control("e"): .moveInText(.lineEnd),
        KeyEvent(.pageUp): .moveInText(.lines(-20)), KeyEvent(.pageDown): .moveInText(.lines(20)),
        KeyEvent(.home, .control): .moveInText(.start), KeyEvent(.end, .control): .moveInText(.end),
        KeyEvent(.left, .control): .moveInText(.wordLeft), KeyEvent(.left, .alt): .moveInText(.wordLeft),
        .alt("b"): .moveInText(.wordLeft),
        KeyEvent(.right, .control): .moveInText(.wordRight), KeyEvent(.right, .alt): .moveInText(.wordRight),
        .alt("f"): .moveInText(.wordRight),
        KeyEvent(.backspace): .text(.deleteBack), .control("h"): .text(.deleteBack),
        KeyEvent(.delete): .text(.deleteForward), .control("d"): .text(.deleteForward),
        .control("w"): .text(.deleteWord), KeyEvent(.backspace, .alt): .text(.deleteWord),
        .control("u"): .text(.deleteToStart), .control("k"): .text(.deleteToEnd),
    ]
}
