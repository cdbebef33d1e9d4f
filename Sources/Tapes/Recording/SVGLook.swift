import TerminalUI

/// The measures and colours of a screen's picture.
struct SVGLook: Hashable, Sendable {
    var palette = ScreenPalette.standard
    /// The font asked for, before those that it falls back on.
    var fontFamily: String?

    static let fontSize = 14
    /// A column, in tenths of a pixel: monospaced fonts are 0.6 of their size wide.
    static let cellWidth = 84
    /// A row, in pixels.
    static let cellHeight = 18
    /// The foot of a row's letters, from its top, in pixels.
    static let baseline = 13
    static let padding = 12

    /// The size of the picture, in pixels.
    static func pixels(of size: Size) -> (width: Int, height: Int) {
        ((size.columns * cellWidth + 9) / 10 + 2 * padding, size.rows * cellHeight + 2 * padding)
    }

    /// The left edge of a column: `16.8`.
    static func x(_ column: Int) -> String { tenths(column * cellWidth) }

    /// The middle of a column.
    static func middle(_ column: Int) -> String { tenths(column * cellWidth + cellWidth / 2) }

    /// A number of tenths of a pixel.
    static func tenths(_ number: Int) -> String {
        number % 10 == 0 ? String(number / 10) : "\(number / 10).\(number % 10)"
    }

    /// Everything around the content: the size, the styles and the ground.
    func document(_ size: Size, styles: String = "", _ content: String) -> String {
        let (width, height) = Self.pixels(of: size)
        return """
            <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(height)" \
            viewBox="0 0 \(width) \(height)" font-family="\(fonts)" font-size="\(Self.fontSize)">
            <title>greeter-tui</title>
            <style>
            text { white-space: pre; fill: \(palette.foreground.hex) }
            .b { font-weight: bold } .i { font-style: italic } .d { opacity: 0.6 }
            \(styles)</style>
            <rect width="\(width)" height="\(height)" rx="6" fill="\(palette.background.hex)"/>
            \(content)</svg>

            """
    }

    private var fonts: String {
        let own = fontFamily.map { ["'\($0.filter { $0.isLetter || $0.isNumber || $0 == " " || $0 == "-" })'"] } ?? []
        let common = [
            "'JetBrains Mono'", "'DejaVu Sans Mono'", "Menlo", "'Cascadia Mono'", "'Liberation Mono'",
            "'Noto Sans Mono CJK SC'", "monospace",
        ]
        return (own + common).joined(separator: ", ")
    }
}
