import CNCurses
import TerminalUI

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Whether there is a terminal to show a screen on.
enum TerminalCheck {
    /// - Returns: the terminal's type, by the variable `TERM`.
    /// - Throws: ``TerminalError`` with what is missing and what to do.
    static func usableTerminal(_ options: NCursesBackend.Options) throws(TerminalError) -> String {
        let advice = "run it in a terminal, or use the commands that need no screen (see --help)"
        guard isatty(options.input) == 1 else { throw TerminalError("standard input is no terminal; \(advice)") }
        guard isatty(options.output) == 1 else { throw TerminalError("standard output is no terminal; \(advice)") }
        guard let term = options.environment["TERM"], !term.isEmpty else {
            throw TerminalError("TERM is not set; set it to your terminal's type, xterm-256color for most")
        }
        let name = TextSafety.sanitised(term)
        switch cn_check_terminal(term, options.output) {
        case CN_TERMINAL_USABLE: return term
        case CN_TERMINAL_DUMB: throw TerminalError("a terminal of type \(name) cannot show a screen; \(advice)")
        case CN_TERMINAL_NO_DATABASE:
            throw TerminalError("no terminal descriptions are installed; install the package ncurses-base")
        default:
            throw TerminalError(
                "the terminal type \(name) is not known here; set TERM to one that is, such as xterm-256color")
        }
    }
}
