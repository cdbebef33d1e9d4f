import CNCurses
import Foundation
import Synchronization
public import TerminalUI
import Waiting

/// The terminal for who edits one line of it and leaves the rest to what is printed: keys come one by one and are not
/// echoed, so a line may be as long as it likes.
///
/// What the terminal makes signals of stays with it: control-C interrupts, control-Z stops. There is one at a time, and no
/// screen beside it. It gives the terminal back on ``restore()``, at the end of the process, and in a crash.
public final class LineTerminal: Sendable {
    /// Bracketed paste, which every terminal ignores that does not know it.
    private static let enter = Array("\u{1B}[?2004h".utf8)
    private static let leave = Array("\u{1B}[?2004l".utf8)
    /// How long a lone escape waits for what would make it the beginning of a longer sequence; a paste for its end mark.
    private static let escapeDelay: Int32 = 25
    private static let pasteDelay: Int32 = 2000

    private let input: Int32
    /// Where the line is drawn.
    public let output: Int32
    /// Whether characters beyond ASCII can be drawn.
    public let unicode: Bool
    /// A byte in this pipe ends a wait.
    private let wake: (reading: Int32, writing: Int32)
    private let queue = DispatchQueue(label: "greeter-tui.line-terminal")
    private let state = Mutex(Keyboard())
    private let isRestored = Mutex(false)

    /// Takes over the terminal.
    /// - Returns: `nil` where there is none, or one on which no line can be edited.
    public init?(input: Int32, output: Int32, environment: [String: String]) {
        guard isatty(input) == 1, isatty(output) == 1 else { return nil }
        guard let term = environment["TERM"], !term.isEmpty, term != "dumb" else { return nil }
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        wake = (ends[0], ends[1])
        self.input = input
        self.output = output
        unicode = TerminalLocale.name(in: environment).map(TerminalLocale.namesUTF8) ?? true
        guard cn_line_open(input, output, Self.leave, Int32(Self.leave.count)) else { return nil }
        cn_handle_crashes()
        cn_send(Self.enter, Int32(Self.enter.count))
    }

    deinit {
        restore()
        close(wake.reading)
        close(wake.writing)
    }

    /// The width of the terminal.
    public var columns: Int {
        var (columns, rows): (Int32, Int32) = (0, 0)
        return cn_window_size(output, &columns, &rows) ? Int(columns) : 80
    }

    /// Gives the terminal back as it was. Once is enough.
    public func restore() {
        let isFirst = isRestored.withLock { isRestored in
            defer { isRestored = true }
            return !isRestored
        }
        guard isFirst else { return }
        cn_unhandle_crashes()
        cn_line_close()
    }

    /// Gives the terminal to others, stops the process, and takes it again when the process goes on in the foreground.
    public func suspend() {
        guard !isRestored.withLock({ $0 }) else { return }
        cn_line_close()
        // The others of the group were stopped by the terminal. In the background there is nothing to read.
        repeat { cn_line_stop() } while !cn_line_is_foreground()
        resume()
    }

    /// Takes the terminal again, where the process has been stopped and somebody has changed it.
    public func resume() {
        guard !isRestored.withLock({ $0 }), cn_line_is_foreground() else { return }
        cn_line_close()
        _ = cn_line_open(input, output, Self.leave, Int32(Self.leave.count))
        cn_send(Self.enter, Int32(Self.enter.count))
    }

    /// Waits until something was typed or pasted, and gives all of it, in order.
    /// - Returns: `nil` at the end of the input, and when the task is cancelled. One task at a time may wait.
    public func nextEvents() async -> [TerminalEvent]? {
        await withTaskCancellationHandler {
            await queue.run { self.waitForEvents() }
        } onCancel: {
            _ = write(wake.writing, "x", 1)
        }
    }

    private func waitForEvents() -> [TerminalEvent]? {
        while true {
            switch waitForInput() {
            case .readable:
                guard let bytes = readBytes() else { return nil }
                let events = state.withLock { $0.events(of: bytes) }
                if !events.isEmpty { return events }
            case .timeOut: return state.withLock { $0.decoder.giveUp() }
            case .cancelled: return nil
            }
        }
    }

    private enum Wait { case readable, timeOut, cancelled }

    private func waitForInput() -> Wait {
        let delay = state.withLock {
            $0.decoder.isPasting ? Self.pasteDelay : $0.decoder.isPending ? Self.escapeDelay : -1
        }
        var polled = [input, wake.reading].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        while true {
            let result = poll(&polled, 2, delay)
            if result == 0 { return .timeOut }
            guard result > 0 else {
                if errno == EINTR { continue }
                return .cancelled
            }
            return polled[1].revents != 0 ? .cancelled : .readable
        }
    }

    /// What is there; `nil` at the end.
    private func readBytes() -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = read(input, &bytes, bytes.count)
            if count > 0 { return Array(bytes.prefix(count)) }
            guard count < 0, errno == EINTR || errno == EAGAIN else { return nil }
        }
    }
}

/// Makes events of bytes. Control-V has the next one stand for itself, as in a shell.
private struct Keyboard {
    var decoder = InputDecoder()
    private var isQuoting = false

    mutating func events(of bytes: [UInt8]) -> [TerminalEvent] {
        guard isQuoting || bytes.contains(0x16) else { return decoder.feed(bytes.lazy.map { .byte($0) }) }
        return bytes.flatMap { byte -> [TerminalEvent] in
            if isQuoting {
                isQuoting = false
                if byte < 0x80 { return [.paste(String(Unicode.Scalar(byte)))] }
            }
            let events = decoder.feed(CollectionOfOne(.byte(byte)))
            guard events == [.key(.control("v"))] else { return events }
            isQuoting = true
            return []
        }
    }
}
