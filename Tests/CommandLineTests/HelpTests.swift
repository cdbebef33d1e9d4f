import GreeterTestSupport
import Testing

@Suite("Help and version", .timeLimit(.minutes(1)))
struct HelpTests {
    @Test(
        "the help of every command is as agreed",
        arguments: [
            (["--help"], "help"), (["ui", "--help"], "help-ui"), (["call", "--help"], "help-call"),
            (["serve", "--help"], "help-serve"), (["play", "--help"], "help-play"),
            (["compare", "--help"], "help-compare"), (["doctor", "--help"], "help-doctor"),
            (["config", "--help"], "help-config"), (["config", "show", "--help"], "help-config-show"),
            (["history", "--help"], "help-history"), (["history", "list", "--help"], "help-history-list"),
            (["history", "show", "--help"], "help-history-show"),
            (["history", "export", "--help"], "help-history-export"),
            (["history", "delete", "--help"], "help-history-delete"),
            (["history", "import", "--help"], "help-history-import"), (["completions", "--help"], "help-completions"),
            (["manual", "--help"], "help-manual"),
        ])
    func showsHelp(_ arguments: [String], _ name: String) async throws {
        let result = try await Executable.run(arguments)
        #expect(result.status == 0)
        #expect(result.errors.isEmpty)
        let difference = try GoldenFile("\(name).txt").difference(from: result.output)
        #expect(difference == nil, "\(difference ?? "")")
    }

    @Test("the version is one line on standard output")
    func showsVersion() async throws {
        let result = try await Executable.run(["--version"])
        #expect(result.status == 0)
        #expect(result.output.wholeMatch(of: /\d+\.\d+\.\d+\n/) != nil)
        #expect(result.errors.isEmpty)
    }
}
