import Foundation
import RPCCore
public import TerminalUI

/// A colour as screens mix it.
public struct RGB: Hashable, Sendable {
    public var red: UInt8
    public var green: UInt8
    public var blue: UInt8

    public init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
        self.red = red
        self.green = green
        self.blue = blue
    }

    /// Reads `#674EFF`.
    public init?(hex: String) {
        let digits = hex.dropFirst()
        guard hex.hasPrefix("#"), digits.utf8.count == 6, digits.allSatisfy(\.isHexDigit),
            let number = UInt32(digits, radix: 16)
        else { return nil }
        self.init(UInt8(number >> 16), UInt8(number >> 8 & 0xFF), UInt8(number & 0xFF))
    }

    /// `#674eff`
    public var hex: String {
        "#" + (UInt32(red) << 16 | UInt32(green) << 8 | UInt32(blue)).digits(6, radix: 16)
    }
}

/// The colours of a terminal in a picture: its own two, and the sixteen that have names. The other 240 of the palette
/// are the same on every terminal.
public struct ScreenPalette: Hashable, Sendable {
    public var foreground: RGB
    public var background: RGB
    /// Black, red, green, yellow, blue, magenta, cyan and white, then the same in bright.
    public private(set) var named: [RGB]

    /// Light on dark, with colours that can be told apart.
    public static let standard = ScreenPalette(
        foreground: RGB(0xD8, 0xDE, 0xE9), background: RGB(0x16, 0x1A, 0x21),
        named: [
            RGB(0x2B, 0x30, 0x3B), RGB(0xE0, 0x6C, 0x75), RGB(0x98, 0xC3, 0x79), RGB(0xE5, 0xC0, 0x7B),
            RGB(0x61, 0xAF, 0xEF), RGB(0xC6, 0x78, 0xDD), RGB(0x56, 0xB6, 0xC2), RGB(0xD8, 0xDE, 0xE9),
            RGB(0x5C, 0x63, 0x70), RGB(0xFF, 0x7B, 0x85), RGB(0xB5, 0xE8, 0x90), RGB(0xFF, 0xD6, 0x8A),
            RGB(0x8C, 0xC8, 0xFF), RGB(0xDD, 0x9B, 0xF0), RGB(0x7F, 0xDB, 0xE6), RGB(0xFF, 0xFF, 0xFF),
        ])

    init(foreground: RGB, background: RGB, named: [RGB]) {
        self.foreground = foreground
        self.background = background
        self.named = named
    }

    /// A colour of the 256: sixteen by name, then a cube of 6 × 6 × 6, then a ramp of 24 greys.
    public subscript(index: UInt8) -> RGB {
        switch index {
        case ..<16: return named[Int(index)]
        case ..<232:
            let number = index - 16
            let levels: [UInt8] = [0, 95, 135, 175, 215, 255]
            return RGB(levels[Int(number / 36)], levels[Int(number / 6 % 6)], levels[Int(number % 6)])
        default:
            let level = 8 + (index - 232) * 10
            return RGB(level, level, level)
        }
    }

    /// The two colours in which a style is drawn, and which of them are the terminal's own.
    public func colours(of style: Style) -> (foreground: RGB, background: RGB) {
        let foreground = style.foreground.paletteIndex.map { self[$0] } ?? self.foreground
        let background = style.background.paletteIndex.map { self[$0] } ?? self.background
        return style.attributes.contains(.reverse) ? (background, foreground) : (foreground, background)
    }
}

// MARK: - Themes of tapes

extension ScreenPalette {
    /// Why a text is no theme.
    struct Problem: Error, Hashable {
        let text: String
    }

    private static let names = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"]
    /// What themes say besides, which pictures do not show.
    private static let unused = ["name", "cursor", "cursorColor", "selection", "selectionBackground"]

    /// Reads a theme: an object of colours such as `"red": "#ef6487"`. Those that are missing stay as they are.
    init(json: String) throws(Problem) {
        guard let value = try? JSONSerialization.jsonObject(with: Data(json.utf8)), let object = value as? [String: Any]
        else { throw Problem(text: "the theme is no object of JSON") }
        self = .standard
        for (key, value) in object.sorted(by: { $0.key < $1.key }) where !Self.unused.contains(key) {
            guard let text = value as? String, let colour = RGB(hex: text) else {
                throw Problem(text: "the theme's '\(key.prefix(40))' is no colour such as \"#674EFF\"")
            }
            guard set(key, to: colour) else {
                let nearest = NearestName.of(key, among: Self.keys) ?? ""
                throw Problem(
                    text: "a theme has no colour '\(key.prefix(40))'; did you mean '\(nearest)'?")
            }
        }
    }

    private static let keys =
        ["foreground", "background"] + names + names.map { "bright" + $0.capitalized } + ["purple", "brightPurple"]

    private mutating func set(_ key: String, to colour: RGB) -> Bool {
        switch key {
        case "foreground": foreground = colour
        case "background": background = colour
        case "purple": named[5] = colour
        case "brightPurple": named[13] = colour
        default:
            let isBright = key.hasPrefix("bright")
            let name = isBright ? key.dropFirst(6).lowercased() : key
            guard let index = Self.names.firstIndex(of: name) else { return false }
            named[index + (isBright ? 8 : 0)] = colour
        }
        return true
    }
}
