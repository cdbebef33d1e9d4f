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

    @Test("the version is there with the commit, and with the libraries that are loaded")
    func showsVersion() async throws {
        let result = try await Executable.run(["--version"])
        #expect(result.status == 0)
        let lines = result.output.split(separator: "\n")
        try #require(lines.count >= 3, "\(result.output)")
        #expect(lines[0].wholeMatch(of: /greeter-tui \d+\.\d+\.\d+/) != nil)
        #expect(lines[1].hasPrefix("commit     "))
        let libraries = /libraries  ncurses \d+\.\d\S*, nghttp2 1\.\d+\.\d+, SQLite 3\.\d+\.\d+, zlib 1\.\d\S*/
        #expect(lines[2].wholeMatch(of: libraries) != nil, "\(lines[2])")
        #expect(result.errors.isEmpty)
    }
}
