import Foundation
import GreeterCore

/// A conversation on a terminal: a line that is typed is a request, and the end of the input ends the stream.
struct Conversation: Sendable {
    let plan: SteeredPlan
    let prompt: Prompt
    /// The language of lines that name none.
    let language: String?

    /// The longest line, in bytes; what is longer is cut into several. A terminal gives no more than 4096 at once.
    private static let lineLimit = 64 << 10

    /// Reads lines until the input ends, or the task is cancelled.
    func run(from descriptor: Int32) async {
        let reader = DescriptorReader(descriptor: descriptor)
        var language = language
        var line: [UInt8] = []
        prompt.show()
        while let chunk = try? await reader.read() {
            for byte in chunk {
                if byte == UInt8(ascii: "\n") || line.count >= Self.lineLimit {
                    take(line, &language)
                    line.removeAll()
                }
                if byte != UInt8(ascii: "\n") { line.append(byte) }
            }
        }
        guard !Task.isCancelled else { return }
        if !line.isEmpty { take(line, &language) }
        prompt.say("ended: nothing more is sent")
        plan.halfClose()
    }

    private func take(_ line: [UInt8], _ language: inout String?) {
        let typed = TypedLine(String(decoding: line, as: UTF8.self))
        if typed.name.isEmpty, let chosen = typed.language {
            language = chosen
            prompt.say("the language is \(chosen) from now on")
            return
        }
        // The prompt comes first, so that it is there to make room for the reply.
        prompt.show()
        guard !typed.name.isEmpty else { return }
        if !plan.send(HelloRequest(name: typed.name, language: typed.language ?? language)) {
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
