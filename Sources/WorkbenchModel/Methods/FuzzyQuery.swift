/// What somebody has typed of a name: its letters in their order, and not all of them. Several words are found each by itself.
struct FuzzyQuery {
    private static let found = 16
    /// For a letter that begins a part of the name, and for one that follows the letter before it.
    private static let (beginning, following) = (10, 6)
    private static let gap = 3
    /// For a word that is all of a name or of its end: it comes first, however well its letters fit elsewhere.
    private static let wholePart = 1 << 16

    /// What something is found by.
    struct Names: Hashable {
        /// Each word has to be in one of them; the first counts most.
        var plain: [[UInt8]]
        /// The same for a word with a dot or a slash in it, which is part of a name with its package.
        var qualified: [[UInt8]]

        init(_ plain: [String], qualified: [String]? = nil) {
            self.plain = plain.map { Array($0.utf8) }
            self.qualified = qualified.map { $0.map { Array($0.utf8) } } ?? self.plain
        }
    }

    private let words: [[UInt8]]

    init(_ text: String) {
        words = text.lowercased().split(separator: " ").map { Array($0.utf8) }
    }

    var isEmpty: Bool { words.isEmpty }

    /// How well it fits a name: the more, the better; `nil` where it does not.
    func score(_ names: Names) -> Int? {
        var sum = 0
        for word in words {
            let isQualified = word.contains { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "/") }
            let names = isQualified ? names.qualified : names.plain
            let scores = names.enumerated().compactMap { index, name in Self.score(word, name).map { $0 - 4 * index } }
            guard let best = scores.max() else { return nil }
            sum += best
        }
        return sum
    }

    private static func score(_ word: [UInt8], _ name: [UInt8]) -> Int? {
        guard isContained(word, name) else { return nil }
        let none = Int.min / 2
        // The best for the letters so far, the last of them being this one of the name.
        var best = [Int](repeating: none, count: name.count)
        for (index, letter) in word.enumerated() {
            var next = [Int](repeating: none, count: name.count)
            var before = none
            for place in name.indices {
                if name[place].lowercase == letter {
                    let bonus = isBeginning(place, name) ? beginning : 0
                    if index == 0 {
                        next[place] = found + bonus
                    } else {
                        let joined = place > 0 ? best[place - 1] + max(bonus, following) : none
                        next[place] = max(joined, before + bonus) + found
                    }
                }
                before = max(before - 1, best[place] - gap)
            }
            best = next
        }
        // Of names that fit alike, the shorter one is meant.
        return best.max().flatMap { $0 > 0 ? $0 * 8 - name.count / 8 + (isWholePart(word, name) ? wholePart : 0) : nil }
    }

    /// Whether the word is the name, or all that follows one of its marks.
    private static func isWholePart(_ word: [UInt8], _ name: [UInt8]) -> Bool {
        let before = name.count - word.count
        guard before >= 0, zip(name[before...], word).allSatisfy({ $0.lowercase == $1 }) else { return false }
        return before == 0 || !name[before - 1].isLetterOrDigit
    }

    private static func isContained(_ word: [UInt8], _ name: [UInt8]) -> Bool {
        var rest = word[...]
        for byte in name where byte.lowercase == rest.first { rest = rest.dropFirst() }
        return rest.isEmpty
    }

    private static func isBeginning(_ place: Int, _ name: [UInt8]) -> Bool {
        guard place > 0 else { return true }
        let before = name[place - 1]
        return !before.isLetterOrDigit || name[place].isCapital && !before.isCapital
    }
}

extension UInt8 {
    fileprivate var isCapital: Bool { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) }
    fileprivate var lowercase: UInt8 { isCapital ? self + 0x20 : self }
    fileprivate var isLetterOrDigit: Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(lowercase)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self)
            || self >= 0x80
    }
}
