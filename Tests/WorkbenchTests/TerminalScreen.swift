/// As much of an xterm as ncurses asks for: what a program has written, as a screen.
struct TerminalScreen {
    private(set) var columns: Int
    private(set) var rows: Int
    /// Whether the alternate screen is shown, where full-screen programs draw.
    private(set) var isAlternate = false
    /// The private modes that are on: 1000 and 1006 are the mouse's, 2004 is bracketed paste, 25 the cursor.
    private(set) var modes: Set<Int> = [25]
    private(set) var title = ""
    private var cells: [[Character]]
    private var column = 0
    private var row = 0
    /// The rows that scroll.
    private var region: Range<Int>
    private var pending: [UInt8] = []
    private var last: Character = " "

    init(columns: Int, rows: Int) {
        self.columns = columns
        self.rows = rows
        region = 0..<rows
        cells = Array(repeating: Array(repeating: " ", count: columns), count: rows)
    }

    /// The screen as lines.
    var text: String {
        cells.map { line in
            var line = String(line.filter { $0 != "\0" })
            while line.last == " " { line.removeLast() }
            return line
        }.joined(separator: "\n")
    }

    mutating func resize(columns: Int, rows: Int) {
        self = {
            var screen = TerminalScreen(columns: columns, rows: rows)
            screen.modes = modes
            screen.isAlternate = isAlternate
            screen.title = title
            return screen
        }()
    }

    mutating func feed(_ bytes: [UInt8]) {
        pending += bytes
        while let length = unitLength() {
            apply(Array(pending.prefix(length)))
            pending.removeFirst(length)
        }
    }

    /// The length of the escape sequence, control or character that comes next; `nil` where it is not complete.
    private func unitLength() -> Int? {
        guard let first = pending.first else { return nil }
        if first != 0x1B {
            let length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
            return pending.count >= length ? length : nil
        }
        guard pending.count >= 2 else { return nil }
        switch pending[1] {
        case UInt8(ascii: "["): return pending.dropFirst(2).firstIndex { (0x40...0x7E).contains($0) }.map { $0 + 1 }
        case UInt8(ascii: "]"), UInt8(ascii: "P"):
            guard let end = pending.dropFirst(2).firstIndex(where: { $0 == 7 || $0 == 0x5C }) else { return nil }
            return end + 1
        case UInt8(ascii: "("), UInt8(ascii: ")"): return pending.count >= 3 ? 3 : nil
        default: return 2
        }
    }

    private mutating func apply(_ unit: [UInt8]) {
        if unit[0] == 0x1B {
            applyEscape(unit)
        } else {
            switch unit[0] {
            case 0x08: column = max(0, column - 1)
            case 0x0A: lineFeed()
            case 0x0D: column = 0
            case ..<0x20, 0x7F: break
            default: put(String(decoding: unit, as: UTF8.self).first ?? " ")
            }
        }
    }

    private mutating func lineFeed() {
        if row == region.upperBound - 1 {
            scroll(from: region.lowerBound, by: 1)
        } else {
            row = min(rows - 1, row + 1)
        }
    }

    /// Moves the lines from one on to the end of the region: up by a positive distance, down by a negative one.
    private mutating func scroll(from first: Int, by distance: Int) {
        guard region.contains(first) else { return }
        let blanks = Array(repeating: Array(repeating: Character(" "), count: columns), count: abs(distance))
        let lines = cells[first..<region.upperBound]
        let moved = distance > 0 ? Array(lines.dropFirst(distance)) + blanks : blanks + lines.dropLast(-distance)
        cells.replaceSubrange(first..<region.upperBound, with: moved.prefix(lines.count))
    }

    private mutating func put(_ character: Character) {
        last = character
        guard row < rows, column < columns else { return }
        cells[row][column] = character
        column += 1
        // The right half of a wide character: CJK, full-width forms, most emoji.
        let value = character.unicodeScalars.first?.value ?? 0
        let isWide =
            (0x1100...0x115F).contains(value) || (0x2E80...0xA4CF).contains(value)
            || (0xAC00...0xD7A3).contains(value) || (0xFF00...0xFF60).contains(value) || value >= 0x1F300
        if isWide, column < columns {
            cells[row][column] = "\0"
            column += 1
        }
    }

    private mutating func applyEscape(_ unit: [UInt8]) {
        if unit[1] == UInt8(ascii: "]") {
            title = String(decoding: unit.dropFirst(4).dropLast(), as: UTF8.self)
        }
        if unit[1] == UInt8(ascii: "M") {
            if row == region.lowerBound { scroll(from: row, by: -1) } else { row = max(0, row - 1) }
        }
        guard unit[1] == UInt8(ascii: "["), let final = unit.last else { return }
        let text = String(decoding: unit.dropFirst(2).dropLast(), as: UTF8.self)
        if text.hasPrefix("?") {
            let numbers = text.dropFirst().split(separator: ";").compactMap { Int($0) }
            for number in numbers { setMode(number, isOn: final == UInt8(ascii: "h")) }
            return
        }
        let numbers = text.split(separator: ";", omittingEmptySubsequences: false).map { Int($0) }
        let first = numbers.first.flatMap { $0 } ?? 1
        switch Character(Unicode.Scalar(final)) {
        case "H", "f":
            row = min(rows, first) - 1
            column = min(columns, numbers.count > 1 ? numbers[1] ?? 1 : 1) - 1
        case "A": row = max(0, row - first)
        case "B": row = min(rows - 1, row + first)
        case "C": column = min(columns - 1, column + first)
        case "D": column = max(0, column - first)
        case "G": column = min(columns, first) - 1
        case "d": row = min(rows, first) - 1
        case "J": eraseScreen(numbers.first.flatMap { $0 } ?? 0)
        case "K": eraseLine(numbers.first.flatMap { $0 } ?? 0)
        case "X": for offset in 0..<first where column + offset < columns { cells[row][column + offset] = " " }
        case "L": scroll(from: row, by: -first)
        case "M": scroll(from: row, by: first)
        case "S": scroll(from: region.lowerBound, by: first)
        case "T": scroll(from: region.lowerBound, by: -first)
        case "r":
            region = max(0, first - 1)..<min(rows, numbers.count > 1 ? numbers[1] ?? rows : rows)
            (row, column) = (0, 0)
        case "b": for _ in 0..<first { put(last) }
        case "@":
            cells[row].insert(contentsOf: Array(repeating: " ", count: first), at: min(column, columns))
            cells[row] = Array(cells[row].prefix(columns))
        case "P":
            cells[row].removeSubrange(column..<min(columns, column + first))
            cells[row] += Array(repeating: " ", count: columns - cells[row].count)
        default: break
        }
    }

    private mutating func setMode(_ mode: Int, isOn: Bool) {
        if isOn { modes.insert(mode) } else { modes.remove(mode) }
        if mode == 1049 || mode == 47 {
            isAlternate = isOn
            eraseScreen(2)
        }
    }

    private mutating func eraseScreen(_ part: Int) {
        switch part {
        case 0:
            eraseLine(0)
            for index in row + 1..<max(row + 1, rows) { cells[index] = Array(repeating: " ", count: columns) }
        default: cells = Array(repeating: Array(repeating: " ", count: columns), count: rows)
        }
    }

    private mutating func eraseLine(_ part: Int) {
        let range = part == 0 ? column..<columns : part == 1 ? 0..<min(columns, column + 1) : 0..<columns
        for index in range { cells[row][index] = " " }
    }
}
