/// One column of one row of the screen.
public struct Cell: Hashable, Sendable {
    /// What is drawn: a scalar and the zero-width marks on it; empty in the right half of a wide character.
    public var text: String
    /// Columns that ``text`` takes: 1 or 2; 0 in the right half of a wide character.
    public var width: UInt8
    public var style: Style
    /// The arms of the line that passes here; empty where there is none.
    public var arms: LineArms

    public init(_ text: String = " ", width: UInt8 = 1, style: Style = .plain, arms: LineArms = []) {
        self.text = text
        self.width = width
        self.style = style
        self.arms = arms
    }

    /// A blank in a style.
    public static func blank(_ style: Style = .plain) -> Cell { Cell(style: style) }

    /// The right half of a wide character.
    static func continuation(_ style: Style) -> Cell { Cell("", width: 0, style: style) }

    /// Whether this is the right half of a wide character.
    public var isContinuation: Bool { width == 0 }
}
