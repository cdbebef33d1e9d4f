/// A terminal in memory: tests and key scripts feed events and look at the frames.
@MainActor
public final class TestBackend: TerminalBackend {
    public private(set) var size: Size
    public let capabilities: TerminalCapabilities
    /// The frames shown, oldest first, at most ``framesLimit``; older ones are dropped.
    public private(set) var frames: [ScreenBuffer] = []
    /// How many frames have been shown, dropped ones included.
    public private(set) var frameCount = 0
    /// What else was asked for, in order.
    public private(set) var requests: [Request] = []

    private let queue = EventQueue()

    /// Frames kept.
    public static let framesLimit = 1000

    /// Things asked of the terminal besides showing frames.
    public enum Request: Hashable, Sendable {
        case suspend, redraw, bell, restore
        case title(String)
        case copy(String)
    }

    public init(
        size: Size, capabilities: TerminalCapabilities = TerminalCapabilities(colours: .palette, unicode: true)
    ) {
        self.size = size
        self.capabilities = capabilities
    }

    /// What the screen shows: the last frame, or nothing yet.
    public var screen: ScreenBuffer {
        frames.last ?? ScreenBuffer(size: size, glyphs: capabilities.glyphs)
    }

    /// The rows of the screen as text.
    public var lines: [String] { screen.lines }

    /// Lets an event happen.
    public func feed(_ event: TerminalEvent) {
        queue.push(event)
    }

    /// Presses keys, given by their names; see ``KeyEvent/init(parsing:)``.
    public func press(_ names: String...) {
        for name in names {
            guard let key = KeyEvent(parsing: name) else { preconditionFailure("no key is called \(name)") }
            feed(.key(key))
        }
    }

    /// Types text, grapheme by grapheme.
    public func type(_ text: String) {
        for character in text { feed(.key(.character(character))) }
    }

    /// Gives the terminal another size.
    public func resize(to size: Size) {
        self.size = size
        feed(.resized(size))
    }

    public func present(_ buffer: ScreenBuffer) {
        if frames.count == Self.framesLimit { frames.removeFirst() }
        frames.append(buffer)
        frameCount += 1
    }

    public func nextEvents() async -> [TerminalEvent] {
        await queue.next()
    }

    public func suspend() {
        requests.append(.suspend)
        feed(.resumed)
    }

    /// What programs do that are given the terminal.
    public var programs: ((_ command: String, _ path: String) -> Int32?)?

    public func run(_ command: String, on path: String) -> Int32? {
        defer { feed(.resumed) }
        return programs?(command, path)
    }

    public func redraw() { requests.append(.redraw) }
    public func bell() { requests.append(.bell) }
    public func setTitle(_ title: String) { requests.append(.title(TextSafety.sanitised(title))) }

    @discardableResult
    public func copy(_ text: String) -> Bool {
        requests.append(.copy(text))
        return true
    }

    public func restore() { requests.append(.restore) }
}
