import Foundation
import Greeter
import NCursesBackend
import Plans
import RPCCore
import TerminalUI

/// A conversation on a terminal: a line that is typed is a request, and the end of the input ends the stream.
struct Conversation: Sendable {
    let plan: SteeredPlan
    let prompt: Prompt
    /// The language of lines that name none.
    let language: String?

    /// The longest line that is read where the terminal edits it, in bytes; what is longer is cut into several.
    private static let lineLimit = 64 << 10

    /// Edits lines until there are no more, or the task is cancelled.
    func run(on terminal: LineTerminal) async {
        var editor = LineEditor()
        var language = language
        let signals = Signals([SIGTSTP, SIGCONT, SIGWINCH])
        let watcher = Task { await watch(signals, terminal) }
        defer { watcher.cancel() }
        prompt.begin()
        while let events = await terminal.nextEvents(), !Task.isCancelled {
            for outcome in editor.handle(events) {
                switch outcome {
                case .line(let line):
                    prompt.accept(line)
                    take(line, &language)
                case .end: return end()
                case .clear: prompt.clear()
                case .refused: prompt.say("not taken: a line holds \(TextField.defaultLimit) characters at most")
                }
            }
            prompt.edit(editor.field)
        }
        if !Task.isCancelled { end() }
    }

    private func watch(_ signals: Signals, _ terminal: LineTerminal) async {
        for await signal in signals.stream {
            switch signal {
            case SIGTSTP:
                prompt.hide()
                terminal.suspend()
                prompt.show()
            case SIGCONT:
                terminal.resume()
                prompt.redraw()
            default: prompt.redraw()
            }
        }
    }

    /// Reads lines that the terminal edits until the input ends, or the task is cancelled.
    func run(from descriptor: Int32) async {
        let reader = DescriptorReader(descriptor: descriptor)
        var language = language
        var line: [UInt8] = []
        prompt.begin()
        while let chunk = try? await reader.read() {
            for byte in chunk {
                if byte == UInt8(ascii: "\n") || line.count >= Self.lineLimit {
                    // The prompt comes first, so that it is there to make room for the reply.
                    prompt.accept("")
                    take(String(decoding: line, as: UTF8.self), &language)
                    line.removeAll()
                }
                if byte != UInt8(ascii: "\n") { line.append(byte) }
            }
        }
        guard !Task.isCancelled else { return }
        if !line.isEmpty { take(String(decoding: line, as: UTF8.self), &language) }
        end()
    }

    private func end() {
        prompt.say("ended: nothing more is sent")
        plan.halfClose()
    }

    private func take(_ line: String, _ language: inout String?) {
        let typed = TypedLine(line)
        if typed.name.isEmpty, let chosen = typed.language {
            language = chosen
            prompt.say("the language is \(chosen) from now on")
            return
        }
        guard !typed.name.isEmpty else { return }
        if !plan.send(Greeter.request(typed.name, language: typed.language ?? language)) {
            prompt.say("not sent: too many messages wait already")
        }
    }
}

/// A line such as `Ana`, `Ana @es`, or `@es` alone.
struct TypedLine: Hashable {
    var name: String
    var language: String?

    init(_ line: String) {
        name = line.trimmingCharacters(in: .whitespacesAndNewlines)
        let words = name.split(separator: " ")
        guard let last = words.last, last.count > 1, last.hasPrefix("@") else { return }
        language = String(last.dropFirst())
        name = name.dropLast(last.count).trimmingCharacters(in: .whitespaces)
    }
}
