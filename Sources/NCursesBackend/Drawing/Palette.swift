import CNCurses
import TerminalUI

/// The pairs of colours in use, made as they are needed. Bounded by what the terminal has; beyond that its own colours
/// serve.
struct Palette {
    let colours: TerminalCapabilities.Colours
    /// How many colours the terminal really has, where the named ones are wanted: 8, or 16.
    private let namedColours: Int
    private var pairs: [Pair: Int32] = [:]
    private let limit: Int

    private struct Pair: Hashable {
        var foreground: Int32
        var background: Int32
    }

    /// Looks at the terminal and the environment: a `NO_COLOR` that is set and not empty means none
    /// (https://no-color.org).
    init(environment: [String: String]) {
        let isUnwanted = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
        let count = Int(cn_terminal_number("colors"))
        guard !isUnwanted, count >= 8, cn_start_colours() else {
            colours = .monochrome
            namedColours = 0
            limit = 0
            return
        }
        // With more than 256 the numbers are no palette any more, but red, green and blue: only the first eight hold.
        colours = count == 256 ? .palette : .sixteen
        namedColours = count > 256 ? 8 : min(count, 16)
        limit = Int(cn_pair_limit())
    }

    /// The number of the pair for a style, and the attributes to draw it with.
    mutating func look(of style: Style) -> (pair: Int32, attributes: UInt32) {
        var attributes = UInt32(style.attributes.rawValue)
        guard colours != .monochrome else { return (0, attributes) }
        let foreground = number(of: style.foreground)
        var pair = Pair(foreground: foreground, background: number(of: style.background))
        if namedColours < 16 {
            // Bold brightens, except black, which few terminals let anybody see.
            if foreground == 8 {
                attributes |= UInt32(Style.Attributes.dim.rawValue)
                pair.foreground = -1
            } else if foreground > 8 {
                attributes |= UInt32(Style.Attributes.bold.rawValue)
                pair.foreground = Self.lowered(foreground)
            }
            pair.background = Self.lowered(pair.background)
        }
        return (self.number(of: pair), attributes)
    }

    private mutating func number(of pair: Pair) -> Int32 {
        if pair.foreground < 0, pair.background < 0 { return 0 }
        if let known = pairs[pair] { return known }
        let number = Int32(pairs.count + 1)
        guard number < limit, cn_set_pair(number, pair.foreground, pair.background) else { return 0 }
        pairs[pair] = number
        return number
    }

    private func number(of colour: Colour) -> Int32 {
        guard let index = colour.paletteIndex else { return -1 }
        return Int32(colours == .palette ? index : Self.nearestNamed(index))
    }

    private static func lowered(_ number: Int32) -> Int32 {
        number >= 8 ? number - 8 : number
    }

    /// The named colour that looks most like one of the palette.
    static func nearestNamed(_ index: UInt8) -> UInt8 {
        guard index >= 16 else { return index }
        let wanted = components(of: Int(index))
        let distances = named.map { colour in
            zip(colour, wanted).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        }
        return UInt8(distances.indices.min { distances[$0] < distances[$1] } ?? 7)
    }

    /// Red, green and blue of the cube and the greys, as xterm has them.
    private static func components(of index: Int) -> [Int] {
        if index >= 232 {
            return Array(repeating: 8 + (index - 232) * 10, count: 3)
        }
        return [(index - 16) / 36, (index - 16) / 6 % 6, (index - 16) % 6].map { $0 == 0 ? 0 : 55 + 40 * $0 }
    }

    private static let named = [
        [0, 0, 0], [205, 0, 0], [0, 205, 0], [205, 205, 0], [0, 0, 238], [205, 0, 205], [0, 205, 205], [229, 229, 229],
        [127, 127, 127], [255, 0, 0], [0, 255, 0], [255, 255, 0], [92, 92, 255], [255, 0, 255], [0, 255, 255],
        [255, 255, 255],
    ]
}
