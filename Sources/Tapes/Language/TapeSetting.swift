public import RPCCore

/// A setting of a tape and its value.
public struct TapeSetting: Hashable, Sendable {
    public var name: Name
    public var value: Value

    public init(_ name: Name, _ value: Value) {
        self.name = name
        self.value = value
    }

    /// The settings, by their names in a tape.
    public enum Name: String, Hashable, Sendable, CaseIterable {
        case width = "Width"
        case height = "Height"
        case columns = "Columns"
        case rows = "Rows"
        case fontSize = "FontSize"
        case letterSpacing = "LetterSpacing"
        case lineHeight = "LineHeight"
        case padding = "Padding"
        case margin = "Margin"
        case windowBar = "WindowBar"
        case windowBarSize = "WindowBarSize"

        case typingSpeed = "TypingSpeed"
        case playbackSpeed = "PlaybackSpeed"
        case waitTimeout = "WaitTimeout"
        case waitPattern = "WaitPattern"

        case theme = "Theme"
        case fontFamily = "FontFamily"

        // What only styles a video, or chooses a shell.
        case shell = "Shell"
        case framerate = "Framerate"
        case loopOffset = "LoopOffset"
        case marginFill = "MarginFill"
        case borderRadius = "BorderRadius"
        case cursorBlink = "CursorBlink"
        case subtitleFontSize = "SubtitleFontSize"
        case subtitleFontFamily = "SubtitleFontFamily"
        case subtitleColor = "SubtitleColor"
        case subtitleBackground = "SubtitleBackground"
        case subtitlePosition = "SubtitlePosition"
        case subtitlePadding = "SubtitlePadding"
        case subtitleBorderRadius = "SubtitleBorderRadius"
    }

    /// The value of a setting, by its sort.
    public enum Value: Hashable, Sendable {
        case number(Double)
        case time(Duration)
        case text(String)
        case flag(Bool)
        case pattern(TextPattern)
        case palette(ScreenPalette)
    }
}

extension TapeSetting.Name {
    /// What may stand after the name.
    enum Form {
        /// A number in a range, whole or not.
        case number(ClosedRange<Double>, isWhole: Bool)
        case time
        /// A number that may have a `%` after it.
        case share
        case text
        case flag
        case colour
        /// One of some words.
        case choice([String])
        case theme
        case pattern
    }

    var form: Form {
        switch self {
        case .width, .height: .number(1...100_000, isWhole: true)
        case .columns: .number(10...1000, isWhole: true)
        case .rows: .number(5...500, isWhole: true)
        case .fontSize, .subtitleFontSize: .number(1...1000, isWhole: true)
        case .letterSpacing: .number(0...1000, isWhole: false)
        case .lineHeight: .number(0.1...100, isWhole: false)
        case .padding, .margin, .windowBarSize, .borderRadius, .subtitlePadding, .subtitleBorderRadius:
            .number(0...100_000, isWhole: true)
        case .playbackSpeed: .number(0.01...1000, isWhole: false)
        case .framerate: .number(1...1000, isWhole: false)
        case .typingSpeed, .waitTimeout: .time
        case .waitPattern: .pattern
        case .loopOffset: .share
        case .theme: .theme
        case .windowBar: .choice(["Colorful", "ColorfulRight", "Rings", "RingsRight"])
        case .cursorBlink: .flag
        case .marginFill: .colour
        case .fontFamily, .shell, .subtitleFontFamily, .subtitleColor, .subtitleBackground, .subtitlePosition: .text
        }
    }

    /// Whether the size of the screen follows from it: it cannot change once a program runs.
    var decidesSize: Bool {
        switch self {
        case .width, .height, .columns, .rows, .fontSize, .letterSpacing, .lineHeight, .padding, .margin, .windowBar,
            .windowBarSize:
            true
        default: false
        }
    }
}
