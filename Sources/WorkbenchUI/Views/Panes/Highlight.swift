import RPCCore
import TerminalUI

/// Marks on screen what was looked for.
struct Highlight {
    /// How long an expression is looked for in one row.
    private static let timeout = Duration.milliseconds(2)

    private let patterns: [MessagePattern]

    /// - Parameter patterns: As they were written; empty ones mark nothing.
    init(_ patterns: [String]) {
        self.patterns = patterns.filter { !$0.isEmpty }.compactMap { try? MessagePattern(parsing: $0) }
    }

    /// Marks it in a line of the buffer.
    func mark(_ line: Rect, _ style: Style, in buffer: inout ScreenBuffer) {
        guard !patterns.isEmpty else { return }
        let cells = line.columnRange.map { (column: $0, text: buffer[$0, line.row].text) }.filter { !$0.text.isEmpty }
        for range in patterns.flatMap({ Self.ranges(of: $0, in: cells.map(\.text)) }) {
            let (first, last) = (cells[range.lowerBound].column, cells[range.upperBound - 1].column)
            buffer.restyle(Rect(column: first, row: line.row, columns: last - first + 1, rows: 1)) { _ in style }
        }
    }

    /// Where a pattern is found, as cells.
    private static func ranges(of pattern: MessagePattern, in cells: [String]) -> [Range<Int>] {
        switch pattern {
        case .text(let text):
            let letters = text.lowercased().map(String.init)
            guard cells.count >= letters.count else { return [] }
            let lower = cells.map { $0.lowercased() }
            return (0...cells.count - letters.count)
                .filter { start in letters.indices.allSatisfy { lower[start + $0] == letters[$0] } }
                .map { $0..<$0 + letters.count }
        case .expression(let expression):
            // The cell of each unit of UTF-16.
            let places = cells.enumerated().flatMap { index, text in text.utf16.map { _ in index } }
            return expression.ranges(in: cells.joined(), within: timeout).map {
                places[$0.lowerBound]..<places[$0.upperBound - 1] + 1
            }
        }
    }
}
