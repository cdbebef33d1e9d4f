import Foundation
import TestSupport
import Testing

@Suite("Manual and completions", .timeLimit(.minutes(10)))
struct ManualTests {
    private static let folders = ["/usr/bin", "/bin", "/usr/local/bin", "/opt/homebrew/bin"]

    /// Where another program is; `nil` where it is not installed.
    static func path(of program: String) -> String? {
        folders.map { "\($0)/\(program)" }.first(where: FileManager.default.isExecutableFile)
    }

    private func run(_ program: String, _ arguments: [String]) async throws -> Executable.Result {
        let path = try #require(Self.path(of: program))
        let environment = [
            "PATH": Self.folders.joined(separator: ":"), "LC_ALL": "C.UTF-8", "HOME": NSTemporaryDirectory(),
        ]
        let process = try RunningProcess(path: path, arguments: arguments, environment: environment)
        process.closeInput()
        return await process.result()
    }

    /// The names of the flags in the help of a command.
    private func flags(_ command: String) async throws -> Set<String> {
        let help = try await Executable.run(command.split(separator: " ").map(String.init) + ["--help"]).output
        return Set(
            help.matches(of: /(?m)^ +(-h, )?(--[a-z-]+)(\/(--[a-z-]+))?/).flatMap { [$0.2, $0.4].compactMap { $0 } }
                .map(String.init)
        )
        .subtracting(["--help", "--version"])
    }

    @Test("the manual page has every command, every flag and every variable")
    func isComplete() async throws {
        let page = try await Executable.run(["manual"])
        #expect(page.status == 0)
        #expect(page.errors.isEmpty)
        for command in try await CommandNames.all() {
            #expect(page.output.contains("\n.Ss \(command.contains(" ") ? "\"\(command)\"" : command)\n"), "\(command)")
            for flag in try await flags(command) {
                let name = "Fl " + flag.dropFirst().replacing("-", with: "\\-")
                #expect(page.output.contains(name), "\(command) \(flag)")
            }
        }
        let help = try await Executable.run(["call", "--help"]).output
        for variable in Set(help.matches(of: /GREETER_TUI_[A-Z_]+/).map { String($0.0) }) {
            #expect(page.output.contains(".It Ev \(variable)\n"), "\(variable)")
        }
    }

    @Test("the manual page can be shown", .enabled(if: path(of: "man") != nil, "there is no man"))
    func isShown() async throws {
        let folder = try Folder()
        let page = try folder.write(try await Executable.run(["manual"]).output, to: "greeter-tui.1")
        let shown = try await run("man", ["--warnings", "-l", page])
        #expect(shown.status == 0)
        #expect(shown.errors.isEmpty, "\(shown.errors)")
        #expect(shown.output.contains("a terminal workbench for streaming RPC"))
    }

    @Test("the manual page is well formed", .enabled(if: path(of: "mandoc") != nil, "there is no mandoc"))
    func isWellFormed() async throws {
        let folder = try Folder()
        let page = try folder.write(try await Executable.run(["manual"]).output, to: "greeter-tui.1")
        let checked = try await run("mandoc", ["-Tlint", "-Wwarning", page])
        #expect(checked.output.isEmpty, "\(checked.output)")
    }

    private static let shells = ["bash", "zsh", "fish"]

    @Test("the completions of each shell have every command", arguments: shells)
    func completions(shell: String) async throws {
        let script = try await Executable.run(["completions", shell])
        #expect(script.status == 0)
        #expect(script.errors.isEmpty)
        for command in try await CommandNames.all().flatMap({ $0.split(separator: " ") }) {
            #expect(script.output.contains(command))
        }
    }

    @Test(
        "the completions of each shell that is there are well formed",
        .enabled(if: shells.contains { path(of: $0) != nil }, "there is no shell"),
        arguments: shells.filter { path(of: $0) != nil })
    func areWellFormed(shell: String) async throws {
        let folder = try Folder()
        let script = try await Executable.run(["completions", shell])
        let checked = try await run(shell, ["-n", try folder.write(script.output, to: "greeter-tui")])
        #expect(checked.status == 0, "\(checked.errors)")
        #expect(checked.errors.isEmpty)
    }

    static let lines: [([String], [String])] = [
        (["greeter-tui", "doc"], ["doctor"]), (["greeter-tui", "call", "client"], ["client-stream"]),
        (["greeter-tui", "call", "unary", "--log-level", "deb"], ["debug"]),
        (["greeter-tui", "ui", "--them"], ["--theme"]), (["greeter-tui", "completions", "f"], ["fish"]),
    ]

    @Test(
        "bash completes commands, flags and values", .enabled(if: path(of: "bash") != nil, "there is no bash"),
        arguments: lines)
    func completes(words: [String], expected: [String]) async throws {
        let folder = try Folder()
        let script = try folder.write(try await Executable.run(["completions", "bash"]).output, to: "greeter-tui")
        let tools = URL(fileURLWithPath: try BuiltProduct.path(of: "greeter-tui")).deletingLastPathComponent().path
        let program = """
            PATH='\(tools)':$PATH
            source '\(script)'
            COMP_WORDS=(\(words.joined(separator: " "))); COMP_CWORD=\(words.count - 1)
            COMP_LINE="${COMP_WORDS[*]}"; COMP_POINT=${#COMP_LINE}
            _greeter-tui greeter-tui "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
            printf '%s\\n' "${COMPREPLY[@]}"
            """
        let result = try await run("bash", ["-c", program])
        #expect(
            result.output.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) } == expected,
            "\(result)")
    }
}
