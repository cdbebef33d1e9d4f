import Foundation
import TerminalUI

/// Plays a tape: does what its commands say, through the input path that a user's keys take, and records what is shown.
@MainActor
public final class TapePlayer {
    private let steps: [TapeStep]
    private let terminal: TapeTerminal
    private let time: any TapeTime
    private let program: any TapeProgram
    private let look: SVGLook
    private var settings = TapeSettings()
    private var recording: Recording
    private var environment: [String: String] = [:]
    private var prompt = TapePrompt()
    private var run: Task<Void, Never>?
    /// Why the program did not run.
    private var programFailure: String?
    private var isTooLong = false
    private var stills: [TapeFile] = []

    /// - Parameter outputs: The files to record.
    public init(
        _ steps: [TapeStep], on terminal: TapeTerminal, time: any TapeTime, program: any TapeProgram,
        outputs: TapeOutputs
    ) {
        self.steps = steps
        self.terminal = terminal
        self.time = time
        self.program = program
        let looks = TapeSettings(of: steps)
        look = SVGLook(palette: looks.palette, fontFamily: looks.fontFamily)
        recording = Recording(
            outputs.recordings, size: terminal.size, look: look, speed: looks.playbackSpeed, start: time.now)
    }

    /// Plays it to its end.
    /// - Returns: the files to write.
    /// - Throws: ``TapeFailure``, or `CancellationError`.
    public func play() async throws -> [TapeFile] {
        time.onLook = { [unowned self] in record() }
        defer { time.onLook = {} }
        do {
            drawPrompt()
            for step in steps {
                try await perform(step)
                recording.finish(step, with: terminal.screen)
            }
        } catch {
            await leave()
            throw error
        }
        let files = recording.files(end: time.now) + stills
        await leave()
        return files
    }

    // MARK: Commands

    private func perform(_ step: TapeStep) async throws {
        do {
            try await perform(step.command)
            if let programFailure { throw Problem(programFailure) }
            if isTooLong { throw Problem("the recording is longer than \(Recording.standardLimit >> 20) MiB") }
        } catch let problem as Problem {
            throw TapeFailure(step: step, message: problem.text, screen: terminal.screen.lines)
        } catch is ProcessRest.NeverAtRest {
            throw TapeFailure(step: step, message: "the program never came to rest", screen: terminal.screen.lines)
        }
    }

    private func perform(_ command: TapeCommand) async throws {
        switch command {
        case .type(let text, let every):
            for character in text { try await press(.character(character), every: every) }
        case .press(let key, let every, let times):
            for _ in 0..<times { try await press(key, every: every) }
        case .scroll(let every, let times):
            // A full-screen program leaves no lines behind that could be scrolled.
            try await pass((every ?? settings.typingSpeed) * times)
        case .sleep(let duration): try await pass(duration)
        case .wait(let wait): try await self.wait(wait)
        case .paste: try await paste()
        case .copy(let text): terminal.clipboard = text
        case .screenshot(let path): try await takeStill(path)
        case .hide: recording.hide(at: time.now)
        case .show:
            recording.unhide(at: time.now)
            record()
        case .set(let setting): settings.apply(setting)
        case .environment(let name, let value): environment[name] = value
        case .require(let name): try require(name)
        case .output, .source, .subtitle: break
        }
    }

    private func press(_ key: KeyEvent, every: Duration?) async throws {
        if run != nil {
            terminal.feed(.key(key))
        } else if key == KeyEvent(.enter) {
            try start()
        } else {
            prompt.press(key)
            drawPrompt()
        }
        try await pass(every ?? settings.typingSpeed)
    }

    private func paste() async throws {
        if run != nil {
            terminal.feed(.paste(terminal.clipboard))
        } else {
            prompt.paste(terminal.clipboard)
            drawPrompt()
        }
        try await pass(settings.typingSpeed)
    }

    private func wait(_ wait: TapeWait) async throws {
        guard let pattern = wait.pattern ?? settings.waitPattern else { return }
        let limit = wait.timeout ?? settings.waitTimeout
        let isSeen = try await time.wait(atMost: limit) {
            programFailure != nil || (try? pattern.isFound(in: text(of: wait.scope))) == true
        }
        guard isSeen else { throw Problem("not seen within \(limit.text): /\(pattern.text)/") }
    }

    /// What a `Wait` looks at, without the blanks at the ends of rows.
    private func text(of scope: TapeWait.Scope) -> String {
        let lines = terminal.screen.lines
        switch scope {
        case .screen: return lines.joined(separator: "\n")
        case .line: return lines[terminal.screen.cursor?.row ?? lines.count - 1]
        }
    }

    private func takeStill(_ path: String) async throws {
        // What is on its way to the screen is on it first.
        try await pass(.zero)
        guard !path.lowercased().hasSuffix(".txt") else {
            return stills.append(TapeFile(path: path, contents: ScreenText.make(terminal.screen)))
        }
        stills.append(
            TapeFile(path: RecordingOutput.picture(for: path), contents: SVGPicture.make(terminal.screen, look)))
    }

    /// Looks for a program where the shell of vhs would.
    private func require(_ name: String) throws {
        let path = environment["PATH"] ?? ProcessInfo.processInfo.environment["PATH"] ?? ""
        let isThere =
            name == program.name
            || (name.contains("/") ? [name] : path.split(separator: ":").map { "\($0)/\(name)" })
                .contains { FileManager.default.isExecutableFile(atPath: $0) }
        if !isThere { throw Problem("'\(name)' is required, and is not in the PATH") }
    }

    // MARK: The program

    /// Starts the program with the line that was typed at the prompt.
    private func start() throws {
        let line = prompt.line
        prompt.finishLine()
        drawPrompt()
        let words: [String]
        do throws(CommandLineWords.Problem) {
            words = try CommandLineWords.split(line)
        } catch {
            throw Problem(error.text)
        }
        guard let first = words.first else { return }
        guard first == program.name else {
            throw Problem(
                "at the prompt a tape starts '\(program.name)' with its arguments, and nothing else; found '\(first)'")
        }
        run = Task { [program, terminal, environment] in
            do {
                try await program.run(Array(words.dropFirst()), environment: environment, on: terminal)
            } catch {
                programFailure = "\(error)"
            }
            run = nil
            drawPrompt()
        }
    }

    /// Ends the program, if it still runs.
    private func leave() async {
        guard let run else { return }
        recording.hide(at: time.now)
        terminal.feed(.inputClosed)
        // Not a part of the task that plays, which may have been cancelled.
        let leaving = Task { [time] in try? await time.wait(atMost: .seconds(10)) { self.run == nil } }
        if await leaving.value != true { run.cancel() }
    }

    // MARK: The screen

    private func drawPrompt() {
        terminal.present(prompt.draw(terminal.size, glyphs: terminal.capabilities.glyphs))
    }

    private func pass(_ duration: Duration) async throws {
        try await time.pass(duration)
    }

    private func record() {
        do throws(Recording.TooLong) {
            try recording.show(terminal.screen, at: time.now)
        } catch {
            isTooLong = true
        }
    }

    private struct Problem: Error {
        let text: String
        init(_ text: String) { self.text = text }
    }
}
