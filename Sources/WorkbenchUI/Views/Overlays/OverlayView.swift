import TerminalUI
import WorkbenchModel

extension Overlay {
    /// The overlay as it is drawn and worked. Nothing else in this target tells all overlays apart.
    var view: any OverlayView {
        switch self {
        case .help(let help): help
        case .form(let form): form
        case .message(let form): form
        case .menu(let menu): menu
        case .question(let question): question
        case .chooser(let chooser): chooser
        case .preview(let preview): preview
        case .comparison(let comparison): comparison
        case .history(let browser): browser
        case .methods(let chooser): chooser
        case .description(let browser): browser
        }
    }
}

/// How an overlay looks, and what keys mean to it. What can be clicked on it records where it draws it.
protocol OverlayView {
    func draw(_ context: ViewContext, into buffer: inout ScreenBuffer)

    /// How much of it can be seen, and how much there is, where it scrolls.
    func metrics(_ context: ViewContext) -> PaneMetrics

    /// What a key means.
    /// - Parameter action: What it stands for in the keymap.
    func message(for key: KeyEvent, action: Action?, in state: State, _ editor: inout Editor) -> Message?
}

extension OverlayView {
    func metrics(_ context: ViewContext) -> PaneMetrics { PaneMetrics(rows: 0) }

    /// Where there is nothing to type, actions have their keys, too.
    func message(for key: KeyEvent, action: Action?, in state: State, _ editor: inout Editor) -> Message? {
        switch action {
        case .up: .steppedInOverlay(by: -1)
        case .down: .steppedInOverlay(by: 1)
        case .preview, .compare, .quit: .overlayDismissed
        default: listMessage(for: key, &editor)
        }
    }

    /// What keys mean in every list, and in the text that it is narrowed by where it has one.
    func listMessage(for key: KeyEvent, _ editor: inout Editor) -> Message? {
        switch key {
        case KeyEvent(.up), KeyEvent(.backTab), .control("p"): .steppedInOverlay(by: -1)
        case KeyEvent(.down), KeyEvent(.tab), .control("n"): .steppedInOverlay(by: 1)
        case KeyEvent(.pageUp): .steppedInOverlay(by: -10)
        case KeyEvent(.pageDown): .steppedInOverlay(by: 10)
        case KeyEvent(.enter): .overlayAccepted
        case KeyEvent(.escape): .overlayDismissed
        default: editor.handle(key) ? .edited(editor.field.text) : nil
        }
    }
}

/// The frame of an overlay, in the middle of the screen.
enum Dialogue {
    /// Draws an empty one.
    /// - Parameter title: What it is, and what more there is to say.
    /// - Returns: the place inside its frame.
    static func draw(
        _ title: String..., size: Size, _ context: ViewContext, into buffer: inout ScreenBuffer
    ) -> Rect {
        let frame = frame(of: size, on: buffer.size)
        let title = title.filter { !$0.isEmpty }.joined(separator: " \(buffer.glyphs.separator) ")
        buffer.fill(frame)
        buffer.drawBox(frame, title: title, style: context.theme.focusedBorder)
        buffer.cursor = nil
        context.clicks.add(buffer.bounds, .barrier)
        return frame.inset(columns: 2)
    }

    /// Draws the text that is edited in one, behind a mark of what it is for.
    static func drawField(
        _ mark: String, placeholder: String, in line: Rect, _ context: ViewContext, into buffer: inout ScreenBuffer
    ) {
        buffer.draw(mark, at: line.origin, style: context.theme.key)
        context.editor.field.draw(
            into: &buffer, rect: Rect(column: line.column + 2, row: line.row, columns: line.columns - 2, rows: 1),
            style: context.theme.text, isFocused: true, placeholder: placeholder)
    }

    /// Draws the foot of one: what there is to say of it, a line each.
    /// - Parameter row: The first of them, counted from the top of the place; at its end, unless given.
    static func drawFoot(_ lines: [Span], in place: Rect, at row: Int? = nil, into buffer: inout ScreenBuffer) {
        for (number, line) in lines.enumerated() {
            buffer.draw(
                line.text, at: place.line((row ?? place.rows - lines.count) + number).origin, width: place.columns,
                style: line.style, overflow: .ellipsis)
        }
    }

    /// The place inside the frame of one.
    static func place(of size: Size, on screen: Size) -> Rect {
        frame(of: size, on: screen).inset(columns: 2)
    }

    private static func frame(of size: Size, on screen: Size) -> Rect {
        Rect(screen).centred(Size(columns: size.columns + 4, rows: size.rows + 2))
    }
}
