import TerminalUI
import WorkbenchModel

/// All that a pane says, as text, however little of it fits on screen.
enum PaneText {
    /// Wider than any line.
    private static let columns = 1 << 20

    static func of(_ pane: Pane, _ context: ViewContext) -> String? {
        let lines: [String]
        switch pane {
        case .attempts: lines = AttemptsView.lines(context, columns: columns)
        case .detail: lines = DetailView.lines(context, columns: columns).map(\.text)
        case .compose, .sent, .received, .wire: return nil
        }
        return lines.map { TextSafety.sanitised($0) }.joined(separator: "\n")
    }
}
