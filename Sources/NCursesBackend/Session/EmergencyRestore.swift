import CNCurses

/// What signal handlers and the end of the process do, where anybody else wants it done.
enum EmergencyRestore {
    /// Puts the terminal right if it is in use, once, without asking ncurses.
    static func run() {
        cn_emergency_restore()
    }
}
