import RPCCore

/// The themes that a tape can give by name: those that most terminals come with, by the names of their own authors.
extension ScreenPalette {
    /// The palette of a theme. Case, blanks, dashes and a `Builtin` before the name do not matter: `TokyoNight`.
    /// - Throws: ``Problem`` where there is none of that name.
    init(themeNamed name: String) throws(Problem) {
        guard let theme = Self.themes.first(where: { Self.key($0.name) == Self.key(name) }) else {
            let names = Self.themes.map(\.name)
            let nearest = NearestName.suggestion(for: name, among: names)
            let advice = nearest.map { "did you mean '\($0)'?" } ?? "known are \(names.joined(separator: ", "))"
            throw Problem(text: "there is no theme '\(name.prefix(40))'; \(advice); others are given by their colours")
        }
        self = theme.palette
    }

    private static func key(_ name: String) -> String {
        let letters = name.lowercased().filter { $0.isLetter || $0.isNumber }
        return letters.hasPrefix("builtin") ? String(letters.dropFirst(7)) : letters
    }

    private struct Theme {
        let name: String
        let palette: ScreenPalette

        /// - Parameter colours: Foreground, background, and the sixteen with names, as `RRGGBB`.
        init(_ name: String, _ colours: String) {
            let all = colours.split(separator: " ").compactMap { RGB(hex: "#\($0)") }
            self.name = name
            palette = ScreenPalette(foreground: all[0], background: all[1], named: Array(all[2...]))
        }
    }

    private static let themes = [
        Theme(
            "Catppuccin Frappe",
            """
            c6d0f5 303446 51576d e78284 a6d189 e5c890 8caaee f4b8e4 81c8be b5bfe2 \
            626880 e78284 a6d189 e5c890 8caaee f4b8e4 81c8be a5adce
            """),
        Theme(
            "Catppuccin Latte",
            """
            4c4f69 eff1f5 5c5f77 d20f39 40a02b df8e1d 1e66f5 ea76cb 179299 acb0be \
            6c6f85 d20f39 40a02b df8e1d 1e66f5 ea76cb 179299 bcc0cc
            """),
        Theme(
            "Catppuccin Macchiato",
            """
            cad3f5 24273a 494d64 ed8796 a6da95 eed49f 8aadf4 f5bde6 8bd5ca b8c0e0 \
            5b6078 ed8796 a6da95 eed49f 8aadf4 f5bde6 8bd5ca a5adcb
            """),
        Theme(
            "Catppuccin Mocha",
            """
            cdd6f4 1e1e2e 45475a f38ba8 a6e3a1 f9e2af 89b4fa f5c2e7 94e2d5 bac2de \
            585b70 f38ba8 a6e3a1 f9e2af 89b4fa f5c2e7 94e2d5 a6adc8
            """),
        Theme(
            "Dracula",
            """
            f8f8f2 282a36 21222c ff5555 50fa7b f1fa8c bd93f9 ff79c6 8be9fd f8f8f2 \
            6272a4 ff6e6e 69ff94 ffffa5 d6acff ff92df a4ffff ffffff
            """),
        Theme(
            "Gruvbox Dark",
            """
            ebdbb2 282828 282828 cc241d 98971a d79921 458588 b16286 689d6a a89984 \
            928374 fb4934 b8bb26 fabd2f 83a598 d3869b 8ec07c ebdbb2
            """),
        Theme(
            "Gruvbox Light",
            """
            3c3836 fbf1c7 fbf1c7 cc241d 98971a d79921 458588 b16286 689d6a 7c6f64 \
            928374 9d0006 79740e b57614 076678 8f3f71 427b58 3c3836
            """),
        Theme(
            "Nord",
            """
            d8dee9 2e3440 3b4252 bf616a a3be8c ebcb8b 81a1c1 b48ead 88c0d0 e5e9f0 \
            4c566a bf616a a3be8c ebcb8b 81a1c1 b48ead 8fbcbb eceff4
            """),
        Theme(
            "Solarized Dark",
            """
            839496 002b36 073642 dc322f 859900 b58900 268bd2 d33682 2aa198 eee8d5 \
            002b36 cb4b16 586e75 657b83 839496 6c71c4 93a1a1 fdf6e3
            """),
        Theme(
            "Solarized Light",
            """
            657b83 fdf6e3 073642 dc322f 859900 b58900 268bd2 d33682 2aa198 eee8d5 \
            002b36 cb4b16 586e75 657b83 839496 6c71c4 93a1a1 fdf6e3
            """),
        Theme(
            "Tokyo Night",
            """
            c0caf5 1a1b26 15161e f7768e 9ece6a e0af68 7aa2f7 bb9af7 7dcfff a9b1d6 \
            414868 f7768e 9ece6a e0af68 7aa2f7 bb9af7 7dcfff c0caf5
            """),
    ]
}
