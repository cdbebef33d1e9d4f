import Foundation
import TerminalUI

/// The prompt of a conversation: the last line of the terminal, which makes room for what there is to say.
///
/// The terminal itself edits what is typed. What comes in the middle of a line hides it; it is not lost.
struct Prompt: Sendable {
    private static let text = "> "
    /// Back to the first column, and erase the line.
    private static let erase = "\r\u{1B}[K"

    func show() {
        write(Self.text)
    }

    func hide() {
        write(Self.erase)
    }

    /// Says something above the prompt.
    func say(_ text: String) {
        write("\(Self.erase)\(TextSafety.sanitised(text))\n\(Self.text)")
    }

    private func write(_ text: String) {
        _ = writeAll(Array(text.utf8)[...], to: STDERR_FILENO)
    }
}
