import RPCCore
import TerminalUI

/// A recording as a picture that moves: SVG whose frames lie side by side behind a window, and are drawn past it by
/// steps (CSS animations).
///
/// Rows that are alike are kept once, so that a film is not much larger than what changes in it. Where nothing moves,
/// because the reader wants no motion or the renderer knows no animations, the last frame is seen.
struct SVGFilm: ScreenRecorder {
    private let look: SVGLook
    /// The elements of each row that is shown, by their numbers, and the other way round.
    private var rows: [String] = []
    private var numbers: [String: Int] = [:]
    /// The rows of each frame that is shown, the same way.
    private var frames: [[Int]] = []
    private var frameNumbers: [[Int]: Int] = [:]
    /// Which frame is shown from when.
    private var cuts: [(time: Duration, frame: Int)] = []
    private var screenSize = Size(columns: 0, rows: 0)
    private(set) var size = 0

    /// How long the last frame stands before the film begins again.
    private static let pause = Duration.seconds(3)

    init(_ look: SVGLook) {
        self.look = look
    }

    mutating func show(_ screen: ScreenBuffer, at time: Duration) {
        screenSize = Size(
            columns: max(screenSize.columns, screen.size.columns), rows: max(screenSize.rows, screen.size.rows))
        let rows = SVGPicture.rows(of: screen, look).map { number(of: $0) }
        let frame = number(of: rows)
        guard frame != cuts.last?.frame else { return }
        size += 64
        if cuts.last?.time == time { cuts.removeLast() }
        cuts.append((time, frame))
    }

    func contents(end: Duration) -> String {
        let length = max(end, cuts.last?.time ?? .zero) + Self.pause
        return look.document(screenSize, styles: styles(length), definitions + window)
    }

    // MARK: Frames

    private mutating func number(of row: String) -> Int {
        if let number = numbers[row] { return number }
        rows.append(row)
        numbers[row] = rows.count - 1
        size += row.utf8.count
        return rows.count - 1
    }

    private mutating func number(of frame: [Int]) -> Int {
        if let number = frameNumbers[frame] { return number }
        frames.append(frame)
        frameNumbers[frame] = frames.count - 1
        size += frame.count * 32
        return frames.count - 1
    }

    // MARK: The document

    private var definitions: String {
        let rows = rows.enumerated().filter { !$0.element.isEmpty }
            .map { "<g id=\"r\($0.offset)\">\($0.element)</g>\n" }
        return "<defs>\n\(rows.joined())</defs>\n"
    }

    private var window: String {
        let (width, height) = SVGLook.pixels(of: screenSize)
        let strip = frames.enumerated().map { number, rows in
            let uses = rows.enumerated().filter { !self.rows[$0.element].isEmpty }
                .map { "<use href=\"#r\($0.element)\" y=\"\($0.offset * SVGLook.cellHeight)\"/>" }
            return "<g transform=\"translate(\(number * width) 0)\">\(uses.joined())</g>\n"
        }
        return """
            <svg x="\(SVGLook.padding)" y="\(SVGLook.padding)" width="\(width - 2 * SVGLook.padding)" \
            height="\(height - 2 * SVGLook.padding)"><g class="film" transform="translate(-\(lastFrameX) 0)">
            \(strip.joined())</g></svg>

            """
    }

    private func styles(_ length: Duration) -> String {
        let width = SVGLook.pixels(of: screenSize).width
        let steps = cuts.map { cut in
            "\(Self.percent(cut.time / length)) { transform: translateX(-\(cut.frame * width)px) }\n"
        }
        return """
            .film { animation: film \(Self.rounded(length / .seconds(1)))s step-end infinite }
            @keyframes film {
            \(steps.joined())100% { transform: translateX(-\(lastFrameX)px) }
            }
            @media (prefers-reduced-motion: reduce) {
            .film { animation: none }
            }

            """
    }

    /// Where the frame that stands at the end begins in the strip.
    private var lastFrameX: Int { (cuts.last?.frame ?? 0) * SVGLook.pixels(of: screenSize).width }

    private static func percent(_ share: Double) -> String { "\(rounded(share * 100))%" }

    /// With at most three decimals.
    private static func rounded(_ number: Double) -> String {
        let thousandths = Int((number * 1000).rounded())
        return "\(thousandths / 1000).\((thousandths % 1000).digits(3))"
    }
}
