import Testing

@testable import TerminalUI

@Suite("Text is measured in columns, grapheme by grapheme")
struct TextWidthTests {
    @Test(
        "Each text takes the columns that a terminal gives it",
        arguments: [
            ("", 0), ("abc", 3), ("é", 1), ("e\u{301}", 1), ("你好", 4), ("ｱ", 1), ("Ａ", 2), ("한국어", 6),
            ("\u{1112}\u{1161}\u{11AB}", 2), ("こんにちは", 10), ("Привет", 6), ("שלום", 4), ("नमस्ते", 4),
            ("🎉", 2), ("❤\u{FE0F}", 1), ("👍🏽", 2), ("👩‍👩‍👧‍👦", 2), ("👩‍💻", 2), ("🇩🇪", 2), ("⌚", 2), ("…", 1),
            ("\u{A0}", 1), ("\u{3000}", 2), ("\u{301}", 1), ("𠮷", 2), ("─┼●✓↻", 5), ("\u{1FAE8}", 2),
        ])
    func columns(text: String, expected: Int) {
        #expect(TextWidth.columns(of: text) == expected)
        #expect(text.reduce(0) { $0 + TextWidth.columns(of: $1) } == expected)
    }

    @Test("Control characters take the columns of their visible marks")
    func marks() {
        #expect(TextWidth.columns(of: "\u{1B}") == 1)
        #expect(TextWidth.columns(of: "\u{1B}", ascii: true) == 2)
        #expect(TextWidth.columns(of: "\u{202E}") == 8)
    }

    @Test("Joined sequences are drawn as their first pictograph, and nothing else is lost")
    func pieces() {
        #expect(TextWidth.pieces(of: "👩‍👩‍👧‍👦").map(\.text) == ["👩"])
        #expect(TextWidth.pieces(of: "👍🏽").map(\.text) == ["👍"])
        #expect(TextWidth.pieces(of: "🇩🇪").map(\.text) == ["\u{1F1E9}", "\u{1F1EA}"])
        #expect(TextWidth.pieces(of: "e\u{301}").map(\.text) == ["e\u{301}"])
        #expect("क्षि".flatMap { TextWidth.pieces(of: $0) }.map(\.text).joined() == "क्षि")
    }

    @Test("Counting stops at the limit, however long the text is")
    func limit() {
        let text = String(repeating: "界", count: 1_000_000)
        #expect(TextWidth.columns(of: text, limit: 10) == 10)
        #expect(TextWidth.head(of: text, columns: 10).utf8.count < 2000)
    }

    @Test("The table's ranges ascend and do not overlap")
    func tableIsSorted() {
        for table in [WidthTable.wide, WidthTable.zero] {
            #expect(zip(table, table.dropFirst()).allSatisfy { $0.upperBound + 1 < $1.lowerBound })
        }
        #expect(WidthTable.wide.allSatisfy { !WidthTable.contains($0.lowerBound, in: WidthTable.zero) })
    }
}
