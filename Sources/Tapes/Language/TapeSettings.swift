public import RPCCore
public import TerminalUI

/// The settings of a tape, as far as they mean something here, with the values that hold without them.
public struct TapeSettings: Hashable, Sendable {
    /// From one key to the next.
    public var typingSpeed = Duration.milliseconds(50)
    /// By what recordings play faster than what was recorded.
    public var playbackSpeed = 1.0
    /// How long `Wait` waits.
    public var waitTimeout = Duration.seconds(15)
    /// What `Wait` waits for: the prompt of a shell.
    public var waitPattern = try? TextPattern(">$")
    /// The colours of pictures.
    public var palette = ScreenPalette.standard
    /// The font of pictures, before those that they fall back on.
    public var fontFamily: String?
    private var numbers: [TapeSetting.Name: Double] = [:]
    private var hasWindowBar = false

    public init() {}

    /// The settings as they are once all of a tape is played.
    public init(of steps: [TapeStep]) {
        for step in steps {
            if case .set(let setting) = step.command { apply(setting) }
        }
    }

    /// The screen where no setting says how large it is.
    public static let standardSize = Size(columns: 120, rows: 36)

    public mutating func apply(_ setting: TapeSetting) {
        switch (setting.name, setting.value) {
        case (.typingSpeed, .time(let time)): typingSpeed = time
        case (.waitTimeout, .time(let time)): waitTimeout = time
        case (.waitPattern, .pattern(let pattern)): waitPattern = pattern
        case (.playbackSpeed, .number(let factor)): playbackSpeed = factor
        case (.theme, .palette(let palette)): self.palette = palette
        case (.fontFamily, .text(let family)): fontFamily = family
        case (.windowBar, _): hasWindowBar = true
        case (let name, .number(let number)): numbers[name] = number
        default: break
        }
    }

    /// The size of the screen in columns and rows.
    ///
    /// `Columns` and `Rows` say it. Otherwise it follows from the size of the picture in pixels: what padding, margin
    /// and window bar leave of it, divided by the size of a character of the font that vhs draws with, which is 0.6
    /// times as wide as the font's size and 1.32 times as high.
    public var screenSize: Size {
        let isInPixels = numbers.keys.contains { $0.decidesSize && $0 != .columns && $0 != .rows }
        let fallback = isInPixels ? sizeFromPixels : Self.standardSize
        return Size(
            columns: numbers[.columns].map { Int($0) } ?? fallback.columns,
            rows: numbers[.rows].map { Int($0) } ?? fallback.rows)
    }

    private var sizeFromPixels: Size {
        let fontSize = numbers[.fontSize] ?? 22
        let border = 2 * (numbers[.padding] ?? 60) + 2 * (numbers[.margin] ?? 0)
        let bar = hasWindowBar ? numbers[.windowBarSize] ?? 30 : 0
        let width = (numbers[.width] ?? 1200) - border
        let height = (numbers[.height] ?? 600) - border - bar
        let cellWidth = fontSize * 0.6 + (numbers[.letterSpacing] ?? 0)
        let cellHeight = fontSize * 1.32 * (numbers[.lineHeight] ?? 1)
        return Size(
            columns: Int(max(10, min(width / cellWidth, 1000))), rows: Int(max(5, min(height / cellHeight, 500))))
    }
}
