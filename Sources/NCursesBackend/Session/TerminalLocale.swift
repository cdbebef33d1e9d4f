import CNCurses

/// Which characters the user's locale has.
///
/// A locale that names UTF-8 has them all, and so has none at all: there it is terminals that speak UTF-8 and a container
/// that forgot to say so. One that names anything else (`C` and `POSIX` included) is believed, and gets ASCII.
enum TerminalLocale {
    /// The locale in force: the first of these variables that is set and not empty.
    static func name(in environment: [String: String]) -> String? {
        ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
    }

    /// Whether a name says UTF-8: `en_US.UTF-8`, `C.utf8`, `de_DE.UTF-8@euro`.
    static func namesUTF8(_ name: String) -> Bool {
        let name = name.lowercased()
        return name.contains("utf-8") || name.contains("utf8")
    }

    /// Makes the C library, and with it ncurses, use UTF-8 wherever there is a locale for it: in others ncurses has ways of
    /// its own that fewer terminals understand, and of ASCII alone UTF-8 makes ASCII.
    /// - Returns: whether the user's locale has characters beyond ASCII to be drawn.
    static func apply(_ environment: [String: String]) -> Bool {
        let name = name(in: environment)
        if let name, cn_set_locale(name), cn_locale_is_utf8() { return true }
        // Where the locale that was asked for is not installed, the plain one with UTF-8 draws the same.
        let isUTF8 = ["C.UTF-8", "en_US.UTF-8", "UTF-8"].contains { (name: String) in
            cn_set_locale(name) && cn_locale_is_utf8()
        }
        return isUTF8 && (name.map(namesUTF8) ?? true)
    }
}
