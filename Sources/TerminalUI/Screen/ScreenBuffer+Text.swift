/// Where text stands in the width it is given.
public enum Alignment: Hashable, Sendable {
    case leading
    case centre
    case trailing
}

/// What becomes of text that is wider than its place.
public enum Overflow: Hashable, Sendable {
    /// It is cut off.
    case clip
    /// It is cut off, and the last column says so.
    case ellipsis
}

extension ScreenBuffer {
    /// Draws one line of text, made safe by ``TextSafety/sanitised(_:ascii:)`` first, whatever it is and wherever it
    /// comes from.
    ///
    /// Work is bounded by what can be seen: of a text of megabytes only the part that fits is looked at.
    /// - Parameters:
    ///   - width: Columns of the place. It is filled up with blanks. Without it the text ends where it ends, or at the
    ///     edge of the screen, and `alignment` means nothing.
    ///   - skipping: Columns of the text to leave out on the left, for scrolling sideways. A wide character that is cut
    ///     in half shows as a blank.
    /// - Returns: the column after the last one drawn.
    @discardableResult
    public mutating func draw(
        _ text: String, at point: Point, width: Int? = nil, style: Style = .plain,
        alignment: Alignment = .leading, overflow: Overflow = .clip, skipping: Int = 0
    ) -> Int {
        let room = max(0, width ?? size.columns - point.column)
        guard room > 0, (0..<size.rows).contains(point.row) else { return point.column }
        var line = FittedLine(text, columns: room, skipping: skipping, glyphs: glyphs)
        if overflow == .ellipsis, line.isCut { line.endWith(glyphs.ellipsis) }
        let end = point.column + (width == nil ? line.columns : room)
        var column = point.column
        if width != nil {
            fill(Rect(column: point.column, row: point.row, columns: room, rows: 1), style: style)
            switch alignment {
            case .leading: break
            case .centre: column += (room - line.columns) / 2
            case .trailing: column += room - line.columns
            }
        }
        for piece in line.pieces {
            self[column, point.row] = Cell(piece.text, width: UInt8(piece.columns), style: style)
            column += piece.columns
        }
        return end
    }

    /// Draws pieces of text in styles of their own, one after the other, within `width` columns.
    /// - Returns: the column after the last one drawn.
    @discardableResult
    public mutating func draw(
        _ spans: [Span], at point: Point, width: Int? = nil, overflow: Overflow = .clip
    ) -> Int {
        let end = width.map { point.column + max(0, $0) } ?? size.columns
        var column = point.column
        for span in spans where column < end {
            let columns = min(TextWidth.columns(of: span.text, limit: end - column + 1), end - column)
            column = draw(
                span.text, at: Point(column: column, row: point.row),
                width: span.text.isEmpty ? 0 : min(columns, end - column), style: span.style, overflow: overflow)
        }
        return column
    }
}

/// A piece of text with a style of its own.
public struct Span: Hashable, Sendable {
    public var text: String
    public var style: Style

    public init(_ text: String, _ style: Style = .plain) {
        self.text = text
        self.style = style
    }
}

/// The part of a text that fits a number of columns.
private struct FittedLine {
    private(set) var pieces: [TextWidth.Piece] = []
    private(set) var columns = 0
    /// Whether something was left out on the right.
    private(set) var isCut = false

    init(_ text: String, columns room: Int, skipping: Int, glyphs: Glyphs) {
        var skip = max(0, skipping)
        var last = Character(" ")
        let head = TextWidth.head(of: text, columns: skip + room)
        isCut = head.utf8.count < text.utf8.count
        for character in head {
            if skip == 0, columns < room, let value = character.asciiValue, TextSafety.isPrintable(value) {
                pieces.append(TextWidth.Piece(text: String(character), columns: 1))
                columns += 1
                last = character
                continue
            }
            for safe in TextSafety.drawn(character, after: last, ascii: glyphs.isASCII) {
                let pieces = TextWidth.pieces(of: safe)
                let width = pieces.reduce(0) { $0 + $1.columns }
                if skip >= width {
                    skip -= width
                    continue
                }
                if skip > 0 {
                    append(.blanks(width - skip), room: room)
                    skip = 0
                } else if columns + width <= room {
                    self.pieces += pieces
                    columns += width
                } else {
                    append(.blanks(room - columns), room: room)
                    isCut = true
                    return
                }
            }
            last = character
        }
    }

    private mutating func append(_ blanks: [TextWidth.Piece], room: Int) {
        for blank in blanks.prefix(max(0, room - columns)) {
            pieces.append(blank)
            columns += 1
        }
    }

    /// Puts a mark into the last column.
    mutating func endWith(_ mark: Character) {
        guard let last = pieces.popLast() else { return }
        pieces += .blanks(last.columns - 1)
        pieces.append(TextWidth.Piece(text: String(mark), columns: 1))
    }
}

extension [TextWidth.Piece] {
    fileprivate static func blanks(_ count: Int) -> Self {
        Array(repeating: TextWidth.Piece(text: " ", columns: 1), count: Swift.max(0, count))
    }
}
