import TerminalUI
import WorkbenchModel

/// What is said below the rows of a form, and its keys.
extension MessageEditor {
    /// What there is to say.
    enum Said {
        case wrong(String)
        /// Of what was done last.
        case remark(String)
        case about(String)

        /// Lines that it may take.
        private static let most = 3

        /// All of it where something is wrong and there is room, and otherwise one line.
        func lines(in place: Rect) -> [String] {
            switch self {
            case .about(let text): return [text]
            case .wrong(let text), .remark(let text):
                guard place.rows > MessageEditor.footRows + 2 * Self.most else { return [text] }
                let lines = LineWrap.words(text, columns: place.columns - 2)
                return lines.isEmpty ? [""] : Array(lines.prefix(Self.most))
            }
        }
    }

    var said: Said {
        let offered = candidates.prefix(40).joined(separator: "  ")
        if case .text(let text) = formMode {
            if let remark { return .wrong(remark) }
            guard let fault = textFault, offered.isEmpty || fault.line != text.line else { return .about(offered) }
            return .wrong("\(fault.line + 1):\(fault.column + 1): \(fault.reason)")
        }
        if let remark { return .remark(remark) }
        if !offered.isEmpty { return .about(offered) }
        return rowProblem.map { .wrong($0) } ?? .about(comment)
    }

    func drawFoot(_ context: ViewContext, in place: Rect, into buffer: inout ScreenBuffer) {
        guard place.rows > Self.footRows else { return }
        KeyHints.draw(keys, context, in: place.line(place.rows - 1), into: &buffer)
        if formMode == .finding {
            let line = place.line(place.rows - Self.footRows)
            return Dialogue.drawField("/", placeholder: "the name of a field", in: line, context, into: &buffer)
        }
        let (said, theme) = (said, context.theme)
        let (mark, style): (String, Style) =
            switch said {
            case .wrong: ("\(buffer.glyphs.failure) ", theme.failure)
            case .remark: ("", theme.warning)
            case .about: ("", theme.faint)
            }
        let lines = said.lines(in: place)
        for (index, text) in lines.enumerated() {
            let line = place.line(place.rows - 1 - lines.count + index)
            let lead = index == 0 ? mark : String(repeating: " ", count: mark.count)
            buffer.draw(lead + text, at: line.origin, width: line.columns, style: style, overflow: .ellipsis)
        }
    }

    private var keys: [(key: String, label: String)] {
        let keep = isSent ? "send" : "keep"
        switch formMode {
        case .rows:
            return [
                ("enter", "edit"), ("s", keep), ("esc", "leave"), ("space", "set"), ("+", "add"), ("-", "remove"),
                ("E", "JSON"), ("ctrl-o", "editor"), ("/", "find"), ("u", "undo"), ("J/K", "move"), ("r", "key"),
            ]
        case .editing: return [("enter", "done"), ("esc", "leave"), ("tab", "next"), ("ctrl-s", keep)]
        case .finding: return [("enter", "here"), ("esc", "leave"), ("down", "next")]
        case .text:
            return [
                ("esc", "form"), ("tab", "complete"), ("ctrl-s", keep), ("ctrl-o", "editor"), ("ctrl-x", "undo"),
                ("ctrl-r", "redo"),
            ]
        }
    }
}
