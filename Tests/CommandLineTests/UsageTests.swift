import Foundation
import Testing

@Suite("Wrong use", .timeLimit(.minutes(10)))
struct UsageTests {
    static let errors: [([String], String)] = [
        (["call"], "Error: name a method, as in demo.v1.Library/GetBook, or the kind of call: unary, server-stream, "),
        (
            ["cal", "unary", "Ana"],
            "greeter-tui: 'cal' is no command; did you mean 'call'? (the commands are ui, call, "
        ),
        (["--server", "demo:", "cal"], "greeter-tui: 'cal' is no command; did you mean 'call'?"),
        (
            ["call", "unary", "Ana", "--fault", "goaway=0"],
            "greeter-tui: --fault: 'goaway=0' means something over gRPC only: call demo:grpc"
        ),
        (
            ["call", "bidi", "Ana", "--fault", "no-close", "--server", "demo:grpc"],
            "greeter-tui: --fault: 'no-close' means something over the gateway's dialect only: call demo:"
        ),
        (["doctor", "--fault", "window=0"], "greeter-tui: --fault: 'window=0' means something over gRPC only"),
        (["call", "greet", "Ana"], "Error: give the request of greet as JSON with -d"),
        (
            ["call", "unray", "Ana"],
            "Error: The value 'unray' is invalid for '<method>'. "
                + "Please provide one of 'unary', 'server-stream', 'client-stream' or 'bidi'."
        ),
        (
            ["call", "demo.v1.Library/GetBook", "-d", "{}", "-d", "{}"],
            "Error: give one -d; several requests follow one another in it: -d '{…} {…}'"
        ),
        (["call", "unary", "-d", "{}"], "Error: -d is for a method that is named, as in demo.v1.Library/GetBook"),
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
        (["call", "unary", "Ana", "--method", "x"], "greeter-tui: --method: the route 'x' does not begin with /"),
        (["call", "unary", "Ana", "--method", "bidi=x"], "greeter-tui: --method: the route 'x' does not begin with /"),
        (
            ["doctor", "--method", "/x"],
            "greeter-tui: --method: say which kind of call is meant, as in --method client-stream=/x"
        ),
        (
            ["ui", "--method", "/x"],
            "greeter-tui: --method: say which kind of call is meant, as in --method client-stream=/x"
        ),
        (
            ["doctor", "--method", "stream=/x"],
            "greeter-tui: --method: 'stream' is no kind of call; the kinds are unary, server-stream, client-stream, bidi"
        ),
        (
            ["compare", "bidi", "Ana", "--method", "a b"],
            "greeter-tui: --method: 'a b' is neither a route, which begins with /, nor a method such as SayHello or "
                + "helloworld.Greeter/SayHello"
        ),
        (
            ["call", "unary", "Ana", "--server", "demo:grpc", "--method", "/v1/helloworld/ws"],
            "greeter-tui: --method: '/v1/helloworld/ws' is no method such as SayHello or helloworld.Greeter/SayHello"
        ),
        (
            ["call", "unary", "Ana", "--deadline", "5"],
            "greeter-tui: --deadline: '5' is not a time such as 500ms, 30s or 2m, or none"
        ),
        (["call", "unary", "Ana", "--deadline", "0s"], "greeter-tui: --deadline: '0s' is not a time of more than 0s"),
        (["call", "unary", "Ana", "--quiet-time", "-1s"], "Error: Missing value for '--quiet-time <time>'"),
        (["call", "unary", "Ana", "--header", "x"], "greeter-tui: --header: 'x' is not in the form 'NAME: VALUE'"),
        (
            ["call", "unary", "Ana", "--header", "a: b\r\nc: d"],
            "greeter-tui: --header: the value of a header holds no line break and no control character"
        ),
        (
            ["call", "unary", "Ana", "--header", "Authorization: Bearer s3cret"],
            "greeter-tui: --header: headers: Authorization: everybody who can read a command line or this file can "
                + "read it; put the token in a file of its own and use --token-file, or the setting 'token'"
        ),
        (
            ["call", "unary", "Ana", "--header", "content-length: 5"],
            "greeter-tui: --header: headers: content-length: the program sets it itself"
        ),
        (
            ["call", "unary", "Ana", "--header", "Content-Type: text/plain"],
            "greeter-tui: --header: headers: Content-Type: the program sets it itself"
        ),
        (
            ["call", "unary", "Ana", "--server", "grpc://127.0.0.1:1", "--header", "grpc-timeout: 1S"],
            "greeter-tui: --header: headers: grpc-timeout: gRPC keeps names that begin with 'grpc-' for itself"
        ),
        (
            ["call", "unary", "Ana", "--server", "htpp://h:80"],
            "greeter-tui: --server: 'htpp://h:80' does not begin with a known scheme; write http://h:80, or one of "
                + "http://, https://, ws://, wss://, grpc://, grpcs://, unix://, demo: and demo:grpc"
        ),
        (
            ["call", "unary", "Ana", "--server", "unix:run/x.sock"],
            "greeter-tui: --server: 'unix:run/x.sock' names no socket; write its whole path, as in "
                + "unix:///run/greeter.sock"
        ),
        (
            ["call", "unary", "Ana", "--server", "http://h:1", "--transport", "grpc"],
            "greeter-tui: --transport: grpc does not go with http://h:1; for gRPC use an address with grpc://"
        ),
        (
            ["call", "unary", "Ana", "--cert", "/nowhere/cert"],
            "greeter-tui: --cert: a client certificate and its key go together: name both, with --cert and --key"
        ),
        (
            ["call", "unary", "Ana", "--key", "/nowhere/key"],
            "greeter-tui: --key: a client certificate and its key go together: name both, with --cert and --key"
        ),
        (
            ["call", "unary", "Ana", "--keep-alive", "1s"],
            "greeter-tui: --keep-alive: '1s' is not a time of at least 10s, or none"
        ),
        (
            ["call", "unary", "Ana", "--max-message-size", "16 MB"],
            "greeter-tui: --max-message-size: '16 MB' is not a size such as 65536, 64KiB or 16MiB"
        ),
        (
            ["call", "unary", "Ana", "--max-metadata-size", "17MiB"],
            "greeter-tui: --max-metadata-size: '17MiB' is not a size from 1KiB to 16MiB"
        ),
        (
            ["call", "unary", "Ana", "--load-balancing", "robin"],
            "greeter-tui: --load-balancing: 'robin' is not one of "
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
        (["serve", "--seed", "x"], "greeter-tui: --seed: 'x' is not a whole number of 0 or more, or none"),
        (
            ["call", "unary", "Ana", "--token-file", "/nowhere/token"],
            "greeter-tui: --token-file: /nowhere/token: cannot be read: No such file or directory"
        ),
        (
            ["call", "unary", "Ana", "--token-file", "/"],
            "greeter-tui: --token-file: /: cannot be read: Is a directory"
        ),
        (
            ["call", "unary", "Ana", "--token-file", "/dev/null"],
            "greeter-tui: --token-file: /dev/null: there is no token in it"
        ),
        (
            ["call", "unary", "Ana", "--ca", "/nowhere/ca"],
            "greeter-tui: --ca: /nowhere/ca: cannot be read: No such file or directory"
        ),
        (["serve", "--port", "65536"], "Error: port 65536 is not between 0 and 65535"),
        (
            ["serve", "--host", "192.0.2.1"],
            "greeter-tui: cannot listen on 192.0.2.1:0: Cannot assign requested address"
        ),
        (
            ["serve", "--host", "nosuch.invalid"],
            "greeter-tui: cannot listen on nosuch.invalid:0: there is no such address"
        ),
        (
            ["serve", "--host", "not a host"],
            "greeter-tui: cannot listen on not a host:0: there is no such address"
        ),
        (["--frobnicate"], "Error: Unknown option '--frobnicate'"),
        (["\u{1B}[2J"], "greeter-tui: '␛[2J' is no command (the commands are "),
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

    @Test("what a command takes may stand before it")
    func optionsFirst() async throws {
        for arguments in [
            ["--server", "demo:", "call", "unary", "Ana"], ["--server=demo:", "--no-history", "call", "unary", "Ana"],
            ["--no-history", "--deadline", "30s", "call", "--server", "demo:", "unary", "Ana"],
        ] {
            let result = try await Executable.run(arguments)
            #expect(result.status == 0 && result.output.contains("Hello, Ana!"), "\(arguments): \(result.errors)")
        }
        let folder = try Folder()
        let saved = try await Executable.run(["--server", "demo:grpc", "schema", "save", "\(folder.path)/x.protoset"])
        #expect(saved.status == 0, "\(saved.errors)")
    }

    /// What is read as a file, and what is said before "is a pipe".
    static let readers: [([String], String)] = [
        (["call", "unary", "Ana", "--config"], ""),
        (["call", "unary", "Ana", "--token-file"], "--token-file: "),
        (["call", "unary", "Ana", "--ca"], "--ca: "),
        (["call", "unary", "Ana", "--key", "/nowhere", "--cert"], "--cert: "),
        (["play", "--check"], ""),
        (["ui", "--config"], ""),
    ]

    @Test("a pipe where a file is read is refused instead of waited for", arguments: readers)
    func refusesPipes(_ arguments: [String], _ place: String) async throws {
        let folder = try Folder()
        let pipe = "\(folder.path)/pipe"
        try #require(mkfifo(pipe, 0o600) == 0)
        let result = try await Executable.run(arguments + [pipe])
        #expect(result.status == 2)
        #expect(
            result.errors == "greeter-tui: \(place)\(pipe): is a pipe, and only a regular file is read here\n")
    }

    @Test("a plan may come from a pipe, and records too")
    func takesPipes() async throws {
        let plan = try await Executable.shell(
            "printf 'requests:\\n- name: Ana\\n' | greeter-tui call bidi --plan /dev/fd/0")
        #expect(plan.status == 0)
        #expect(plan.output == "{\"message\":\"Hello, Ana!\",\"language\":\"en\"}\n")
        let folder = try Folder()
        let pipe = "\(folder.path)/people.csv"
        try #require(mkfifo(pipe, 0o600) == 0)
        let records = try await Executable.shell(
            "{ printf 'name\\nAna\\nBob\\n' >'\(pipe)' & }; greeter-tui call bidi --plan '\(pipe)'")
        #expect(records.status == 0)
        #expect(records.lines.count == 2)
    }

    @Test("too few descriptors end the program with a sentence, and never by a signal", arguments: 3...40)
    func descriptors(limit: Int) async throws {
        let result = try await Executable.shell("ulimit -n \(limit) && exec greeter-tui call bidi Ana")
        // With so few the program's libraries are not even found.
        guard limit > 4 || result.status == 2 else {
            #expect(result.status > 0 && result.status < 128)
            return
        }
        #expect(result.status == 2)
        #expect(
            result.errors
                == "greeter-tui: only \(limit) files may be open at once, which are too few to work with; allow more "
                + "with 'ulimit -n 256'\n")
    }

    @Test("a low limit that may be raised is raised")
    func raisesLimit() async throws {
        let result = try await Executable.shell("ulimit -Sn 20 && exec greeter-tui call bidi Ana")
        #expect(result.status == 0)
        #expect(result.lines.count == 1)
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
