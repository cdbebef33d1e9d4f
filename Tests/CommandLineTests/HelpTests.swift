import TestSupport
import Testing

@Suite("Help and version", .timeLimit(.minutes(10)))
struct HelpTests {
    private static let commands = [
        "", "ui", "call", "list", "describe", "schema", "schema save", "serve", "play", "compare", "doctor", "config",
        "config show", "history", "history list",
        "history show", "history export", "history delete", "history import", "completions", "manual",
    ]

    @Test("the help of every command is as agreed", arguments: commands)
    func showsHelp(_ command: String) async throws {
        let result = try await Executable.run(command.split(separator: " ").map(String.init) + ["--help"])
        #expect(result.status == 0)
        #expect(result.errors.isEmpty)
        let name = "help \(command)".split(separator: " ").joined(separator: "-")
        let difference = try GoldenFile("\(name).txt").difference(from: result.output)
        #expect(difference == nil, "\(difference ?? "")")
    }

    @Test("there is no other command")
    func commandsAreComplete() async throws {
        let groups: Set = ["", "config", "history", "schema"]
        #expect(Set(try await CommandNames.all()) == Set(Self.commands).subtracting(groups))
    }

    @Test("the version is one line on standard output")
    func showsVersion() async throws {
        let result = try await Executable.run(["--version"])
        #expect(result.status == 0)
        #expect(result.output.wholeMatch(of: /\d+\.\d+\.\d+\n/) != nil)
        #expect(result.errors.isEmpty)
    }
}
