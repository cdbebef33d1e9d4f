/// A terminal: frames go to it, events come from it.
@MainActor
public protocol TerminalBackend: AnyObject {
    /// The extent of the screen now.
    var size: Size { get }

    /// What the terminal can show.
    var capabilities: TerminalCapabilities { get }

    /// Shows a frame. Only what has changed since the last one is sent; a frame of another size than the screen is
    /// clipped or leaves the rest blank.
    func present(_ buffer: ScreenBuffer)

    /// Waits until something has happened, and gives everything that has, in order.
    ///
    /// Keys come in batches when they come quickly (scripts, held keys), so that a batch needs one frame only.
    /// One task at a time may wait.
    /// - Returns: at least one event; nothing at all when the task is cancelled, and after ``TerminalEvent/inputClosed``.
    func nextEvents() async -> [TerminalEvent]

    /// Leaves the screen, stops the process as control-Z does, and comes back when the shell lets it go on; then
    /// ``TerminalEvent/resumed`` comes.
    func suspend()

    /// Leaves the screen to another program, and comes back when it has ended; then ``TerminalEvent/resumed`` comes.
    /// - Parameters:
    ///   - command: For the shell: a program, perhaps with arguments.
    ///   - path: One more argument.
    /// - Returns: its exit status, as a shell has it; `nil` where it could not be started.
    func run(_ command: String, on path: String) -> Int32?

    /// Draws the whole screen again with the next frame, whatever other programs have written over it.
    func redraw()

    /// Rings, or flashes.
    func bell()

    /// Names the terminal's window. The title is made safe first; the old one comes back on ``restore()``.
    func setTitle(_ title: String)

    /// Hands text to the clipboard of the user's own machine (OSC 52).
    /// - Returns: whether it was sent: not when it is longer than terminals take, or the terminal has no such thing.
    ///   Whether the terminal obeys nobody can tell.
    @discardableResult
    func copy(_ text: String) -> Bool

    /// Gives the terminal back as it was. Once is enough, more does no harm; frames are ignored from then on.
    func restore()
}

/// The clipboard behind a terminal.
public enum Clipboard {
    /// What terminals take as the longest text for it, in bytes before it is encoded.
    public static let limit = 74_994
}

/// What a terminal can show.
public struct TerminalCapabilities: Hashable, Sendable {
    public var colours: Colours
    /// Whether characters beyond ASCII can be drawn.
    public var unicode: Bool

    public init(colours: Colours, unicode: Bool) {
        self.colours = colours
        self.unicode = unicode
    }

    /// The marks and lines to draw with.
    public var glyphs: Glyphs { unicode ? .unicode : .ascii }

    public enum Colours: Int, Hashable, Sendable, Comparable {
        /// Attributes only, and the two colours of the terminal itself.
        case monochrome = 2
        /// The named colours.
        case sixteen = 16
        /// The palette.
        case palette = 256

        public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    }
}

/// A terminal that cannot be used, said in one line with what to do about it.
public struct TerminalError: Error, Hashable, CustomStringConvertible {
    public let description: String

    public init(_ description: String) {
        self.description = description
    }
}
