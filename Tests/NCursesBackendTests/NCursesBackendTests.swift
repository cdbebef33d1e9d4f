import Foundation
import TerminalUI
import Testing

@testable import NCursesBackend

/// One terminal at a time: ncurses has one, and so has the process.
@MainActor
@Suite("The backend drives a terminal through a pseudo-terminal", .serialized, .timeLimit(.minutes(10)))
struct NCursesBackendTests {
    /// Runs `body` on a backend and gives the terminal back whatever happens.
    private func withBackend(
        term: String = "xterm-256color", environment: [String: String] = ["LANG": "C.UTF-8"],
        change: (inout NCursesBackend.Options) -> Void = { _ in },
        _ body: (NCursesBackend, PseudoTerminal) async throws -> Void
    ) async throws {
        let terminal = try PseudoTerminal()
        let backend = try terminal.makeBackend(term: term, environment: environment, change: change)
        defer { backend.restore() }
        try await body(backend, terminal)
    }

    /// The next events until there are `count` of them.
    private func events(_ count: Int, from backend: NCursesBackend) async -> [TerminalEvent] {
        var events: [TerminalEvent] = []
        while events.count < count {
            let batch = await backend.nextEvents()
            if batch.isEmpty { break }
            events += batch
        }
        return events
    }

    private func frame(_ text: String, size: Size, style: Style = .plain) -> ScreenBuffer {
        var buffer = ScreenBuffer(size: size)
        buffer.draw(text, at: .zero, style: style)
        return buffer
    }

    // MARK: - Input

    @Test(
        "Keys arrive, by the terminal's description and beyond it",
        arguments: ["xterm-256color", "tmux-256color", "linux"])
    func keys(term: String) async throws {
        try await withBackend(term: term) { backend, terminal in
            terminal.send("a你é\r\t\u{10}\u{1B}OA\u{1B}[B\u{1B}[1;5C\u{1B}[3~\u{1B}[5~\u{1B}b\u{7F}q")
            let expected: [KeyEvent] = [
                .character("a"), .character("你"), .character("é"), KeyEvent(.enter), KeyEvent(.tab), .control("p"),
                KeyEvent(.up), KeyEvent(.down), KeyEvent(.right, .control), KeyEvent(.delete), KeyEvent(.pageUp),
                .alt("b"), KeyEvent(.backspace), .character("q"),
            ]
            #expect(await events(expected.count, from: backend) == expected.map { .key($0) })
        }
    }

    @Test("A lone escape is a key after its delay, and the pieces of a character find one another")
    func pieces() async throws {
        try await withBackend { backend, terminal in
            terminal.send("\u{1B}")
            #expect(await events(1, from: backend) == [.key(KeyEvent(.escape))])
        }
        try await withBackend(change: { $0.escapeDelay = .seconds(50) }) { backend, terminal in
            terminal.send("x" + "\u{1B}[1;")
            #expect(await events(1, from: backend) == [.key(.character("x"))])
            terminal.send("5A")
            #expect(await events(1, from: backend) == [.key(KeyEvent(.up, .control))])
            terminal.send([0x79, 0xE4])
            #expect(await events(1, from: backend) == [.key(.character("y"))])
            terminal.send([0xBD, 0xA0])
            #expect(await events(1, from: backend) == [.key(.character("你"))])
        }
    }

    @Test("Mouse reports arrive whatever the description says of them", arguments: ["xterm-256color", "tmux-256color"])
    func mouse(term: String) async throws {
        try await withBackend(term: term) { backend, terminal in
            #expect(await terminal.takeOutput().contains("\u{1B}[?1006h"))
            terminal.send("\u{1B}[<0;5;3M\u{1B}[<0;5;3m\u{1B}[<65;1;1M")
            let point = Point(column: 4, row: 2)
            #expect(
                await events(3, from: backend) == [
                    .mouse(MouseEvent(.press, button: .left, at: point)),
                    .mouse(MouseEvent(.release, button: .left, at: point)),
                    .mouse(MouseEvent(.wheelDown, at: .zero)),
                ])
        }
    }

    @Test("A paste in pieces is one event, its control characters text and not keys")
    func paste() async throws {
        try await withBackend { backend, terminal in
            #expect(await terminal.takeOutput().contains("\u{1B}[?2004h"))
            let long = String(repeating: "0123456789", count: 5000)
            terminal.send("a\u{1B}[200~one\r")
            #expect(await events(1, from: backend) == [.key(.character("a"))])
            terminal.send("\u{1B}OA\u{3}")
            terminal.send(long + "你\u{1B}[20")
            terminal.send("1~\u{1B}OBz")
            #expect(
                await events(3, from: backend) == [
                    .paste("one\r\u{1B}OA\u{3}" + long + "你"), .key(KeyEvent(.down)), .key(.character("z")),
                ])
        }
    }

    @Test("A paste without end is given up")
    func brokenPaste() async throws {
        try await withBackend(change: { $0.pasteDelay = .milliseconds(400) }) { backend, terminal in
            terminal.send("\u{1B}[200~half")
            #expect(await events(1, from: backend) == [.paste("half")])
            terminal.send("q")
            #expect(await events(1, from: backend) == [.key(.character("q"))])
        }
    }

    @Test("More keys than anybody takes wait in the terminal, and none is lost")
    func flood() async throws {
        try await withBackend { backend, terminal in
            let count = NCursesBackend.queueLimit * 3
            terminal.send(String(repeating: "k", count: count))
            #expect(await events(count, from: backend).count == count)
        }
    }

    @Test("The end of input is told once")
    func hangUp() async throws {
        try await withBackend { backend, terminal in
            terminal.hangUp()
            #expect(await backend.nextEvents() == [.inputClosed])
            #expect(await backend.nextEvents() == [])
        }
    }

    // MARK: - Size

    @Test("Changes of size come as one, and the next frame has the new size")
    func resize() async throws {
        try await withBackend { backend, terminal in
            #expect(backend.size == Size(columns: 40, rows: 6))
            backend.present(frame("before", size: backend.size))
            terminal.resize(to: Size(columns: 50, rows: 7))
            backend.windowChanged()
            terminal.resize(to: Size(columns: 20, rows: 3))
            backend.windowChanged()
            backend.windowChanged()
            #expect(await backend.nextEvents() == [.resized(Size(columns: 20, rows: 3))])
            _ = await terminal.takeOutput()
            backend.present(frame("after", size: backend.size))
            #expect(await terminal.takeOutput().contains("after"))
        }
    }

    // MARK: - Drawing

    @Test("A change of one character sends that character and little else")
    func smallChange() async throws {
        try await withBackend { backend, terminal in
            backend.present(frame(String(repeating: "x", count: 40), size: backend.size))
            _ = await terminal.takeOutput()
            var next = frame(String(repeating: "x", count: 40), size: backend.size)
            next[20, 0] = Cell("Y")
            backend.present(next)
            let output = await terminal.takeOutput()
            #expect(output.contains("Y"))
            #expect(output.utf8.count <= 16, "\(output.debugDescription)")
            backend.present(next)
            #expect(await terminal.takeOutput() == "")
        }
    }

    @Test("Lines that move are written where they go, and no region is scrolled")
    func movedLines() async throws {
        try await withBackend { backend, terminal in
            @MainActor func lines(from first: Int) -> ScreenBuffer {
                var buffer = ScreenBuffer(size: backend.size)
                for row in 0..<20 { buffer.draw("this is line \(first + row)", at: Point(column: 0, row: row)) }
                return buffer
            }
            backend.present(lines(from: 100))
            _ = await terminal.takeOutput()
            backend.present(lines(from: 102))
            let output = await terminal.takeOutput()
            #expect(output.contains("this is line 104"))
            #expect(!output.contains(/\u{1B}\[[\d;]*[rSTLM]|\u{1B}M/), "\(output.debugDescription)")
        }
    }

    @Test("Wide characters, marks and lines arrive as they are")
    func unicode() async throws {
        try await withBackend { backend, terminal in
            #expect(backend.capabilities == TerminalCapabilities(colours: .palette, unicode: true))
            backend.present(frame("你好e\u{301}🎉─┼…", size: backend.size))
            #expect(await terminal.takeOutput().contains("你好e\u{301}🎉─┼…"))
            backend.present(frame("a", size: backend.size))
            _ = await terminal.takeOutput()
            backend.redraw()
            backend.present(frame("a", size: backend.size))
            #expect(await terminal.takeOutput().contains("a"))
        }
    }

    @Test("Nothing hostile reaches the terminal, drawn, put into a cell or made a title")
    func hostileText() async throws {
        try await withBackend { backend, terminal in
            backend.present(ScreenBuffer(size: backend.size))
            _ = await terminal.takeOutput()
            let hostile = "\u{1b}]0;owned\u{7}\u{1b}[2J\u{9B}2J\u{202E}abc"
            var buffer = frame(hostile, size: backend.size)
            buffer[0, 1] = Cell("\u{1B}]0;cell\u{7}")
            buffer[0, 2] = Cell("a\u{1B}\u{202E}")
            buffer[0, 3] = Cell("\u{9B}")
            backend.present(buffer)
            let drawn = await terminal.takeOutput()
            #expect(drawn.contains("␛]0;owned␇"))
            for bad in ["\u{1B}]", "\u{7}", "\u{9B}", "\u{202E}", "\u{1B}[2J"] { #expect(!drawn.contains(bad)) }
            backend.setTitle(hostile)
            let title = await terminal.takeOutput()
            #expect(title == "\u{1B}[22;2t\u{1B}]2;␛]0;owned␇␛[2J<U+009B>2J<U+202E>abc\u{1B}\\")
        }
    }

    @Test(
        "Colours are those the terminal has and the user wants",
        arguments: [
            ("xterm-256color", [:], .palette, "\u{1B}[38;5;208m"), ("xterm", [:], .sixteen, "\u{1B}[33m"),
            ("vt100", [:], .monochrome, "x"), ("xterm-256color", ["NO_COLOR": "1"], .monochrome, "x"),
            ("xterm-256color", ["NO_COLOR": ""], .palette, "\u{1B}[38;5;208m"),
        ] as [(String, [String: String], TerminalCapabilities.Colours, String)])
    func colours(
        term: String, environment: [String: String], expected: TerminalCapabilities.Colours, sequence: String
    ) async throws {
        try await withBackend(term: term, environment: environment) { backend, terminal in
            #expect(backend.capabilities.colours == expected)
            backend.present(frame("x", size: backend.size, style: .plain.foreground(.indexed(208))))
            let output = await terminal.takeOutput()
            #expect(output.contains(sequence), "\(output.debugDescription)")
            if expected == .monochrome { #expect(!output.contains("[3")) }
        }
    }

    @Test(
        "Only a locale that says so, or says nothing, has more than ASCII",
        arguments: [
            ([:], true), (["LANG": "C.UTF-8"], true), (["LANG": "xx_YY.utf8"], true), (["LC_ALL": "C"], false),
            (["LC_ALL": "", "LANG": "POSIX"], false), (["LC_ALL": "C", "LANG": "C.UTF-8"], false),
            (["LC_CTYPE": "C.UTF-8", "LANG": "C"], true), (["LANG": "de_DE.ISO-8859-1"], false),
        ] as [([String: String], Bool)])
    func locale(environment: [String: String], expected: Bool) async throws {
        try await withBackend(environment: environment) { backend, terminal in
            #expect(backend.capabilities.unicode == expected)
            backend.present(frame("你─é✓", size: backend.size))
            let output = await terminal.takeOutput()
            #expect(output.contains(expected ? "你─é✓" : "? -?+"), "\(output.debugDescription)")
            #expect(expected || output.utf8.allSatisfy { $0 < 0x80 })
        }
    }

    @Test("Text goes to the clipboard encoded, unless it is too long")
    func clipboard() async throws {
        try await withBackend { backend, terminal in
            backend.present(ScreenBuffer(size: backend.size))
            _ = await terminal.takeOutput()
            #expect(backend.copy("hi\u{1B}"))
            #expect(await terminal.takeOutput() == "\u{1B}]52;c;aGkb\u{7}")
            #expect(!backend.copy(String(repeating: "x", count: 100_000)))
            backend.bell()
            let bell = await terminal.takeOutput()
            #expect(bell == "\u{7}")
        }
    }

    // MARK: - Giving the terminal back

    @Test("The terminal is given back as it was, once")
    func restore() async throws {
        let terminal = try PseudoTerminal()
        let modes = terminal.modes
        let backend = try terminal.makeBackend()
        backend.present(frame("x", size: backend.size))
        backend.setTitle("title")
        #expect(terminal.modes != modes)
        let start = await terminal.takeOutput()
        #expect(start.contains("\u{1B}[?1049h"))
        #expect(!start.contains("\u{1B}[?1034h"), "alt with a letter would come as one byte, which is no UTF-8")
        backend.restore()
        #expect(terminal.modes == modes)
        let end = await terminal.takeOutput()
        for sequence in ["?1006l", "?1002l", "?1000l", "?2004l", "[23;2t", "?1049l", "?25h", "?1l"] {
            #expect(end.contains(sequence), "\(sequence) in \(end.debugDescription)")
        }
        backend.restore()
        backend.present(frame("y", size: Size(columns: 5, rows: 5)))
        backend.setTitle("late")
        backend.suspend()
        EmergencyRestore.run()
        #expect(await terminal.takeOutput() == "")
    }

    @Test("In an emergency the terminal is put right without ncurses, once, and nothing is drawn any more")
    func emergency() async throws {
        let terminal = try PseudoTerminal()
        let modes = terminal.modes
        let backend = try terminal.makeBackend()
        defer { backend.restore() }
        backend.present(frame("x", size: backend.size))
        backend.setTitle("title")
        _ = await terminal.takeOutput()
        EmergencyRestore.run()
        #expect(terminal.modes == modes)
        let end = await terminal.takeOutput()
        for sequence in ["?1006l", "?1002l", "?1000l", "?2004l", "[23;2t", "?1049l", "?25h", "?1l"] {
            #expect(end.contains(sequence), "\(sequence) in \(end.debugDescription)")
        }
        EmergencyRestore.run()
        backend.present(frame("y", size: backend.size))
        #expect(await terminal.takeOutput() == "")
    }

    @Test("The screen is left and entered again around a stop")
    func leaving() async throws {
        let terminal = try PseudoTerminal()
        let modes = terminal.modes
        let backend = try terminal.makeBackend()
        defer { backend.restore() }
        backend.present(frame("hello", size: backend.size))
        let raw = terminal.modes
        _ = await terminal.takeOutput()
        backend.leaveScreen()
        #expect(terminal.modes == modes)
        #expect(await terminal.takeOutput().contains("\u{1B}[?1049l"))
        backend.returnToScreen()
        #expect(terminal.modes == raw)
        #expect(await backend.nextEvents() == [.resumed])
        backend.present(frame("hello", size: backend.size))
        let back = await terminal.takeOutput()
        for sequence in ["?1049h", "?1006h", "?2004h", "hello"] { #expect(back.contains(sequence)) }
    }

    @Test("Signals become events, and those that end the program give the terminal back first")
    func signals() async throws {
        let terminal = try PseudoTerminal()
        let modes = terminal.modes
        let backend = try terminal.makeBackend()
        defer { backend.restore() }
        terminal.resize(to: Size(columns: 30, rows: 5))
        backend.handle([SIGWINCH, SIGINT, SIGWINCH, SIGTERM])
        #expect(terminal.modes == modes)
        #expect(
            await backend.nextEvents()
                == [.resized(Size(columns: 30, rows: 5)), .interrupted, .terminated(signal: SIGTERM)])
    }

    @Test(
        "A terminal that cannot be used is refused in one line",
        arguments: [("dumb", "cannot show a screen"), ("", "TERM is not set")])
    func unusable(term: String, reason: String) throws {
        let terminal = try PseudoTerminal()
        let error = #expect(throws: TerminalError.self) { _ = try terminal.makeBackend(term: term) }
        #expect(error?.description.contains(reason) == true)
        #expect(error?.description.contains("\n") == false)
    }

    @Test(
        "A terminal without a description here is driven as an xterm, and that is said",
        arguments: ["no-such-terminal", "no-such-terminal\u{1B}[2J", "../x/xterm"])
    func substitute(term: String) async throws {
        try await withBackend(term: term) { backend, terminal in
            let note = try #require(backend.note)
            #expect(note.hasPrefix("the terminal type "))
            #expect(note.hasSuffix(" (TERM) is not known here; xterm-256color is taken instead"))
            #expect(!note.contains("\u{1B}"))
            #expect(backend.capabilities.colours == .palette)
            terminal.send("\u{1B}OA")
            #expect(await events(1, from: backend) == [.key(KeyEvent(.up))])
        }
        try await withBackend { backend, _ in #expect(backend.note == nil) }
    }

    @Test("No terminal at all is refused too, and so is a second use of one")
    func noTerminal() async throws {
        let terminal = try PseudoTerminal()
        let pipe = Pipe()
        let input = #expect(throws: TerminalError.self) {
            _ = try terminal.makeBackend { $0.input = pipe.fileHandleForReading.fileDescriptor }
        }
        #expect(input?.description.contains("standard input is no terminal") == true)
        let output = #expect(throws: TerminalError.self) {
            _ = try terminal.makeBackend { $0.output = pipe.fileHandleForWriting.fileDescriptor }
        }
        #expect(output?.description.contains("standard output is no terminal") == true)
        let backend = try terminal.makeBackend()
        #expect(throws: TerminalError.self) { _ = try terminal.makeBackend() }
        backend.restore()
        try terminal.makeBackend().restore()
    }

    @Test("Handlers are in the process only while they are asked for")
    func handlers() throws {
        let numbers = [SIGWINCH, SIGTERM, SIGHUP, SIGTSTP, SIGCONT, SIGINT, SIGSEGV, SIGABRT, SIGILL]
        func current() -> [UInt] {
            numbers.map { number in
                var action = sigaction()
                sigaction(number, nil, &action)
                return unsafeBitCast(action.__sigaction_handler.sa_handler, to: UInt.self)
            }
        }
        let before = current()
        let terminal = try PseudoTerminal()
        let quiet = try terminal.makeBackend()
        #expect(current() == before)
        quiet.restore()
        let handling = try terminal.makeBackend { $0.handlesSignals = true }
        #expect(zip(current(), before).allSatisfy { $0 != $1 })
        handling.restore()
        #expect(current() == before)
    }

    @Test("A signal that is really sent wakes whoever waits")
    func realSignal() async throws {
        let terminal = try PseudoTerminal()
        let backend = try terminal.makeBackend { $0.handlesSignals = true }
        defer { backend.restore() }
        terminal.resize(to: Size(columns: 33, rows: 9))
        kill(getpid(), SIGWINCH)
        #expect(await backend.nextEvents() == [.resized(Size(columns: 33, rows: 9))])
    }
}
