/// What comes from the terminal.
public enum TerminalEvent: Hashable, Sendable {
    case key(KeyEvent)
    case mouse(MouseEvent)
    /// Text that was pasted as a whole, as it came: line ends and control characters included.
    case paste(String)
    /// The terminal has another size now. Several changes in a row come as one.
    case resized(Size)
    /// The program was stopped and goes on. The next frame is drawn whole.
    case resumed
    /// Somebody sent SIGINT. Control-C on the keyboard is a plain key.
    case interrupted
    /// A signal that ends the program (SIGTERM, SIGHUP). The terminal is restored already; the program has
    /// two seconds to end by itself.
    case terminated(signal: Int32)
    /// There will be no more input: the terminal is gone. Always the last event.
    case inputClosed
}

/// Something done with the mouse.
public struct MouseEvent: Hashable, Sendable {
    public var kind: Kind
    /// Which button; `none` for the wheel.
    public var button: Button
    public var point: Point
    public var modifiers: KeyEvent.Modifiers

    public init(_ kind: Kind, button: Button = .none, at point: Point, modifiers: KeyEvent.Modifiers = []) {
        self.kind = kind
        self.button = button
        self.point = point
        self.modifiers = modifiers
    }

    public enum Kind: Hashable, Sendable {
        case press, release, drag, wheelUp, wheelDown
    }

    public enum Button: Hashable, Sendable {
        case none, left, middle, right
    }
}
