/// The marks and lines that the workbench draws itself, in one table, with a plain ASCII counterpart of the same width.
public struct Glyphs: Hashable, Sendable {
    public var border: BorderGlyphs
    /// Something was left out.
    public var ellipsis: Character
    public var success: Character
    public var failure: Character
    public var unknown: Character
    public var again: Character
    /// Stands before what is not certain.
    public var guess: Character
    public var bullet: Character
    public var ring: Character
    public var play: Character
    public var playBack: Character
    public var pause: Character
    public var pointer: Character
    public var expanded: Character
    public var separator: Character
    public var times: Character
    public var up: Character
    public var down: Character
    public var left: Character
    public var right: Character
    public var warning: Character
    /// Stands for a grapheme of a credential.
    public var mask: Character
    /// The part of a scroll bar that shows where the window is.
    public var scrollThumb: Character
    /// Bars of a chart, from the lowest to the highest.
    public var levels: [Character]
    /// Whether only ASCII may be drawn.
    public var isASCII: Bool

    public static let unicode = Glyphs(
        border: .unicode, ellipsis: "…", success: "✓", failure: "✕", unknown: "?", again: "↻", guess: "≈", bullet: "●",
        ring: "○",
        play: "▶", playBack: "◀", pause: "‖", pointer: "▸", expanded: "▾", separator: "·", times: "×", up: "↑",
        down: "↓", left: "←", right: "→", warning: "⚠", mask: "•", scrollThumb: "█",
        levels: Array("▁▂▃▄▅▆▇█"), isASCII: false)

    public static let ascii = Glyphs(
        border: .ascii, ellipsis: "~", success: "+", failure: "x", unknown: "?", again: "@", guess: "~", bullet: "*",
        ring: "o",
        play: ">", playBack: "<", pause: "=", pointer: ">", expanded: "v", separator: "-", times: "x", up: "^",
        down: "v", left: "<", right: ">", warning: "!", mask: "*", scrollThumb: "#",
        levels: Array("_.-~=+*#"), isASCII: true)

    /// The ASCII counterpart of a mark or line of ``unicode``; `nil` for any other character.
    public static func asciiFallback(for character: Character) -> Character? {
        fallbacks[character]
    }

    private static let fallbacks: [Character: Character] = {
        let marks: [KeyPath<Glyphs, Character>] = [
            \.ellipsis, \.success, \.failure, \.again, \.guess, \.bullet, \.ring, \.play, \.playBack, \.pause,
            \.pointer,
            \.expanded, \.separator, \.times, \.up, \.down, \.left, \.right, \.warning, \.mask, \.scrollThumb,
        ]
        var table: [Character: Character] = [:]
        for mark in marks { table[unicode[keyPath: mark]] = ascii[keyPath: mark] }
        for (bar, plain) in zip(unicode.levels, ascii.levels) { table[bar] = plain }
        for arms in LineArms.all {
            table[BorderGlyphs.unicode.glyph(for: arms)] = BorderGlyphs.ascii.glyph(for: arms)
        }
        return table
    }()
}

/// What lines and their meeting points are drawn with.
public struct BorderGlyphs: Hashable, Sendable {
    /// One glyph for each set of arms, by ``LineArms/rawValue``.
    private let glyphs: [Character]

    /// - Parameter glyphs: Sixteen of them, by ``LineArms/rawValue``: nothing, up, down, up and down, right and so on.
    private init(_ glyphs: String) {
        self.glyphs = Array(glyphs)
    }

    /// Box-drawing characters (U+2500…).
    public static let unicode = BorderGlyphs(" │││─└┌├─┘┐┤─┴┬┼")
    public static let ascii = BorderGlyphs(" |||-+++-+++-+++")

    /// What is drawn where these arms meet.
    public func glyph(for arms: LineArms) -> Character {
        let index = Int(arms.rawValue)
        return glyphs.indices.contains(index) ? glyphs[index] : " "
    }
}

/// The directions in which lines leave a cell. Where lines meet their arms are united, which makes the junction.
public struct LineArms: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let up = LineArms(rawValue: 1)
    public static let down = LineArms(rawValue: 2)
    public static let right = LineArms(rawValue: 4)
    public static let left = LineArms(rawValue: 8)

    static let all = (1...15).map(LineArms.init(rawValue:))
}
