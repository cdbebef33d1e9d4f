/// A colour of the terminal.
public enum Colour: Hashable, Sendable {
    /// What the terminal uses by itself.
    case standard
    case black, red, green, yellow, blue, magenta, cyan, white
    case brightBlack, brightRed, brightGreen, brightYellow, brightBlue, brightMagenta, brightCyan, brightWhite
    /// A colour of the 256-colour palette: 0…15 as named, 16…231 a 6×6×6 cube, 232…255 a ramp of greys.
    case indexed(UInt8)

    private static let named: [Colour] = [
        .black, .red, .green, .yellow, .blue, .magenta, .cyan, .white,
        .brightBlack, .brightRed, .brightGreen, .brightYellow, .brightBlue, .brightMagenta, .brightCyan, .brightWhite,
    ]

    private static let names = [
        "black", "red", "green", "yellow", "blue", "magenta", "cyan", "white",
        "bright-black", "bright-red", "bright-green", "bright-yellow", "bright-blue", "bright-magenta", "bright-cyan",
        "bright-white",
    ]

    /// The number in the palette; `nil` for ``standard``.
    public var paletteIndex: UInt8? {
        switch self {
        case .standard: nil
        case .indexed(let index): index
        default: Self.named.firstIndex(of: self).map(UInt8.init)
        }
    }
}

extension Colour: CustomStringConvertible {
    /// The name as configuration files write it: `bright-red`, `208`, `standard`.
    public var description: String {
        switch self {
        case .standard: "standard"
        case .indexed(let index): String(index)
        default: Self.named.firstIndex(of: self).map { Self.names[$0] } ?? "standard"
        }
    }

    /// Reads a colour from its ``description``.
    public init?(parsing name: String) {
        let name = name.lowercased()
        if name == "standard" {
            self = .standard
        } else if let index = Self.names.firstIndex(of: name) {
            self = Self.named[index]
        } else if let index = UInt8(name) {
            self = .indexed(index)
        } else {
            return nil
        }
    }
}

/// How text looks: two colours and attributes.
public struct Style: Hashable, Sendable {
    public var foreground: Colour
    public var background: Colour
    public var attributes: Attributes

    public init(
        foreground: Colour = .standard, background: Colour = .standard, attributes: Attributes = []
    ) {
        self.foreground = foreground
        self.background = background
        self.attributes = attributes
    }

    /// The look of the terminal itself.
    public static let plain = Style()

    /// What a terminal can do to text besides colouring it. It may ignore any of them.
    public struct Attributes: OptionSet, Hashable, Sendable {
        public let rawValue: UInt8
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        public static let bold = Attributes(rawValue: 1 << 0)
        public static let dim = Attributes(rawValue: 1 << 1)
        public static let reverse = Attributes(rawValue: 1 << 2)
        public static let underline = Attributes(rawValue: 1 << 3)
        public static let italic = Attributes(rawValue: 1 << 4)
    }

    /// The style in this colour.
    public func foreground(_ colour: Colour) -> Style {
        var style = self
        style.foreground = colour
        return style
    }

    /// The style on this colour.
    public func background(_ colour: Colour) -> Style {
        var style = self
        style.background = colour
        return style
    }

    /// The style with these attributes added.
    public func adding(_ attributes: Attributes) -> Style {
        var style = self
        style.attributes.formUnion(attributes)
        return style
    }

    public var bold: Style { adding(.bold) }
    public var dim: Style { adding(.dim) }
    public var reverse: Style { adding(.reverse) }
    public var underline: Style { adding(.underline) }
    public var italic: Style { adding(.italic) }
}

extension Style: CustomStringConvertible {
    /// The style in words: `cyan on black bold`, `plain`.
    public var description: String {
        var words: [String] = []
        if foreground != .standard { words.append("\(foreground)") }
        if background != .standard { words.append("on \(background)") }
        let names: [(Attributes, String)] = [
            (.bold, "bold"), (.dim, "dim"), (.reverse, "reverse"), (.underline, "underline"), (.italic, "italic"),
        ]
        words += names.filter { attributes.contains($0.0) }.map(\.1)
        return words.isEmpty ? "plain" : words.joined(separator: " ")
    }
}
