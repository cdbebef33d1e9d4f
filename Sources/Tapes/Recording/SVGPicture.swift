public import TerminalUI

/// A screen as a picture: SVG, with its colours, its lines and its text.
public enum SVGPicture {
    /// - Parameters:
    ///   - palette: The colours of the terminal.
    ///   - fontFamily: The font to draw with, where the reader has it.
    public static func make(
        _ screen: ScreenBuffer, palette: ScreenPalette = .standard, fontFamily: String? = nil
    ) -> String {
        make(screen, SVGLook(palette: palette, fontFamily: fontFamily))
    }

    static func make(_ screen: ScreenBuffer, _ look: SVGLook) -> String {
        var content = "<g transform=\"translate(\(SVGLook.padding) \(SVGLook.padding))\">\n"
        for (row, elements) in rows(of: screen, look).enumerated() where !elements.isEmpty {
            content += "<g transform=\"translate(0 \(row * SVGLook.cellHeight))\">\(elements)</g>\n"
        }
        return look.document(screen.size, content + "</g>\n")
    }

    /// The elements of each row.
    static func rows(of screen: ScreenBuffer, _ look: SVGLook) -> [String] {
        (0..<screen.size.rows).map { row in
            let cursor = screen.cursor.flatMap { $0.row == row ? $0.column : nil }
            return SVGRow.elements(screen.row(row), cursor: cursor, look)
        }
    }
}
