import Foundation
import Testing

@Suite("Wrong use", .timeLimit(.minutes(1)))
struct UsageTests {
    static let errors: [([String], String)] = [
        (["call"], "Error: name the kind of call: unary, server-stream, client-stream, bidi"),
        (
            ["call", "greet", "Ana"],
            "Error: The value 'greet' is invalid for '<kind>'. "
                + "Please provide one of 'unary', 'server-stream', 'client-stream' or 'bidi'."
        ),
        (["call", "unary", "Ana", "--plan", "x.yaml"], "Error: the plan has the requests; give no names beside it"),
        (["ui", "--plan", "-"], "Error: the workbench reads its keys from standard input; name a file"),
        (["call", "bidi", "-", "Ana"], "Error: - stands for all requests; give it alone, or names without it"),
        (
            ["call", "bidi", "--language", "en", "-"],
            "Error: --language is for names; elsewhere every request has its own"
        ),
        (
            ["call", "unary", "Ana", "--events", "--output", "text"],
            "Error: --events prints JSON lines and cannot be combined with --output text"
        ),
        (["call", "unary", "Ana", "--method", "x"], "Error: the route 'x' does not begin with /"),
        (["call", "unary", "Ana", "--deadline", "5"], "Error: The value '5' is invalid for '--deadline <time>'"),
        (["call", "unary", "Ana", "--deadline", "0s"], "Error: The value '0s' is invalid for '--deadline <time>'"),
        (["call", "unary", "Ana", "--quiet-time", "-1s"], "Error: Missing value for '--quiet-time <time>'"),
        (["call", "unary", "Ana", "--header", "x"], "Error: The value 'x' is invalid for '--header <name: value>'"),
        (
            ["call", "unary", "Ana", "--header", "a: b\r\nc: d"],
            "Error: The value 'a: b␍"
        ),
        (
            ["call", "unary", "Ana", "--header", "Authorization: Bearer s3cret"],
            "greeter-tui: --header Authorization: everybody on this machine can read a command line; "
                + "put the token in a file and use --token-file"
        ),
        (
            ["call", "unary", "Ana", "--header", "content-length: 5"],
            "greeter-tui: --header content-length: the program sets it itself"
        ),
        (
            ["call", "unary", "Ana", "--server", "localhost:80"],
            "greeter-tui: 'localhost:80' does not begin with a known scheme; "
                + "the schemes are http://, https://, grpc://, grpcs://, demo:"
        ),
        (
            ["call", "unary", "Ana", "--server", "grpcs://h:1"],
            "greeter-tui: grpcs://h:1: this build speaks the gateway dialect only; use an http:// or https:// address"
        ),
        (
            ["call", "unary", "Ana", "--server", "http://h", "--demo-behaviour", "guide"],
            "greeter-tui: --demo-behaviour has no meaning for http://h; it is for the demo server only"
        ),
        (
            ["call", "unary", "Ana", "--server", "http://h", "--fault", "stall"],
            "greeter-tui: --fault has no meaning for http://h; it is for the demo server only"
        ),
        (
            ["call", "unary", "Ana", "--server", "http://h", "--seed", "1"],
            "greeter-tui: --seed has no meaning for http://h; it is for the demo server only"
        ),
        (
            ["call", "unary", "Ana", "--fault", "refuze=2"],
            "greeter-tui: --fault: there is no fault 'refuze', the nearest is refuse; "
                + "the faults are refuse=N, drop-after=N, close=CODE, "
                + "status=S[,retry-after=SECONDS], stall, delay=TIME[~JITTER], malformed=N, no-close, error=N"
        ),
        (
            ["serve", "--fault", "close=1005"],
            "greeter-tui: --fault: '1005' is no value of close, which takes a code of "
                + "1000 to 1003, 1007 to 1014, or 3000 to 4999; the faults are refuse=N, "
        ),
        (["ui", "--fault", "\u{1B}[2J"], "greeter-tui: --fault: there is no fault '␛[2J', the nearest is "),
        (["serve", "--seed", "x"], "Error: The value 'x' is invalid for '--seed <number>'"),
        (
            ["call", "unary", "Ana", "--token-file", "/nowhere/token"],
            "greeter-tui: /nowhere/token: cannot be read: No such file or directory"
        ),
        (
            ["call", "unary", "Ana", "--token-file", "/"],
            "greeter-tui: /: cannot be read: Is a directory"
        ),
        (
            ["call", "unary", "Ana", "--token-file", "/dev/null"],
            "greeter-tui: /dev/null: there is no token in it"
        ),
        (
            ["call", "unary", "Ana", "--ca", "/nowhere/ca"],
            "greeter-tui: /nowhere/ca: cannot be read: No such file or directory"
        ),
        (["serve", "--port", "65536"], "Error: port 65536 is not between 0 and 65535"),
        (
            ["serve", "--host", "192.0.2.1"],
            "greeter-tui: cannot listen on 192.0.2.1:0: Cannot assign requested address"
        ),
        (["--frobnicate"], "Error: Unknown option '--frobnicate'"),
        (["\u{1B}[2J"], "Error: Unexpected argument '␛[2J'"),
    ]

    @Test("is told in one line on standard error, and ends with status 2", arguments: errors)
    func isRefused(_ arguments: [String], _ message: String) async throws {
        let result = try await Executable.run(arguments)
        #expect(result.status == 2)
        #expect(result.output.isEmpty)
        #expect(
            result.errors.split(separator: "\n").first.map(String.init)?.hasPrefix(message) == true, "\(result.errors)")
        #expect(!result.errors.contains("s3cret"))
    }

    @Test("a token of the environment that is none is refused without being shown")
    func refusesOddToken() async throws {
        let result = try await Executable.run(
            ["call", "unary", "Ana"], environment: ["GREETER_TUI_TOKEN": "s3cret with spaces"])
        #expect(result.status == 2)
        #expect(
            result.errors
                == "greeter-tui: GREETER_TUI_TOKEN: a token holds printable ASCII characters only, and no spaces\n")
    }
}
