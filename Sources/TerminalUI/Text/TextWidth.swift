import Algorithms

/// How many columns text takes on a terminal.
///
/// Terminals draw scalars, not graphemes: joined emoji fall apart there in ways of their own. So a grapheme is reduced
/// to what every terminal draws alike (the first pictograph of a joined sequence, without skin tone and presentation
/// selectors), and that is what is measured and drawn.
public enum TextWidth {
    /// What goes into one cell, or into two for a wide character.
    struct Piece: Hashable {
        var text: String
        var columns: Int
    }

    /// Zero-width marks kept on one base; more are dropped. A cell of the terminal library holds no more either.
    static let marksLimit = 4

    /// The columns that a grapheme takes when drawn by ``ScreenBuffer``: an unsafe one takes those of its visible mark.
    public static func columns(of character: Character, ascii: Bool = false) -> Int {
        if let value = character.asciiValue, TextSafety.isPrintable(value) { return 1 }
        return TextSafety.drawn(character, after: " ", ascii: ascii).reduce(0) { sum, safe in
            pieces(of: safe).reduce(sum) { $0 + $1.columns }
        }
    }

    /// The columns that text takes when drawn by ``ScreenBuffer``, its control characters as visible marks.
    /// - Parameter limit: Counting stops once this many are reached, so that a huge text costs little.
    public static func columns(of text: String, limit: Int = .max, ascii: Bool = false) -> Int {
        let text = head(of: text, columns: limit)
        if text.utf8.allSatisfy(TextSafety.isPrintable) { return min(text.utf8.count, limit) }
        var sum = 0
        var last = Character(" ")
        for character in text where sum < limit {
            for safe in TextSafety.drawn(character, after: last, ascii: ascii) {
                sum += pieces(of: safe).reduce(0) { $0 + $1.columns }
            }
            last = character
        }
        return min(sum, limit)
    }

    /// The part of a text that can matter to so many columns: one column takes few scalars, and what heaps more on it is
    /// dropped in drawing. So a text of megabytes costs no more to draw than a line.
    static func head(of text: String, columns: Int) -> String {
        guard columns < text.utf8.count / 64 else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.prefix((columns + 2) * 32)))
    }

    /// The columns of a scalar by itself: 0, 1 or 2.
    public static func columns(of scalar: Unicode.Scalar) -> Int {
        if scalar.value < 0x300 { return scalar.value == 0xAD || scalar.value >= 0x20 ? 1 : 0 }
        if WidthTable.contains(scalar.value, in: WidthTable.zero) { return 0 }
        return WidthTable.contains(scalar.value, in: WidthTable.wide) ? 2 : 1
    }

    /// A safe grapheme as it is drawn.
    static func pieces(of character: Character) -> [Piece] {
        if character.isASCII { return [Piece(text: String(character), columns: 1)] }
        let isEmoji = character.isPictographic
        var pieces: [Piece] = []
        var marks = 0
        for scalar in character.unicodeScalars {
            if scalar.isJoinerOrSelector { continue }
            let columns = columns(of: scalar)
            if columns == 0 {
                guard marks < marksLimit else { continue }
                marks += 1
                if pieces.isEmpty { pieces.append(Piece(text: "\u{25CC}", columns: 1)) }
                pieces[pieces.count - 1].text.unicodeScalars.append(scalar)
            } else if isEmoji, !pieces.isEmpty {
                // The rest of a joined sequence: another pictograph, or a skin tone.
                continue
            } else {
                pieces.append(Piece(text: String(scalar), columns: columns))
                marks = 0
            }
        }
        return pieces
    }
}

extension WidthTable {
    /// Binary search in ranges in ascending order.
    static func contains(_ value: UInt32, in ranges: [ClosedRange<UInt32>]) -> Bool {
        let index = ranges.partitioningIndex { $0.upperBound >= value }
        return index < ranges.count && ranges[index].contains(value)
    }
}

extension Character {
    /// Whether this is an emoji sequence, of which only the first pictograph is drawn. Flags are not: a terminal draws
    /// their two letters, or the flag, in the same two columns.
    var isPictographic: Bool {
        guard let first = unicodeScalars.first, first.value > 0xFF, first.properties.isEmoji else { return false }
        return !(0x1F1E6...0x1F1FF).contains(first.value)
    }
}

extension Unicode.Scalar {
    /// Zero-width joiner and non-joiner, and the variation selectors: they say how to draw, and are not drawn.
    var isJoinerOrSelector: Bool {
        value == 0x200C || value == 0x200D || (0xFE00...0xFE0F).contains(value)
    }
}
