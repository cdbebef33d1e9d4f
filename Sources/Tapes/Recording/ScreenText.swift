import Foundation
public import TerminalUI

/// Screens as text, one for each command of a tape that has changed what is shown: what golden tests compare.
///
/// Above each stands where the command is, and its name, but not what it types: that may be a secret.
public struct ScreenText: ScreenRecorder {
    private var text = ""
    private var shown: [String] = []

    var size: Int { text.utf8.count }

    mutating func finish(_ step: TapeStep, with screen: ScreenBuffer) {
        let lines = screen.lines
        guard lines != shown else { return }
        shown = lines
        let file = URL(fileURLWithPath: step.file).lastPathComponent
        text += "===== \(file):\(step.position.line) \(step.command.name) =====\n"
        text += Self.text(of: lines)
    }

    func contents(end: Duration) -> String { text }

    /// One screen: its rows, without the blanks at their ends.
    public static func make(_ screen: ScreenBuffer) -> String { text(of: screen.lines) }

    private static func text(of lines: [String]) -> String { lines.map { $0 + "\n" }.joined() }
}
