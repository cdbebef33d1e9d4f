import ArgumentParser
import Foundation
import RPCCore
import Tapes

/// Plays a tape.
struct PlayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "play",
        abstract: "Play a tape: scripted keys for demos, tests and pictures.",
        discussion: """
            A tape is written in the language of charmbracelet/vhs; docs/tapes.md tells what of it means what here. On a \
            terminal it is watched as it plays, and control-C stops it. Without one, or with --headless, it plays on a \
            screen of its own size, at once, and twice the same tape gives the same recordings.

            Files are written when the tape has come to its end; their names go to standard output. Exit status: 0 when \
            it has, 1 when a Wait was in vain or the program did not run, with the screen on standard error, 2 when the \
            tape is wrong, 130 when it was stopped.
            """)

    @Argument(help: ArgumentHelp("The tape.", valueName: "file"))
    var tape: String

    @Flag(help: "Play on a screen that nobody sees, even on a terminal.")
    var headless = false

    @Flag(help: "Only read the tape, and say what is wrong with it.")
    var check = false

    @Flag(help: "Without a terminal, let time go on as it does: for servers other than demo:.")
    var realTime = false

    @Option(help: ArgumentHelp("How much faster than it says the tape plays on a terminal.", valueName: "factor"))
    var speed = 1.0

    @Option(
        help: ArgumentHelp(
            "A file to record, besides those that the tape names: .txt, .cast or .svg. May be repeated.",
            valueName: "file"))
    var record: [String] = []

    func validate() throws {
        guard speed > 0, speed.isFinite else { throw ValidationError("the speed is a number greater than 0") }
        for path in record where RecordingOutput(path) == nil {
            throw ValidationError("--record \(path): a recording's file ends with \(RecordingOutput.suffixes)")
        }
    }

    func run() async throws {
        let loader = TapeLoader { path in
            String(decoding: try FileReading.contents(of: path, limit: 1 << 20), as: UTF8.self)
        }
        let steps: [TapeStep]
        let outputs: TapeOutputs
        do {
            steps = try loader.load(tape)
            outputs = try TapeOutputs(of: steps, and: record.compactMap { RecordingOutput($0) })
        } catch let errors as TapeErrors {
            throw Exit(status: Exit.usageStatus, lines: errors.errors.map { "greeter-tui: \($0)" })
        } catch let error as FileReadingError {
            throw Exit.usage("\(error)")
        }
        if check { return }
        for note in outputs.notes { Exit.write(inert("greeter-tui: \(note)"), to: STDERR_FILENO) }
        let play = TapePlay(steps: steps, outputs: outputs, speed: speed)
        let isWatched = !headless && isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1
        let files = try await isWatched ? play.watched() : play.headless(inRealTime: realTime)
        for file in files { try write(file) }
    }

    private func write(_ file: TapeFile) throws {
        do {
            try Data(file.contents.utf8).write(to: URL(fileURLWithPath: file.path), options: .atomic)
        } catch {
            let reason = (error as? CocoaError)?.localizedDescription ?? "\(error)"
            throw Exit.usage("\(file.path): cannot be written: \(reason)")
        }
        Exit.write(inert(file.path), to: STDOUT_FILENO)
    }
}
