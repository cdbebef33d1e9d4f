import Testing

@testable import TerminalUI

@Suite("Layout gives every part its place")
struct LayoutTests {
    @Test(
        "Room is shared out by minimum and weight",
        arguments: [
            ([.fixed(2), .flexible, .fixed(1)], 10, 0, [0..<2, 2..<9, 9..<10]),
            ([.flexible, .flexible], 7, 0, [0..<3, 3..<7]),
            ([.flexible(weight: 1), .flexible(weight: 3)], 8, 0, [0..<2, 2..<8]),
            ([.flexible(minimum: 6), .flexible], 8, 0, [0..<6, 6..<8]),
            ([.flexible, .flexible], 9, -1, [0..<5, 4..<9]),
            ([.fixed(3), .fixed(3)], 10, 1, [0..<3, 4..<7]),
            ([.fixed(6), .fixed(6)], 8, 0, [0..<6, 6..<8]),
            ([.fixed(9), .flexible, .fixed(1)], 5, 0, [0..<5, 5..<5, 5..<5]),
            ([.flexible], 0, 0, [0..<0]), ([], 5, 0, []),
        ] as [([Extent], Int, Int, [Range<Int>])])
    func fit(extents: [Extent], length: Int, spacing: Int, expected: [Range<Int>]) {
        #expect(Extent.fit(extents, into: length, spacing: spacing) == expected)
    }

    @Test("Whatever is asked for, no part leaves the room there is")
    func bounds() {
        for length in 0..<30 {
            for spacing in -1...2 {
                let ranges = Extent.fit(
                    [.fixed(4), .flexible(weight: 2, minimum: 3), .flexible, .fixed(7)], into: length, spacing: spacing)
                #expect(ranges.allSatisfy { $0.lowerBound >= 0 && $0.upperBound <= length })
            }
        }
    }

    @Test("A table leaves out its least important columns where it is narrow")
    func table() {
        let layout = TableLayout([
            .init(.fixed(8), priority: 1), .init(.fixed(3), alignment: .trailing, priority: 2),
            .init(.flexible(minimum: 10), priority: 3), .init(.fixed(5)),
        ])
        #expect(layout.fit(40) == [0..<8, 9..<12, 13..<34, 35..<40])
        #expect(layout.fit(25) == [0..<8, 9..<12, 13..<25, 0..<0])
        #expect(layout.fit(20) == [0..<0, 0..<3, 4..<20, 0..<0])
        #expect(layout.fit(4) == [0..<0, 0..<0, 0..<4, 0..<0])
        var buffer = ScreenBuffer(size: Size(columns: 25, rows: 1))
        buffer.drawRow(["12:00:01", "7", "Alice · en, and more", "+1ms"], layout: layout, in: buffer.bounds)
        #expect(buffer.lines == ["12:00:01   7 Alice · en,…"])
    }

    @Test("Rectangles are inset, centred and cut to one another")
    func rectangles() {
        let rect = Rect(column: 2, row: 1, columns: 10, rows: 4)
        #expect(rect.inset() == Rect(column: 3, row: 2, columns: 8, rows: 2))
        #expect(rect.inset(columns: 6, rows: 0).isEmpty)
        #expect(rect.centred(Size(columns: 4, rows: 9)) == Rect(column: 5, row: 1, columns: 4, rows: 4))
        #expect(rect.intersection(Rect(columns: 3, rows: 3)) == Rect(column: 2, row: 1, columns: 1, rows: 2))
        #expect(rect.contains(Point(column: 11, row: 4)) && !rect.contains(Point(column: 12, row: 4)))
        #expect(rect.line(3).row == 4 && rect.line(4).isEmpty)
    }
}
