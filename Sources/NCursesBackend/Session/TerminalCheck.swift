import CNCurses
import TerminalUI

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The type of a terminal that can show a screen.
struct UsableTerminal: Hashable {
    /// Its name in the database of terminal descriptions.
    var name: String
    /// What people should know of it, in one line; `nil` where it is what `TERM` says.
    var note: String?
}

/// Whether there is a terminal to show a screen on.
enum TerminalCheck {
    /// What stands in for a type that has no description here, the better one first: nearly every terminal of today
    /// understands what xterm does, and those whose names are missing on other machines are the new ones.
    private static let substitutes = ["xterm-256color", "xterm"]

    /// - Returns: the terminal's type, by the variable `TERM`, or what stands in for it.
    /// - Throws: ``TerminalError`` with what is missing and what to do.
    static func usableTerminal(_ options: NCursesBackend.Options) throws(TerminalError) -> UsableTerminal {
        let advice = "run it in a terminal, or use the commands that need no screen (see --help)"
        guard isatty(options.input) == 1 else { throw TerminalError("standard input is no terminal; \(advice)") }
        guard isatty(options.output) == 1 else { throw TerminalError("standard output is no terminal; \(advice)") }
        guard let term = options.environment["TERM"], !term.isEmpty else {
            throw TerminalError("TERM is not set; set it to your terminal's type, xterm-256color for most")
        }
        let name = TextSafety.sanitised(String(term.prefix(64)))
        switch cn_check_terminal(term, options.output) {
        case CN_TERMINAL_USABLE: return UsableTerminal(name: term)
        case CN_TERMINAL_DUMB: throw TerminalError("a terminal of type \(name) cannot show a screen; \(advice)")
        case CN_TERMINAL_NO_DATABASE:
            throw TerminalError("no terminal descriptions are installed; install the package ncurses-base")
        default: break
        }
        let substitute = substitutes.first { cn_check_terminal($0, options.output) == CN_TERMINAL_USABLE }
        guard let substitute else {
            throw TerminalError(
                "the terminal type \(name) is not known here, and neither is \(substitutes.joined(separator: " or ")); "
                    + "install the package ncurses-base, or set TERM to a type that is known")
        }
        let note = "the terminal type \(name) (TERM) is not known here; \(substitute) is taken instead"
        return UsableTerminal(name: substitute, note: note)
    }
}
