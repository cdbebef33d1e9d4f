/// A text of several lines that is edited, with a cursor in it.
public struct EditedText: Hashable, Sendable {
    private struct Version: Hashable, Sendable {
        var lines: [String]
        var line: Int
        var column: Int
    }

    /// Bytes that it may have.
    public static let limit = 4 << 20
    private static let undoLimit = 200

    public private(set) var lines: [String]
    /// Where the cursor is: a line, and a character in it, both counted from 0.
    public private(set) var line = 0
    public private(set) var column = 0
    private let original: [String]
    private var past: [Version] = []
    private var future: [Version] = []
    /// Whether the last change was a character typed: such are undone together.
    private var isTyping = false

    init(_ text: String) {
        lines = Self.split(text)
        original = lines
    }

    var text: String { lines.joined(separator: "\n") }
    var isChanged: Bool { lines != original }

    private static func split(_ text: String) -> [String] {
        text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }.map(String.init)
    }

    // MARK: Moving

    public enum Move: Hashable, Sendable {
        case left, right, up, down, lineStart, lineEnd, wordLeft, wordRight, start, end
        case lines(Int)
    }

    mutating func move(_ move: Move) {
        isTyping = false
        switch move {
        case .left: if column > 0 { column -= 1 } else if line > 0 { place(line - 1, .max) }
        case .right: if column < lines[line].count { column += 1 } else if line + 1 < lines.count { place(line + 1, 0) }
        case .up: moveLine(by: -1)
        case .down: moveLine(by: 1)
        case .lines(let count): moveLine(by: count)
        case .lineStart:
            let indent = lines[line].prefix { $0 == " " }.count
            column = column == indent ? 0 : indent
        case .lineEnd: column = lines[line].count
        case .wordLeft: column = wordStart
        case .wordRight:
            let rest = lines[line].dropFirst(column)
            let word = rest.drop { !$0.isLetter && !$0.isNumber }.drop { $0.isLetter || $0.isNumber || $0 == "_" }
            column = lines[line].count - word.count
        case .start: place(0, 0)
        case .end: place(lines.count - 1, .max)
        }
    }

    private var wordStart: Int {
        let before = lines[line].prefix(column).reversed()
        let rest = before.drop { !$0.isLetter && !$0.isNumber }.drop { $0.isLetter || $0.isNumber || $0 == "_" }
        return rest.count
    }

    mutating func moveLine(by distance: Int) { place(line + distance, column) }

    mutating func place(_ line: Int, _ column: Int) {
        self.line = max(0, min(line, lines.count - 1))
        self.column = max(0, min(column, lines[self.line].count))
    }

    // MARK: Changing

    public enum Change: Hashable, Sendable {
        case insert(String)
        case newLine
        case deleteBack, deleteForward, deleteWord, deleteToStart, deleteToEnd
        case undo, redo
    }

    mutating func change(_ change: Change) {
        switch change {
        case .undo:
            guard let version = past.popLast() else { return }
            future.append(present)
            return restore(version)
        case .redo:
            guard let version = future.popLast() else { return }
            past.append(present)
            return restore(version)
        default: break
        }
        let before = present
        var typed = false
        switch change {
        case .insert(let text):
            typed = text.count == 1
            insert(text)
        case .newLine:
            let opens = lines[line].prefix(column).last { $0 != " " }.map { $0 == "{" || $0 == "[" } ?? false
            let indent = String(lines[line].prefix(column).prefix { $0 == " " }) + (opens ? "  " : "")
            insert("\n" + indent)
        case .deleteBack:
            if column > 0 { delete(column - 1..<column) } else if line > 0 { joinLine(line - 1) }
        case .deleteForward:
            if column < lines[line].count {
                delete(column..<column + 1)
            } else if line + 1 < lines.count {
                joinLine(line)
            }
        case .deleteWord: column > 0 ? delete(wordStart..<column) : line > 0 ? joinLine(line - 1) : ()
        case .deleteToStart: delete(0..<column)
        case .deleteToEnd: delete(column..<lines[line].count)
        case .undo, .redo: break
        }
        guard lines != before.lines else { return }
        if !(typed && isTyping) { past.append(before) }
        if past.count > Self.undoLimit { past.removeFirst() }
        isTyping = typed
        future = []
    }

    private var present: Version { Version(lines: lines, line: line, column: column) }

    private mutating func restore(_ version: Version) {
        isTyping = false
        (lines, line, column) = (version.lines, version.line, version.column)
    }

    /// Whether there is room for more.
    func hasRoom(for text: String) -> Bool {
        lines.reduce(text.utf8.count) { $0 + $1.utf8.count + 1 } <= Self.limit
    }

    private mutating func insert(_ text: String) {
        let (before, after) = (lines[line].prefix(column), lines[line].dropFirst(column))
        var parts = Self.split(text)
        let last = parts.count - 1
        let end = (last == 0 ? before.count : 0) + parts[last].count
        parts[0] = before + parts[0]
        parts[last] += after
        lines.replaceSubrange(line...line, with: parts)
        place(line + last, end)
    }

    private mutating func delete(_ range: Range<Int>) {
        lines[line] = String(lines[line].prefix(range.lowerBound) + lines[line].dropFirst(range.upperBound))
        column = range.lowerBound
    }

    private mutating func joinLine(_ first: Int) {
        let end = lines[first].count
        lines[first] += lines.remove(at: first + 1)
        place(first, end)
    }

    /// Puts something in place of what stands before the cursor.
    mutating func complete(replacing count: Int, with text: String) {
        let before = present
        delete(max(0, column - count)..<column)
        insert(text)
        past.append(before)
        future = []
        isTyping = false
    }

    /// Puts another text in place of all.
    mutating func replace(_ text: String) {
        let before = present
        lines = Self.split(text)
        place(line, column)
        past.append(before)
        future = []
        isTyping = false
    }
}
