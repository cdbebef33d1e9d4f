public import TerminalUI
import WorkbenchModel

/// The colours of the workbench. Every meaning has a word or a mark besides, for terminals and eyes without colour.
public struct Theme: Hashable, Sendable {
    public var text: Style
    /// What matters less.
    public var faint: Style
    public var border: Style
    /// The frame of the pane that takes the keys.
    public var focusedBorder: Style
    public var title: Style
    /// The name of a key.
    public var key: Style
    public var success: Style
    public var warning: Style
    public var failure: Style
    public var info: Style
    /// The chosen row of the pane that takes the keys, and of the others.
    public var selection: Style
    public var otherSelection: Style
    /// What was looked for.
    public var match: Style

    /// For light text on a dark terminal.
    public static let dark = Theme(
        text: .plain, faint: Style(foreground: .indexed(245)), border: Style(foreground: .indexed(240)),
        focusedBorder: Style(foreground: .cyan).bold, title: .plain.bold, key: Style(foreground: .cyan).bold,
        success: Style(foreground: .green), warning: Style(foreground: .yellow),
        failure: Style(foreground: .brightRed).bold, info: Style(foreground: .cyan), selection: .plain.reverse,
        otherSelection: Style(background: .indexed(237)), match: Style(foreground: .black, background: .yellow))

    /// For dark text on a light terminal.
    public static let light = Theme(
        text: .plain, faint: Style(foreground: .indexed(242)), border: Style(foreground: .indexed(249)),
        focusedBorder: Style(foreground: .blue).bold, title: .plain.bold, key: Style(foreground: .blue).bold,
        success: Style(foreground: .indexed(28)), warning: Style(foreground: .indexed(130)),
        failure: Style(foreground: .indexed(160)).bold, info: Style(foreground: .blue), selection: .plain.reverse,
        otherSelection: Style(background: .indexed(254)), match: Style(foreground: .black, background: .yellow))

    /// Without colour, for any terminal.
    public static let mono = Theme(
        text: .plain, faint: .plain.dim, border: .plain.dim, focusedBorder: .plain.bold, title: .plain.bold,
        key: .plain.bold, success: .plain, warning: .plain.bold, failure: .plain.bold.underline, info: .plain,
        selection: .plain.reverse, otherSelection: .plain.underline, match: .plain.reverse.bold)

    /// The theme on a terminal with so many colours. A chosen row that only a grey tells from the others would not be seen where there
    /// are no greys: not with `NO_COLOR` either.
    func distinct(with colours: TerminalCapabilities.Colours) -> Theme {
        guard colours < .palette else { return self }
        var theme = colours == .monochrome ? Theme.mono : self
        theme.otherSelection = Theme.mono.otherSelection
        return theme
    }

    /// The look of a notice.
    func style(of level: Notice.Level) -> Style {
        switch level {
        case .info: info
        case .success: success
        case .warning: warning
        case .failure: failure
        }
    }
}
