import RPCCore
import TerminalUI

/// A recording as asciinema plays it: asciicast version 2 (https://docs.asciinema.org/manual/asciicast/v2), one JSON
/// value a line, the header first.
///
/// It holds what a terminal was told, never what was typed.
struct CastFile: ScreenRecorder {
    private let header: String
    private var screenSize: Size
    private var events = JSONText()
    private var painter = AnsiPainter()

    init(size: Size, palette: ScreenPalette) {
        screenSize = size
        let colours = (0..<16).map { palette[$0].hex }.joined(separator: ":")
        header = """
            {"version": 2, "width": \(size.columns), "height": \(size.rows), "title": "greeter-tui", \
            "env": {"TERM": "xterm-256color"}, "theme": {"fg": "\(palette.foreground.hex)", \
            "bg": "\(palette.background.hex)", "palette": "\(colours)"}}

            """
    }

    var size: Int { header.utf8.count + events.bytes.count }

    mutating func show(_ screen: ScreenBuffer, at time: Duration) {
        if screen.size != screenSize {
            screenSize = screen.size
            write("r", "\(screen.size)", at: time)
        }
        let output = painter.paint(screen)
        if !output.isEmpty { write("o", output, at: time) }
    }

    func contents(end: Duration) -> String {
        // A player shows the last screen as long as the recording did.
        var last = JSONText()
        Self.write("o", "", at: end, into: &last)
        return header + events.string + last.string
    }

    private mutating func write(_ code: String, _ data: String, at time: Duration) {
        Self.write(code, data, at: time, into: &events)
    }

    private static func write(_ code: String, _ data: String, at time: Duration, into text: inout JSONText) {
        text.append(raw: "[\(time.secondsText), ")
        text.append(code)
        text.append(raw: ", ")
        text.append(data)
        text.append(raw: "]\n")
    }
}
