/// One line of text that is being edited, grapheme by grapheme.
public struct TextField: Hashable, Sendable {
    private var characters: [Character]
    /// Where the next grapheme goes: the number of graphemes before it.
    public private(set) var cursor: Int
    /// Graphemes that the field takes at most; more are refused.
    public let limit: Int
    /// Whether all of the text is chosen: what is typed or pasted next stands in its place, and moving keeps it.
    public internal(set) var isSelected: Bool
    /// Whether the field holds a credential, which is drawn as a row of dots.
    public var isSecret: Bool

    /// Graphemes in a field unless another limit is given.
    public static let defaultLimit = 65_536

    public init(
        _ text: String = "", limit: Int = defaultLimit, isSecret: Bool = false, isSelected: Bool = false
    ) {
        characters = Array(text.prefix(limit))
        cursor = characters.count
        self.isSelected = isSelected && !characters.isEmpty
        self.limit = limit
        self.isSecret = isSecret
    }

    /// What stands in the field. Setting it puts the cursor at the end.
    public var text: String {
        get { String(characters) }
        set {
            characters = Array(newValue.prefix(limit))
            cursor = characters.count
            isSelected = false
        }
    }

    public var isEmpty: Bool { characters.isEmpty }

    /// Puts text before the cursor, as far as the field takes it. A combining mark joins the grapheme before it.
    public mutating func insert(_ text: String) {
        guard !text.isEmpty else { return }
        if isSelected { self.text = "" }
        let before = Array(String(characters[..<cursor]) + text)
        let room = limit - (characters.count - cursor)
        let kept = before.prefix(max(room, min(cursor, before.count)))
        characters.replaceSubrange(..<cursor, with: kept)
        cursor = kept.count
    }

    /// Whether there is room for more text, all of it.
    public func hasRoom(for text: String) -> Bool { (isSelected ? 0 : characters.count) + text.count <= limit }

    /// Puts pasted text before the cursor. The field has one line: line ends and tabs become spaces, and those at the
    /// ends of the text are dropped.
    public mutating func paste(_ text: String) {
        insert(String(Self.pasted(text).map { Self.isBreak($0) ? " " : $0 }))
    }

    /// The part of a pasted text that is taken: without the line ends and tabs around it.
    public static func pasted(_ text: String) -> Substring {
        let trimmed = text.drop(while: isBreak)
        let end = trimmed.lastIndex { !isBreak($0) }.map { trimmed.index(after: $0) } ?? trimmed.startIndex
        return trimmed[..<end]
    }

    private static func isBreak(_ character: Character) -> Bool { character.isNewline || character == "\t" }

    public mutating func moveLeft() { cursor = max(0, cursor - 1) }
    public mutating func moveRight() { cursor = min(characters.count, cursor + 1) }
    public mutating func moveToStart() { cursor = 0 }
    public mutating func moveToEnd() { cursor = characters.count }
    public mutating func moveWordLeft() { cursor = wordStart }
    public mutating func moveWordRight() { cursor = wordEnd }

    public mutating func deleteBackward() { delete(max(0, cursor - 1)..<cursor) }
    public mutating func deleteForward() { delete(cursor..<min(characters.count, cursor + 1)) }
    public mutating func deleteToStart() { delete(0..<cursor) }
    public mutating func deleteToEnd() { delete(cursor..<characters.count) }
    public mutating func deleteWordForward() { delete(cursor..<wordEnd) }

    /// Deletes back to the white space before the word, as a shell does on control-W.
    public mutating func deleteWordBackward() {
        var start = cursor
        while start > 0, characters[start - 1].isWhitespace { start -= 1 }
        while start > 0, !characters[start - 1].isWhitespace { start -= 1 }
        delete(start..<cursor)
    }

    private mutating func delete(_ range: Range<Int>) {
        guard !isSelected else {
            text = ""
            return
        }
        characters.removeSubrange(range)
        cursor = range.lowerBound
    }

    private var wordStart: Int {
        var position = cursor
        while position > 0, !characters[position - 1].isWordPart { position -= 1 }
        while position > 0, characters[position - 1].isWordPart { position -= 1 }
        return position
    }

    private var wordEnd: Int {
        var position = cursor
        while position < characters.count, !characters[position].isWordPart { position += 1 }
        while position < characters.count, characters[position].isWordPart { position += 1 }
        return position
    }

    /// The graphemes before the cursor and those from it on, as they are drawn.
    var halves: (before: String, after: String) { (drawn(characters[..<cursor]), drawn(characters[cursor...])) }

    private func drawn(_ characters: ArraySlice<Character>) -> String {
        isSecret ? String(repeating: Glyphs.unicode.mask, count: characters.count) : String(characters)
    }
}

extension Character {
    fileprivate var isWordPart: Bool { isLetter || isNumber || self == "_" }
}
