public import TerminalUI

/// The terminal of a program that a tape plays: the tape's commands are its input, and every frame can be looked at.
///
/// It shows its frames on another terminal, or on none at all.
@MainActor
public final class TapeTerminal: TerminalBackend {
    private let base: (any TerminalBackend)?
    private let ownSize: Size
    private let queue = EventQueue()
    private var watchers: [CheckedContinuation<Void, Never>] = []
    private var listener: Task<Void, Never>?

    /// What the screen shows.
    public private(set) var screen: ScreenBuffer
    /// How many frames there have been.
    private(set) var frameCount = 0
    /// What was copied last.
    public var clipboard = ""
    /// Called with every frame.
    var onPicture: () -> Void = {}

    /// A screen that nobody sees.
    public init(size: Size) {
        base = nil
        ownSize = size
        screen = ScreenBuffer(size: size)
    }

    /// A screen that is shown on a terminal, and is as large.
    public init(on base: any TerminalBackend) {
        self.base = base
        ownSize = base.size
        screen = ScreenBuffer(size: base.size, glyphs: base.capabilities.glyphs)
    }

    // MARK: The tape's side

    /// Lets an event happen, as if it came from a keyboard.
    func feed(_ event: TerminalEvent) {
        queue.push(event)
    }

    /// Listens to the terminal that is shown on. The user's keys do not reach the program.
    /// - Parameter stop: Called when the user presses control-C, or the terminal is gone.
    public func listen(stop: @escaping @MainActor () -> Void) {
        guard let base else { return }
        listener = Task { [weak self] in
            while case let events = await base.nextEvents(), !events.isEmpty {
                for event in events { self?.take(event, stop) }
            }
        }
    }

    /// Listens no more.
    public func stopListening() {
        listener?.cancel()
    }

    private func take(_ event: TerminalEvent, _ stop: () -> Void) {
        switch event {
        case .key(.control("c")), .interrupted: stop()
        case .key(.control("l")), .key(.control("z")), .resized, .resumed: queue.push(event)
        case .terminated, .inputClosed:
            queue.push(event)
            stop()
        case .key, .mouse, .paste: break
        }
    }

    /// Waits until there has been another frame than the first so many, or the task is cancelled.
    func frame(after count: Int) async {
        while frameCount == count, !Task.isCancelled {
            await withTaskCancellationHandler {
                guard !Task.isCancelled else { return }
                await withCheckedContinuation { watchers.append($0) }
            } onCancel: {
                Task { @MainActor in self.wakeWatchers() }
            }
        }
    }

    private func wakeWatchers() {
        let woken = watchers
        watchers = []
        for watcher in woken { watcher.resume() }
    }

    // MARK: The program's side

    public var size: Size { base?.size ?? ownSize }

    public var capabilities: TerminalCapabilities {
        base?.capabilities ?? TerminalCapabilities(colours: .palette, unicode: true)
    }

    public func present(_ buffer: ScreenBuffer) {
        screen = buffer
        frameCount += 1
        base?.present(buffer)
        onPicture()
        wakeWatchers()
    }

    public func nextEvents() async -> [TerminalEvent] { await queue.next() }

    public func suspend() {
        if let base { base.suspend() } else { queue.push(.resumed) }
    }

    public func run(_ command: String, on path: String) -> Int32? { base?.run(command, on: path) }

    public func redraw() { base?.redraw() }
    public func bell() { base?.bell() }
    public func setTitle(_ title: String) { base?.setTitle(title) }

    @discardableResult
    public func copy(_ text: String) -> Bool {
        clipboard = text
        return base?.copy(text) ?? true
    }

    /// The terminal that is shown on belongs to whoever made it.
    public func restore() {}
}
