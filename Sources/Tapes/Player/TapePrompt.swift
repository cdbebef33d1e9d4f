import Foundation
import RPCCore
import TerminalUI

/// What a tape types into before its program runs, and after: a line with a prompt, as vhs has one of its shell.
struct TapePrompt {
    private var past: [String] = []
    private var field = TextField("", limit: 4096)

    /// The line that is typed.
    var line: String { field.text }

    /// Does what a key means while a line is typed.
    mutating func press(_ key: KeyEvent) {
        if key == .control("c") { field = TextField("", limit: 4096) } else { _ = field.handle(key) }
    }

    mutating func paste(_ text: String) {
        field.paste(text)
    }

    /// Begins another line below the one that was typed.
    mutating func finishLine() {
        past.append(line)
        field = TextField("", limit: 4096)
    }

    // MARK: Drawing

    private static let mark = "> "
    private static let markStyle = Style(foreground: .indexed(62))

    /// The lines so far; the newest where not all fit.
    func draw(_ size: Size, glyphs: Glyphs) -> ScreenBuffer {
        var buffer = ScreenBuffer(size: size, glyphs: glyphs)
        let lines = (past + [line]).flatMap { Self.rows(of: Self.mark + Self.masked($0), columns: size.columns) }
        let shown = lines.suffix(size.rows)
        for (row, line) in shown.enumerated() {
            let isFirst = line.hasPrefix(Self.mark)
            let column = isFirst ? buffer.draw(Self.mark, at: Point(column: 0, row: row), style: Self.markStyle) : 0
            buffer.draw(String(line.dropFirst(isFirst ? Self.mark.count : 0)), at: Point(column: column, row: row))
        }
        if let last = shown.last {
            let column = min(TextWidth.columns(of: last), size.columns - 1)
            buffer.cursor = Point(column: column, row: shown.count - 1)
        }
        return buffer
    }

    private static func rows(of line: String, columns: Int) -> [String] {
        var rows = [""]
        var width = 0
        for character in line {
            let next = TextWidth.columns(of: character)
            if width + next > columns {
                rows.append("")
                width = 0
            }
            rows[rows.count - 1].append(character)
            width += next
        }
        return rows
    }

    /// A header's name and value, as the command line has it.
    private static let header = try? NSRegularExpression(pattern: "--header[= ]+['\"]?([^:'\"]+):\\s*([^'\"]+)")

    /// The line with a mask in place of every credential: what is typed is recorded too.
    static func masked(_ line: String) -> String {
        let text = line as NSString
        let matches = header?.matches(in: line, range: NSRange(location: 0, length: text.length)) ?? []
        return matches.reversed().reduce(text) { text, match in
            let entry = MetadataEntry(text.substring(with: match.range(at: 1)), "")
            guard entry.isSecret else { return text }
            return text.replacingCharacters(in: match.range(at: 2), with: Secret.mask) as NSString
        } as String
    }
}
