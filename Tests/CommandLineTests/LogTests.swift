import Foundation
import Testing

@Suite("The log", .timeLimit(.minutes(10)))
struct LogTests {
    @Test("goes below XDG_STATE_HOME or ~/.local/state, or to the file that is named; without a level there is none")
    func place() async throws {
        let folder = try Folder()
        let home = ["HOME": "\(folder.path)/home"]
        let state = home.merging(["XDG_STATE_HOME": "\(folder.path)/state"]) { $1 }
        let call = ["call", "unary", "Ana"]
        #expect(try await Executable.run(call, environment: state).status == 0)
        #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/state/greeter-tui/greeter-tui.log"))
        #expect(try await Executable.run(call + ["--log-level", "info"], environment: state).status == 0)
        #expect(
            folder.read("state/greeter-tui/greeter-tui.log")?.contains(" info started server=demo: version=") == true)
        let variables = home.merging(["GREETER_TUI_LOG_LEVEL": "debug"]) { $1 }
        #expect(try await Executable.run(call, environment: variables).status == 0)
        let log = try #require(folder.read("home/.local/state/greeter-tui/greeter-tui.log"))
        #expect(
            log.contains(#" debug sent call=1 "#) && log.contains(#"text="{\"name\":\"Ana\",\"language\":\"en\"}""#))
        #expect(log.contains(" debug received "))
        #expect(log.contains(" info ended "))
        let file = "\(folder.path)/named/log"
        #expect(try await Executable.run(call + ["--log-level", "info", "--log-file", file]).status == 0)
        #expect(folder.read("named/log")?.contains(" info ended ") == true)
    }

    @Test("has no token and no header in it, whatever the server says, and no character that a terminal would act on")
    func secrets() async throws {
        let folder = try Folder()
        let file = "\(folder.path)/log"
        let result = try await Executable.run(
            ["call", "bidi", "-", "--log-level", "trace", "--log-file", file, "--header", "X-Tenant: s3cret-tenant"],
            input: #"{"name":"hunter2 \u001b[2J\u202e"}"# + "\n", environment: ["GREETER_TUI_TOKEN": "hunter2"])
        #expect(result.status == 0)
        let log = try #require(folder.read("log"))
        #expect(log.contains("[redacted]"))
        #expect(log.contains("X-Tenant: [redacted]"))
        #expect(log.contains("Authorization: [redacted]"))
        #expect(!log.contains("hunter2") && !log.contains("s3cret"))
        #expect(!log.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || $0 == "\u{202E}" })
    }

    static let refusals: [([String], String)] = [
        (["--log-level", "loud"], "greeter-tui: --log-level: 'loud' is not one of trace, debug, "),
        (["--log-level", "info"], "greeter-tui: --log-level: there is no HOME to put a log into; "),
        (
            ["--log-level", "info", "--log-file", "/proc/nowhere/log"],
            "greeter-tui: --log-file: /proc/nowhere/log: cannot be written: No such file or directory"
        ),
    ]

    @Test("that cannot be written ends the program before anything is done", arguments: refusals)
    func refuses(_ arguments: [String], _ message: String) async throws {
        let result = try await Executable.run(["call", "unary", "Ana"] + arguments)
        #expect(result.status == 2)
        #expect(result.output.isEmpty)
        #expect(result.errors.hasPrefix(message), "\(result.errors)")
    }

    @Test("that cannot be written any more does not disturb the call, and is told at the end")
    func fullDisk() async throws {
        let result = try await Executable.run([
            "call", "unary", "Ana", "--log-level", "debug", "--log-file", "/dev/full",
        ])
        #expect(result.status == 0)
        #expect(result.lines.count == 1)
        #expect(
            result.errors.contains("the log is not complete: /dev/full: cannot be written: No space left on device\n"))
    }
}
