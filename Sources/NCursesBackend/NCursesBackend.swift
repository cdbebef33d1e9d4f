import CNCurses
import Dispatch
import Foundation
public import TerminalUI

/// The terminal that the program runs in, by way of ncurses.
///
/// There is one at a time. It owns the screen from its making until ``restore()``; signals, crashes and the end of the
/// process give the screen back too. Nothing runs while nothing happens: input and signals wake the main actor.
@MainActor
public final class NCursesBackend: TerminalBackend {
    /// How the terminal is found and used.
    public struct Options: Sendable {
        /// The descriptors of the terminal.
        public var input: Int32 = 0
        public var output: Int32 = 1
        /// `TERM`, `NO_COLOR`, `LC_ALL`, `LC_CTYPE` and `LANG` are looked at.
        public var environment: [String: String]
        /// Whether signals are handled: size changes, stopping, ending, crashes. They belong to the whole process.
        public var handlesSignals = true
        public var usesMouse = true
        /// How long a lone escape waits for what would make it the beginning of a longer sequence.
        public var escapeDelay: Duration = .milliseconds(25)
        /// How long a paste may pause before it counts as complete though its end mark is missing.
        public var pasteDelay: Duration = .seconds(2)

        /// - Parameter environment: The process's own unless given.
        public init(environment: [String: String]? = nil) {
            self.environment = environment ?? ProcessInfo.processInfo.environment
        }
    }

    public let capabilities: TerminalCapabilities
    /// What people should know of the terminal, in one line: that its type is not known here, and another is taken.
    public let note: String?

    /// Events kept until somebody takes them; then reading pauses.
    static let queueLimit = 4096

    let options: Options
    let queue = EventQueue()
    var painter: Painter
    var decoder = InputDecoder()
    var wakePipe: WakePipe?
    var inputSource: (any DispatchSourceRead)?
    var isInputPaused = false
    var pendingTimer: (any DispatchSourceTimer)?
    private let modes: TerminalModes
    private var hasTitle = false
    private(set) var isRestored = false

    private static var isInUse = false

    /// Takes over the terminal.
    /// - Throws: ``TerminalError`` where there is none, or none that can show a screen.
    public init(options: Options = Options()) throws(TerminalError) {
        guard !Self.isInUse else { throw TerminalError("the terminal is in use by this program already") }
        let terminal = try TerminalCheck.usableTerminal(options)
        self.options = options
        note = terminal.note
        let unicode = TerminalLocale.apply(options.environment)
        guard cn_open(terminal.name, options.input, options.output) else {
            throw TerminalError("ncurses cannot use this terminal (TERM=\(TextSafety.sanitised(terminal.name)))")
        }
        let palette = Palette(environment: options.environment)
        capabilities = TerminalCapabilities(colours: palette.colours, unicode: unicode)
        painter = Painter(palette: palette, unicode: unicode)
        modes = TerminalModes(usesMouse: options.usesMouse)
        Self.isInUse = true
        enterModes()
        adoptWindowSize()
        do {
            try listen()
        } catch {
            restore()
            throw error
        }
    }

    public var size: Size {
        var columns: Int32 = 0
        var rows: Int32 = 0
        if !isRestored { cn_screen_size(&columns, &rows) }
        return Self.limited(columns, rows)
    }

    /// A terminal may say that it is of any size, and so may `COLUMNS` and `LINES`: of a larger one this much is drawn on.
    private static let sizeLimit = Size(columns: 1000, rows: 500)

    private static func limited(_ columns: Int32, _ rows: Int32) -> Size {
        Size(
            columns: min(max(0, Int(columns)), sizeLimit.columns), rows: min(max(0, Int(rows)), sizeLimit.rows))
    }

    public func present(_ buffer: ScreenBuffer) {
        guard !isRestored else { return }
        painter.present(buffer)
    }

    public func nextEvents() async -> [TerminalEvent] {
        let events = await queue.next()
        resumeInput()
        return events
    }

    public func redraw() {
        guard !isRestored else { return }
        painter.forget()
        cn_repaint()
    }

    public func bell() {
        if !isRestored { cn_bell() }
    }

    public func setTitle(_ title: String) {
        guard !isRestored, modes.isXtermLike else { return }
        if !hasTitle {
            hasTitle = true
            send(TerminalModes.saveTitle)
            armRestore()
        }
        let safe = TextSafety.sanitised(String(title.prefix(200)), ascii: !capabilities.unicode)
        send(Array("\u{1B}]2;\(safe)\u{1B}\\".utf8))
    }

    @discardableResult
    public func copy(_ text: String) -> Bool {
        guard !isRestored, modes.isXtermLike, text.utf8.count <= Clipboard.limit else { return false }
        return send(Array("\u{1B}]52;c;\(Data(text.utf8).base64EncodedString())\u{7}".utf8))
    }

    public func suspend() {
        guard !isRestored else { return }
        leaveScreen()
        cn_stop()
        returnToScreen()
    }

    public func run(_ command: String, on path: String) -> Int32? {
        guard !isRestored else { return nil }
        leaveScreen()
        let status = cn_run(command, path)
        returnToScreen()
        return status < 0 ? nil : status
    }

    public func restore() {
        guard !isRestored else { return }
        isRestored = true
        stopListening()
        leaveModes()
        cn_close()
        cn_disarm_restore()
        Self.isInUse = false
    }

    // MARK: - The screen's modes

    /// Leaves the screen to others.
    func leaveScreen() {
        leaveModes()
        cn_leave()
        cn_disarm_restore()
    }

    /// Comes back after others have had the screen.
    func returnToScreen() {
        guard !isRestored else { return }
        cn_enter()
        enterModes()
        redraw()
        queue.push(.resumed)
        windowChanged()
    }

    private func enterModes() {
        armRestore()
        send(modes.enter)
    }

    private func leaveModes() {
        send(modes.leave)
        if hasTitle, isRestored { send(TerminalModes.restoreTitle) }
    }

    private func armRestore() {
        let sequence = modes.restoreSequence(restoresTitle: hasTitle)
        cn_arm_restore(sequence, Int32(sequence.count))
    }

    @discardableResult
    private func send(_ bytes: [UInt8]) -> Bool {
        cn_send(bytes, Int32(bytes.count))
    }

    // MARK: - Size

    /// The window may have another size now.
    func windowChanged() {
        guard !isRestored else { return }
        let old = size
        adoptWindowSize()
        guard size != old else { return }
        painter.forget()
        queue.push(.resized(size))
    }

    private func adoptWindowSize() {
        var columns: Int32 = 0
        var rows: Int32 = 0
        guard cn_window_size(options.output, &columns, &rows) else { return }
        let window = Self.limited(columns, rows)
        if size != window { cn_resize(Int32(window.columns), Int32(window.rows)) }
    }
}
