import Testing

@testable import TerminalUI

@Suite("A screen buffer clips, pads and never halves a wide character")
struct ScreenBufferTests {
    private func drawn(
        _ text: String, width: Int?, alignment: Alignment = .leading, overflow: Overflow = .clip, skipping: Int = 0
    ) -> String {
        var buffer = ScreenBuffer(size: Size(columns: 8, rows: 1))
        buffer.draw("........", at: .zero)
        buffer.draw(
            text, at: Point(column: 1, row: 0), width: width, alignment: alignment, overflow: overflow,
            skipping: skipping)
        return buffer.lines[0]
    }

    @Test("Text is cut and filled up by columns")
    func clipping() {
        #expect(drawn("ab", width: nil) == ".ab.....")
        #expect(drawn("ab", width: 5) == ".ab   ..")
        #expect(drawn("abcdefghij", width: 5) == ".abcde..")
        #expect(drawn("abcdefghij", width: 5, overflow: .ellipsis) == ".abcd…..")
        #expect(drawn("abcde", width: 5, overflow: .ellipsis) == ".abcde..")
        #expect(drawn("ab", width: 5, alignment: .trailing) == ".   ab..")
        #expect(drawn("ab", width: 5, alignment: .centre) == ". ab  ..")
        #expect(drawn("abcdefghij", width: nil) == ".abcdefg")
        #expect(drawn("ab", width: 0) == "........")
    }

    @Test("A wide character that does not fit becomes a blank")
    func wideCharacters() {
        #expect(drawn("你好", width: 4) == ".你好...")
        #expect(drawn("你好", width: 3) == ".你 ....")
        #expect(drawn("你好吗", width: 5, overflow: .ellipsis) == ".你好…..")
        #expect(drawn("你好吗", width: 4, overflow: .ellipsis) == ".你 …...")
        #expect(drawn("你好吗", width: 4, skipping: 1) == ". 好 ...")
        #expect(drawn("a你好", width: 4, skipping: 1) == ".你好...")
        #expect(drawn("🇩🇪x", width: 1) == ". ......")
    }

    @Test("Writing over one half of a wide character blanks the other")
    func overwriting() {
        var buffer = ScreenBuffer(size: Size(columns: 6, rows: 1))
        buffer.draw("你好吗", at: .zero)
        buffer.draw("x", at: Point(column: 1, row: 0))
        #expect(buffer.lines == [" x好吗"])
        buffer.draw("y", at: Point(column: 2, row: 0))
        #expect(buffer.lines == [" xy 吗"])
        buffer.draw("界", at: Point(column: 3, row: 0))
        #expect(buffer.lines == [" xy界"])
        buffer[5, 0] = Cell("界", width: 2)
        #expect(buffer.row(0).map(\.width) == [1, 1, 1, 2, 0, 1])
    }

    @Test("Nothing is drawn outside the screen")
    func outside() {
        var buffer = ScreenBuffer(size: Size(columns: 3, rows: 2))
        for point in [Point(column: 5, row: 0), Point(column: 0, row: 2), Point(column: 0, row: -1)] {
            buffer.draw("abc", at: point)
        }
        #expect(buffer.lines == ["", ""])
        buffer.draw("你bc", at: Point(column: -1, row: 0), width: 4)
        #expect(buffer.lines == [" bc", ""])
        buffer.fill(Rect(column: -5, row: -5, columns: 100, rows: 100), style: .plain.reverse)
        #expect(buffer.styleMap.lines == ["aaa", "aaa"])
        buffer.drawBox(Rect(column: 1, row: 1, columns: 9, rows: 9))
        #expect(buffer.lines == ["", " ┌─"])
    }

    @Test("Hostile text is drawn as marks")
    func hostileText() {
        var buffer = ScreenBuffer(size: Size(columns: 30, rows: 1))
        buffer.draw("\u{1b}]0;owned\u{7}\u{1b}[2J\u{202E}abc", at: .zero)
        #expect(buffer.lines == ["␛]0;owned␇␛[2J<U+202E>abc"])
        var ascii = ScreenBuffer(size: Size(columns: 30, rows: 1), glyphs: .ascii)
        ascii.draw("\u{1b}[2J", at: .zero)
        #expect(ascii.lines == ["^[[2J"])
    }

    @Test("A text of megabytes, be it one grapheme, is looked at only as far as it shows")
    func hugeText() {
        var buffer = ScreenBuffer(size: Size(columns: 4, rows: 1))
        let heap = "a" + String(repeating: "\u{301}", count: 4_000_000)
        for _ in 0..<200 { buffer.draw(heap, at: .zero, width: 4, overflow: .ellipsis) }
        #expect(buffer[0, 0].text.unicodeScalars.count <= 5)
    }

    @Test("Frames that touch are joined")
    func junctions() {
        var buffer = ScreenBuffer(size: Size(columns: 12, rows: 6))
        let rows = buffer.bounds.splitRows([.fixed(3), .flexible], spacing: -1)
        for pane in rows[0].splitColumns([.fixed(7), .flexible], spacing: -1) { buffer.drawBox(pane) }
        for pane in rows[1].splitColumns([.fixed(4), .fixed(4), .flexible], spacing: -1) { buffer.drawBox(pane) }
        #expect(
            buffer.lines == [
                "┌─────┬────┐",
                "│     │    │",
                "├──┬──┼────┤",
                "│  │  │    │",
                "│  │  │    │",
                "└──┴──┴────┘",
            ])
    }

    @Test("Frames have titles, cut to fit, and an ASCII form")
    func titles() {
        var buffer = ScreenBuffer(size: Size(columns: 12, rows: 2), glyphs: .ascii)
        buffer.drawBox(buffer.bounds, title: "A long title")
        #expect(buffer.lines == ["+ A long ~ +", "+----------+"])
        var wide = ScreenBuffer(size: Size(columns: 12, rows: 2))
        wide.drawBox(wide.bounds, title: "Sent 你")
        #expect(wide.lines == ["┌ Sent 你 ─┐", "└──────────┘"])
        var tiny = ScreenBuffer(size: Size(columns: 4, rows: 1))
        tiny.drawBox(tiny.bounds, title: "x")
        #expect(tiny.lines == ["────"])
    }

    @Test("Spans follow one another in their own styles")
    func spans() {
        var buffer = ScreenBuffer(size: Size(columns: 7, rows: 1))
        let end = buffer.draw(
            [Span("ab", .plain.bold), Span(""), Span("你", .plain.foreground(.red)), Span("xyzzy")], at: .zero, width: 6,
            overflow: .ellipsis)
        #expect(end == 6)
        #expect(buffer.lines == ["ab你x…"])
        #expect(buffer.styleMap.lines == ["aabb"])
        #expect(buffer.styleMap.legend == ["a bold", "b red"])
    }

    @Test("Style maps tell the looks of every cell")
    func styleMap() {
        var buffer = ScreenBuffer(size: Size(columns: 4, rows: 2))
        buffer.draw("ab", at: .zero, style: .plain.foreground(.brightRed).background(.indexed(17)).underline)
        buffer.restyle(Rect(column: 1, row: 0, columns: 1, rows: 2)) { $0.reverse }
        #expect(
            buffer.styleMap.description
                == "ab\n.c\na bright-red on 17 underline\nb bright-red on 17 reverse underline\nc reverse")
    }

    @Test("A copy of a region keeps wide characters whole")
    func copying() {
        var source = ScreenBuffer(size: Size(columns: 4, rows: 1))
        source.draw("a你b", at: .zero)
        var target = ScreenBuffer(size: Size(columns: 4, rows: 1))
        target.copy(Rect(column: 0, row: 0, columns: 2, rows: 1), of: source, to: Point(column: 2, row: 0))
        #expect(target.lines == ["  a"])
        target.copy(source.bounds, of: source, to: .zero)
        #expect(target.lines == source.lines)
    }

    @Test("Every mark has an ASCII counterpart of one column")
    func glyphs() {
        for character in "…✓✕↻●○▶◀‖▸▾·×↑↓←→⚠•█│─┌┐└┘├┤┬┴┼" {
            #expect(Glyphs.asciiFallback(for: character)?.isASCII == true)
            #expect(TextWidth.columns(of: character) == 1)
        }
        #expect(Glyphs.asciiFallback(for: "你") == nil)
    }
}
