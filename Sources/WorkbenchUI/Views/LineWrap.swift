import TerminalUI

/// Breaks long lines for panes that show all of a text.
enum LineWrap {
    /// Breaks one line, made safe, into lines of at most so many columns: behind a blank, where one is near.
    /// - Parameter indent: Blanks before every line but the first.
    static func wrap(_ line: [Span], columns: Int, indent: Int = 0) -> [[Span]] {
        guard columns > indent + 1 else { return [line] }
        var lines: [[Span]] = [[]]
        var width = 0
        for span in line {
            let text = TextSafety.sanitised(span.text)
            // Nearly always all of it fits, and each character takes one column.
            if width + text.utf8.count <= columns, text.utf8.allSatisfy({ $0 < 0x80 }) {
                lines[lines.count - 1].append(Span(text, span.style))
                width += text.utf8.count
                continue
            }
            var piece = ""
            for character in text {
                let next = TextWidth.columns(of: character)
                if width + next > columns {
                    let word = lastWord(of: piece, columns: columns / 3)
                    lines[lines.count - 1].append(Span(String(piece.dropLast(word.count)), span.style))
                    lines.append(indent > 0 ? [Span(String(repeating: " ", count: indent))] : [])
                    piece = word
                    width = indent + TextWidth.columns(of: word)
                }
                piece.append(character)
                width += next
            }
            lines[lines.count - 1].append(Span(piece, span.style))
        }
        return lines
    }

    /// The word at the end of a text that a line is broken before; empty where it has too many columns, or the text is all of it.
    private static func lastWord(of text: String, columns: Int) -> String {
        guard let blank = text.lastIndex(of: " ") else { return "" }
        let word = text[text.index(after: blank)...]
        return word.utf8.count <= columns ? String(word) : ""
    }

    /// Breaks a sentence, made safe, between its words, and within those that are too long for a line.
    static func words(_ text: String, columns: Int) -> [String] {
        var lines: [String] = []
        for word in TextSafety.sanitised(text).split(separator: " ") {
            let joined = lines.last.map { "\($0) \(word)" } ?? String(word)
            if TextWidth.columns(of: joined) <= columns {
                lines = lines.dropLast() + [joined]
            } else {
                lines += wrap([Span(String(word))], columns: columns).map { $0.map(\.text).joined() }
            }
        }
        return lines
    }
}
