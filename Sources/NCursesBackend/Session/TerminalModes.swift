import CNCurses

/// The sequences for what ncurses does not do by itself. All are private modes of ECMA-48 terminals, which ignore those
/// that they do not know.
struct TerminalModes {
    /// Switches the modes on.
    let enter: [UInt8]
    /// Switches them off.
    let leave: [UInt8]
    /// Whether the terminal is of the xterm family: it has window titles and a clipboard.
    let isXtermLike: Bool

    /// Keeps and brings back the window's title (xterm's window operations 22 and 23).
    static let saveTitle = Array("\u{1B}[22;2t".utf8)
    static let restoreTitle = Array("\u{1B}[23;2t".utf8)

    /// - Parameter usesMouse: Buttons, drags and the wheel (1000, 1002), reported in decimal numbers (1006).
    init(usesMouse: Bool) {
        let isECMA = cn_terminal_string("cup").map { String(cString: $0).hasPrefix("\u{1B}[") } ?? false
        isXtermLike = cn_terminal_flag("XT") || cn_terminal_string("TS") != nil
        var modes = ["2004"]
        if usesMouse, isXtermLike || cn_terminal_string("kmous") != nil { modes += ["1000", "1002", "1006"] }
        enter = isECMA ? Array(modes.map { "\u{1B}[?\($0)h" }.joined().utf8) : []
        leave = isECMA ? Array(modes.reversed().map { "\u{1B}[?\($0)l" }.joined().utf8) : []
    }

    /// Everything that puts the terminal right, for when nobody can be asked any more.
    func restoreSequence(restoresTitle: Bool) -> [UInt8] {
        var ncurses = [UInt8](repeating: 0, count: Int(CN_RESTORE_LIMIT))
        let count = cn_restore_sequence(&ncurses, Int32(ncurses.count))
        return leave + (restoresTitle ? Self.restoreTitle : []) + ncurses.prefix(Int(count))
    }
}
