import RPCCore
import TerminalUI
import WorkbenchModel

/// A declaration with its comments; the types that can be followed stand out, and the chosen one most.
extension DescriptionBrowser: OverlayView {
    private static let width = 104

    func draw(_ context: ViewContext, into buffer: inout ScreenBuffer) {
        let theme = context.theme
        let size = size(on: buffer.size)
        let depth = pages.count > 1 ? "\(pages.count) deep" : ""
        let rect = Dialogue.draw("Describe", page.declaration.symbol, depth, size: size, context, into: &buffer)
        let highlight = Highlight([search ?? pattern])
        var row = 0
        let room = rect.rows - 1
        for line in page.declaration.lines.indices.dropFirst(page.top) where row < room {
            for spans in wrapped(line, theme, columns: rect.columns) where row < room {
                let place = rect.line(row)
                buffer.draw(spans, at: place.origin, width: place.columns)
                highlight.mark(place, theme.match, in: &buffer)
                row += 1
            }
        }
        guard search == nil else {
            let foot = rect.line(rect.rows - 1)
            buffer.draw("/", at: foot.origin, style: theme.key)
            context.editor.field.draw(
                into: &buffer, rect: Rect(column: foot.column + 1, row: foot.row, columns: foot.columns - 1, rows: 1),
                style: theme.text, isFocused: true, placeholder: "what is looked for")
            return
        }
        guard note.isEmpty else {
            return Dialogue.drawFoot([Span(note, theme.warning)], in: rect, into: &buffer)
        }
        KeyHints.draw(hint, style: theme.faint, context, in: rect.line(rect.rows - 1), into: &buffer)
    }

    func metrics(_ context: ViewContext) -> PaneMetrics {
        let size = size(on: context.layout.size)
        let lines = page.declaration.lines
        // As many lines as fit from the first one that is shown, and at the end: those that are long take several rows.
        func fitting(_ lines: some Sequence<Int>) -> Int {
            var (count, rows) = (0, 0)
            for line in lines {
                rows += wrapped(line, context.theme, columns: size.columns).count
                guard rows < size.rows else { break }
                count += 1
            }
            return count
        }
        let rows = min(fitting(lines.indices.dropFirst(page.top)), fitting(lines.indices.reversed()))
        let isWhole = page.top == 0 && fitting(lines.indices) == lines.count
        return PaneMetrics(rows: isWhole ? lines.count : max(1, rows), content: lines.count)
    }

    func message(for key: KeyEvent, action: Action?, in state: State, _ editor: inout Editor) -> Message? {
        guard search == nil else {
            return key == KeyEvent(.escape) ? .description(.searchLeft) : listMessage(for: key, &editor)
        }
        let page = max(1, state.layout.overlay.rows - 1)
        switch key {
        case KeyEvent(.enter): return .overlayAccepted
        case KeyEvent(.backspace): return .description(.left)
        case KeyEvent(.tab): return .description(.linkStepped(by: 1))
        case KeyEvent(.backTab): return .description(.linkStepped(by: -1))
        case KeyEvent(.escape): return .overlayDismissed
        default: break
        }
        switch action {
        case .up: return .steppedInOverlay(by: -1)
        case .down: return .steppedInOverlay(by: 1)
        case .pageUp: return .steppedInOverlay(by: -page - 1)
        case .pageDown, .pause: return .steppedInOverlay(by: page + 1)
        case .first: return .steppedInOverlay(by: -state.layout.overlay.content - 2)
        case .last: return .steppedInOverlay(by: state.layout.overlay.content + 2)
        case .find: return .description(.searchAsked)
        case .findNext: return .description(.foundNext(forward: true))
        case .findPrevious: return .description(.foundNext(forward: false))
        case .describe, .quit: return .overlayDismissed
        default: return nil
        }
    }

    private func size(on screen: Size) -> Size {
        let columns = min(Self.width, screen.columns - 6)
        // No larger than what is in it, and no smaller than what comes next is likely to be.
        let lines = max(14, page.declaration.lines.count + 1)
        return Size(columns: columns, rows: min(lines, screen.rows - 4))
    }

    private func wrapped(_ line: Int, _ theme: Theme, columns: Int) -> [[Span]] {
        let chosen = page.chosen.map { page.links[$0] }
        let spans = page.declaration.lines[line].enumerated().map { part, content in
            let style =
                switch content {
                case .text: theme.text
                case .comment: theme.faint
                case .problem: theme.failure
                case .type: chosen?.line == line && chosen?.part == part ? theme.selection : theme.info
                }
            return Span(content.text, style)
        }
        let indent = Declaration.text(of: page.declaration.lines[line]).prefix { $0 == " " }.count
        return LineWrap.wrap(spans, columns: columns, indent: min(indent + 4, columns / 2))
    }

    private var hint: String {
        "enter follows  tab next type  backspace returns  / searches  esc closes"
    }
}
