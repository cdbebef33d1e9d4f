import Foundation
import TestSupport
import Testing

@Suite("The guide", .timeLimit(.minutes(10)))
struct GuideTests {
    /// A command of the guide, and what stands below it.
    struct Example: Sendable, CustomTestStringConvertible {
        var command: String
        var output: String

        var testDescription: String { command }
    }

    /// The lines of `docs/guide.md`.
    static let lines: [String] = {
        let text = try? String(contentsOfFile: "\(Executable.package)/docs/guide.md", encoding: .utf8)
        return (text ?? "").components(separatedBy: "\n")
    }()

    /// The contents of the guide's blocks of a language.
    static func blocks(_ language: String) -> [[String]] {
        var blocks: [[String]] = []
        var isInside = false
        for line in lines {
            if line == "```\(language)" {
                blocks.append([])
                isInside = true
            } else if line == "```" {
                isInside = false
            } else if isInside {
                blocks[blocks.count - 1].append(line)
            }
        }
        return blocks
    }

    static let examples = blocks("console").map { block in
        Example(
            command: String((block.first ?? "").dropFirst(2)),
            output: block.dropFirst().map { $0 + "\n" }.joined())
    }

    @Test("every command prints what stands below it", arguments: examples)
    func runs(_ example: Example) async throws {
        let result = try await Executable.shell(example.command)
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output == example.output)
    }

    @Test("the six examples are there, and every plan on the page is the one in its file")
    func isComplete() throws {
        #expect(Self.lines.count { $0.hasPrefix("## ") } == 6)
        #expect(Self.examples.count >= 6)
        let folder = "\(Executable.package)/docs/examples"
        let plans = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".yaml") }
        let texts = try plans.map { try String(contentsOfFile: "\(folder)/\($0)", encoding: .utf8) }
        #expect(Set(Self.blocks("yaml").map { $0.map { $0 + "\n" }.joined() }) == Set(texts))
    }
}
