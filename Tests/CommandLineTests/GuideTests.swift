import Foundation
import TestSupport
import Testing

@Suite("Commands in the documents", .timeLimit(.minutes(10)))
struct GuideTests {
    /// A command of a page, and what stands below it.
    struct Example: Sendable, CustomTestStringConvertible {
        var command: String
        var output: String

        var testDescription: String { command }
    }

    /// The lines of a page in `docs`.
    static func lines(of page: String) -> [String] {
        let text = try? String(contentsOfFile: "\(Executable.package)/docs/\(page)", encoding: .utf8)
        return (text ?? "").components(separatedBy: "\n")
    }

    /// The contents of a page's blocks of a language.
    static func blocks(_ language: String, of page: String) -> [[String]] {
        var blocks: [[String]] = []
        var isInside = false
        for line in lines(of: page) {
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

    static func examples(of page: String) -> [Example] {
        blocks("console", of: page).map { block in
            Example(
                command: String((block.first ?? "").dropFirst(2)),
                output: block.dropFirst().map { $0 + "\n" }.joined())
        }
    }

    static let guide = examples(of: "guide.md")
    static let symptoms = examples(of: "troubleshooting.md")

    @Test("every command of the guide prints what stands below it", arguments: guide)
    func runs(_ example: Example) async throws {
        let result = try await Executable.shell(example.command)
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output == example.output)
    }

    @Test("every symptom is what its command shows, whatever the status", arguments: symptoms)
    func fails(_ example: Example) async throws {
        let result = try await Executable.shell(example.command)
        #expect(result.output == example.output, "\(result.errors)")
    }

    @Test("the six examples are there, and every plan on the page is the one in its file")
    func isComplete() throws {
        #expect(Self.lines(of: "guide.md").count { $0.hasPrefix("## ") } == 6)
        #expect(Self.guide.count >= 6)
        #expect(Self.symptoms.count >= 6)
        let folder = "\(Executable.package)/docs/examples"
        let plans = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".yaml") }
        let texts = try plans.map { try String(contentsOfFile: "\(folder)/\($0)", encoding: .utf8) }
        #expect(Set(Self.blocks("yaml", of: "guide.md").map { $0.map { $0 + "\n" }.joined() }) == Set(texts))
    }
}
