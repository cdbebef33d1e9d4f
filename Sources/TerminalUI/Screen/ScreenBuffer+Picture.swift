extension ScreenBuffer {
    /// The rows as text, without the blanks at their ends: what a test compares with the screen it expects.
    public var lines: [String] {
        (0..<size.rows).map { row in
            var line = self.row(row).map(\.text).joined()
            while line.last == " " { line.removeLast() }
            return line
        }
    }

    /// The looks of the screen as text: a letter for each cell, `.` for ``Style/plain``, and what the letters mean.
    public var styleMap: StyleMap {
        let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
        var known: [Style: Character] = [.plain: "."]
        var legend: [String] = []
        let lines = (0..<size.rows).map { row in
            var line = String(
                self.row(row).map { cell -> Character in
                    if let letter = known[cell.style] { return letter }
                    let letter = legend.count < letters.count ? letters[legend.count] : "#"
                    known[cell.style] = letter
                    legend.append("\(letter) \(cell.style)")
                    return letter
                })
            while line.last == "." { line.removeLast() }
            return line
        }
        return StyleMap(lines: lines, legend: legend)
    }
}

/// The looks of a screen as text; see ``ScreenBuffer/styleMap``.
public struct StyleMap: Hashable, Sendable, CustomStringConvertible {
    /// One row of letters for each row of the screen, without the plain cells at their ends.
    public var lines: [String]
    /// What the letters mean, in the order in which they first occur: `a cyan bold`.
    public var legend: [String]

    public init(lines: [String], legend: [String]) {
        self.lines = lines
        self.legend = legend
    }

    public var description: String { (lines + legend).joined(separator: "\n") }
}
