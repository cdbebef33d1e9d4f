import Foundation
import NCursesBackend
import Synchronization
import TerminalUI

/// The prompt of a conversation: the last line of the terminal, with what is being typed, which makes room for what there
/// is to say and comes back below it.
///
/// On a terminal that shows no more than lines the terminal itself edits what is typed; what comes in the middle of a line
/// hides it then, and it is not lost.
final class Prompt: Sendable {
    private static let text = "> "
    /// Back to the first column, and erase the line.
    private static let erase = "\r\u{1B}[K"

    private struct State {
        var field = TextField()
        /// How many have made the prompt give way; it shows while there are none.
        var hiders = 0
        /// Whether the prompt has been shown at all, and not been put away for good.
        var isShown = false
    }

    private let terminal: LineTerminal?
    private let output: Int32
    private let state = Mutex(State())

    /// - Parameter terminal: Where lines are edited here; `nil` where the terminal does that.
    init(on terminal: LineTerminal? = nil) {
        self.terminal = terminal
        output = terminal?.output ?? STDERR_FILENO
    }

    /// Shows the prompt.
    func begin() {
        state.withLock { state in
            state.isShown = true
            write(line(state))
        }
    }

    /// Puts the prompt away for good.
    func end() {
        state.withLock { state in
            guard state.isShown else { return }
            state.isShown = false
            if state.hiders == 0 { write(Self.erase) }
        }
    }

    /// Makes room for something. Followed by ``show()``.
    func hide() {
        state.withLock { state in
            state.hiders += 1
            if state.isShown, state.hiders == 1 { write(Self.erase) }
        }
    }

    /// Comes back after ``hide()``.
    func show() {
        state.withLock { state in
            state.hiders -= 1
            if state.isShown, state.hiders == 0 { write(line(state)) }
        }
    }

    /// Says something above the prompt.
    func say(_ text: String) {
        state.withLock { state in
            let prompt = state.isShown && state.hiders == 0 ? line(state) : ""
            write("\(Self.erase)\(TextSafety.sanitised(text))\n\(prompt)")
        }
    }

    /// Shows what is being typed.
    func edit(_ field: TextField) {
        state.withLock { state in
            state.field = field
            if state.isShown, state.hiders == 0 { write(line(state)) }
        }
    }

    /// Leaves a line that is complete above the prompt, as far as it fits, and begins another.
    func accept(_ line: String) {
        state.withLock { state in
            state.field = TextField()
            guard let terminal else { return write(self.line(state)) }
            let typed = row(TextField(line), isFocused: false, on: terminal).text
            write("\r\(typed)\u{1B}[K\n\(state.isShown && state.hiders == 0 ? self.line(state) : "")")
        }
    }

    /// Clears the terminal.
    func clear() {
        state.withLock { write("\u{1B}[H\u{1B}[2J" + line($0)) }
    }

    /// Draws the line again, after others have had the terminal or it has another width.
    func redraw() {
        state.withLock { state in
            if state.isShown, state.hiders == 0 { write(line(state)) }
        }
    }

    // MARK: - Drawing

    /// The prompt as it is written to the terminal: the row, and the cursor in its place.
    private func line(_ state: State) -> String {
        guard let terminal else { return Self.text }
        let (text, cursor) = row(state.field, isFocused: true, on: terminal)
        return "\r\(text)\u{1B}[K\r" + (cursor > 0 ? "\u{1B}[\(cursor)C" : "")
    }

    /// The prompt and a field in one row, of which the last column stays free: there terminals differ.
    private func row(
        _ field: TextField, isFocused: Bool, on terminal: LineTerminal
    ) -> (text: String, cursor: Int) {
        let size = Size(columns: max(8, terminal.columns - 1), rows: 1)
        var buffer = ScreenBuffer(size: size, glyphs: terminal.unicode ? .unicode : .ascii)
        let column = buffer.draw(Self.text, at: .zero)
        field.draw(
            into: &buffer, rect: Rect(column: column, row: 0, columns: size.columns - column, rows: 1),
            isFocused: isFocused)
        let text = buffer.lines[0]
        // The blanks at the end are left out, but not those before the cursor, which is moved to by itself.
        return (text.isEmpty ? ">" : text, buffer.cursor?.column ?? 0)
    }

    private func write(_ text: String) {
        _ = writeAll(Array(text.utf8)[...], to: output)
    }
}
