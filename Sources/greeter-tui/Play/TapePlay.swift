import Foundation
import NCursesBackend
import Tapes
import TerminalUI

/// One run of a tape, on this terminal or on none.
@MainActor
struct TapePlay {
    let steps: [TapeStep]
    let outputs: TapeOutputs
    let speed: Double

    nonisolated init(steps: [TapeStep], outputs: TapeOutputs, speed: Double) {
        self.steps = steps
        self.outputs = outputs
        self.speed = speed
    }

    /// Plays on this terminal, as fast as a user can follow.
    func watched() async throws -> [TapeFile] {
        let backend: NCursesBackend
        do {
            backend = try NCursesBackend()
        } catch {
            throw Exit.usage("\(error)")
        }
        defer {
            backend.restore()
            if let note = backend.note { Exit.write(inert("greeter-tui: \(note)"), to: STDERR_FILENO) }
        }
        let terminal = TapeTerminal(on: backend)
        let time = RealTime(terminal, speed: speed)
        let task = Task { try await play(on: terminal, time, in: Surroundings()) }
        terminal.listen { task.cancel() }
        defer { terminal.stopListening() }
        return try await task.value
    }

    /// Plays on a screen that nobody sees.
    /// - Parameter inRealTime: Whether time goes on as it does, and runs differ.
    func headless(inRealTime: Bool) async throws -> [TapeFile] {
        let terminal = TapeTerminal(size: TapeSettings(of: steps).screenSize)
        guard !inRealTime else {
            return try await play(on: terminal, RealTime(terminal, speed: 1), in: Surroundings())
        }
        guard VirtualTime.isSupported else {
            throw Exit.usage("this system does not tell when a process is at rest; --real-time plays all the same")
        }
        let time = VirtualTime()
        // Nothing of this machine and its user is to be seen.
        let surroundings = Surroundings(
            environment: [:], clock: time.clock, timeZone: .gmt, frameLength: .zero,
            repetition: Surroundings.Repetition())
        return try await play(on: terminal, time, in: surroundings)
    }

    private func play(
        on terminal: TapeTerminal, _ time: any TapeTime, in surroundings: Surroundings
    ) async throws -> [TapeFile] {
        let program = WorkbenchProgram(surroundings)
        let player = TapePlayer(steps, on: terminal, time: time, program: program, outputs: outputs)
        do {
            return try await player.play()
        } catch let failure as TapeFailure {
            throw Exit(status: Exit.tapeFailedStatus, lines: ["greeter-tui: \(failure)"] + Self.framed(failure.screen))
        } catch is CancellationError {
            throw Exit.status(Exit.interruptedStatus)
        }
    }

    /// The screen at the moment of a failure, between two lines. No wider than itself, which may be as wide as the terminal.
    private static func framed(_ lines: [String]) -> [String] {
        let edge = String(repeating: "-", count: lines.map { TextWidth.columns(of: $0) }.max() ?? 0)
        return [edge] + lines + [edge]
    }
}
