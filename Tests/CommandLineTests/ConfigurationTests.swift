import Foundation
import TestSupport
import Testing

@Suite("Configuration", .timeLimit(.minutes(10)))
struct ConfigurationTests {
    /// A setting in every place where it can be written, and what it is then.
    struct Row: Sendable {
        var name: String
        var standard: String
        /// At the top of the file, in a profile, in the variable, with the flag.
        var values: [String]
        var variable: String?
        var flag: String?

        init(_ name: String, _ standard: String, _ values: [String], _ variable: String? = nil, _ flag: String? = nil) {
            self.name = name
            self.standard = standard
            self.values = values
            self.variable = variable
            self.flag = flag
        }
    }

    static let rows = [
        Row(
            "server", "demo:", ["http://top", "http://profile", "http://variable", "http://flag"], "GREETER_TUI_SERVER",
            "--server"),
        Row(
            "proxy", "auto", ["http://top:1", "none", "http://variable:3", "socks5://flag:4"], "GREETER_TUI_PROXY",
            "--proxy"),
        Row("transport", "auto", ["gateway", "auto", "gateway", "auto"], "GREETER_TUI_TRANSPORT", "--transport"),
        Row(
            "allow-plaintext-token", "false", ["true", "false", "true", "false"], "GREETER_TUI_ALLOW_PLAINTEXT_TOKEN",
            "--no-allow-plaintext-token"),
        Row("tls.ca", "none", ["/1", "/2", "/3", "/4"], "GREETER_TUI_CA", "--ca"),
        Row("tls.cert", "none", ["/1", "/2", "/3", "/4"], "GREETER_TUI_CERT", "--cert"),
        Row("tls.key", "none", ["/1", "/2", "/3", "/4"], "GREETER_TUI_KEY", "--key"),
        Row("tls.server-name", "none", ["a", "b.example", "c", "none"], "GREETER_TUI_SERVER_NAME", "--server-name"),
        Row("tls.insecure", "false", ["true", "false", "true", "false"], "GREETER_TUI_INSECURE", "--no-insecure"),
        Row("deadline", "30s", ["1s", "2s", "3s", "none"], "GREETER_TUI_DEADLINE", "--deadline"),
        Row(
            "end-of-stream", "marker", ["close", "none", "marker", "close"], "GREETER_TUI_END_OF_STREAM",
            "--end-of-stream"),
        Row("quiet-time", "0.8s", ["1s", "2s", "3s", "4s"], "GREETER_TUI_QUIET_TIME", "--quiet-time"),
        Row("subprotocols", "none", ["a", "b", "c d", "e"], "GREETER_TUI_SUBPROTOCOL", "--subprotocol"),
        Row("grpc.gzip", "false", ["true", "false", "true", "false"], "GREETER_TUI_GZIP", "--no-gzip"),
        Row(
            "grpc.load-balancing", "pick-first", ["round-robin", "pick-first", "round-robin", "pick-first"],
            "GREETER_TUI_LOAD_BALANCING", "--load-balancing"),
        Row("keep-alive", "5m", ["11s", "12s", "13s", "none"], "GREETER_TUI_KEEP_ALIVE", "--keep-alive"),
        Row(
            "max-message-size", "16MiB", ["2KiB", "3MiB", "1GiB", "5000"], "GREETER_TUI_MAX_MESSAGE_SIZE",
            "--max-message-size"),
        Row(
            "grpc.max-metadata-size", "16KiB", ["2KiB", "3KiB", "1MiB", "5000"], "GREETER_TUI_MAX_METADATA_SIZE",
            "--max-metadata-size"),
        Row("retry.mode", "restart", ["off", "resume", "restart", "off"], "GREETER_TUI_RETRY", "--retry"),
        Row("retry.attempts", "4", ["1", "2", "3", "5"], "GREETER_TUI_ATTEMPTS", "--attempts"),
        Row("retry.backoff", "0.5s", ["1s", "2s", "3s", "4s"], "GREETER_TUI_BACKOFF", "--backoff"),
        Row("retry.max-backoff", "10s", ["11s", "12s", "13s", "14s"], "GREETER_TUI_MAX_BACKOFF", "--max-backoff"),
        Row("retry.multiplier", "2", ["3", "4", "5.5", "6"], "GREETER_TUI_MULTIPLIER", "--multiplier"),
        Row("retry.jitter", "full", ["none", "equal", "decorrelated", "20%"], "GREETER_TUI_JITTER", "--jitter"),
        Row(
            "retry.on", "none", ["ABORTED", "INTERNAL", "UNKNOWN DATA_LOSS", "ABORTED"], "GREETER_TUI_RETRY_ON",
            "--retry-on"),
        Row(
            "retry.attempt-deadline", "none", ["1s", "2s", "3s", "4s"], "GREETER_TUI_ATTEMPT_DEADLINE",
            "--attempt-deadline"),
        Row(
            "retry.repeat-post", "false", ["true", "false", "true", "false"], "GREETER_TUI_REPEAT_POST",
            "--no-repeat-post"),
        Row("retry.throttle.tokens", "10", ["11", "12"]),
        Row("retry.throttle.ratio", "0.1", ["0.2", "0.5"]),
        Row("routes.unary", "/v1/helloworld", ["/1", "/2"]),
        Row("routes.server-stream", "/v1/helloworld/stream", ["/1", "/2"]),
        Row("routes.client-stream", "/v1/helloworld/client_stream", ["/1", "/2"]),
        Row("routes.bidi", "/v1/helloworld/ws", ["/1", "/2"]),
        Row("routes.health", "/health", ["/1", "/2"]),
        Row("methods.unary", "SayHello", ["A", "a.B/C"]),
        Row("methods.server-stream", "SayHelloStreamReply", ["A", "B"]),
        Row("methods.client-stream", "SayHelloClientStream", ["A", "B"]),
        Row("methods.bidi", "SayHelloBidiStream", ["A", "B"]),
        Row("gateway.services", "none", ["/1", "/2", "/3"], "GREETER_TUI_SERVICES"),
        Row("gateway.style", "auto", ["proto", "gateway", "proto"], "GREETER_TUI_STYLE"),
        Row(
            "demo.behaviour", "guide", ["per-message", "guide", "per-message"], "GREETER_TUI_DEMO_BEHAVIOUR"),
        Row("demo.faults", "none", ["stall", "refuse=1", "refuse=2 stall"], "GREETER_TUI_FAULT"),
        Row("demo.seed", "none", ["1", "2", "3"], "GREETER_TUI_SEED"),
        Row("theme", "default", ["dark", "light", "mono"], "GREETER_TUI_THEME"),
        Row("mouse", "true", ["false", "true", "false"], "GREETER_TUI_MOUSE"),
        Row("log.level", "none", ["debug", "info", "trace", "none"], "GREETER_TUI_LOG_LEVEL", "--log-level"),
        Row("log.file", "none", ["/1", "/2", "/3", "/4"], "GREETER_TUI_LOG_FILE", "--log-file"),
        Row("history.enabled", "true", ["false", "true", "true", "false"], "GREETER_TUI_HISTORY", "--no-history"),
        Row("history.age", "720h", ["10h", "none"]),
        Row("history.size", "2048", ["10", "none"]),
        Row("history.redact", "none", ["x-tenant", "cookie-2"]),
    ]

    /// YAML with one value for every setting.
    private static func yaml(_ place: Int, indent: String = "") -> String {
        rows.map { row in
            let value = row.values[place]
            let parts = row.name.split(separator: ".")
            let nested = parts.dropFirst().reversed().reduce("'\(value)'") { "{\($1): \($0)}" }
            return (parts[0], nested)
        }.reduce(into: [Substring: [String]]()) { $0[$1.0, default: []].append($1.1) }
            .sorted { $0.key < $1.key }
            .map { key, values in
                // Several settings below one name are one mapping.
                guard values.count > 1 else { return "\(indent)\(key): \(values[0])" }
                return "\(indent)\(key): " + merged(values)
            }.joined(separator: "\n") + "\n"
    }

    /// `{a: 1}` and `{b: {c: 2}}` as `{a: 1, b: {c: 2}}`.
    private static func merged(_ mappings: [String]) -> String {
        let inner = mappings.map { String($0.dropFirst().dropLast()) }
        let throttle = inner.filter { $0.hasPrefix("throttle: {") }.map { $0.dropFirst(11).dropLast() }
        let others = inner.filter { !$0.hasPrefix("throttle: {") }
        let all = others + (throttle.isEmpty ? [] : ["throttle: {\(throttle.joined(separator: ", "))}"])
        return "{\(all.joined(separator: ", "))}"
    }

    private func show(
        _ arguments: [String] = [], _ environment: [String: String] = [:]
    ) async throws -> [String: (value: String, origin: String)] {
        let result = try await Executable.run(["config", "show"] + arguments, environment: environment)
        #expect(result.status == 0, "\(result.errors)")
        return Dictionary(
            uniqueKeysWithValues: result.lines.map { line in
                let parts = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
                return (parts[0], (parts[1], parts[2]))
            })
    }

    @Test("flags beat variables, variables the profile, the profile the top of the file, and that the defaults")
    func precedence() async throws {
        let folder = try Folder()
        let top = try folder.write(Self.yaml(0), to: "top.yaml")
        let both = try folder.write(
            Self.yaml(0) + "profiles:\n  p:\n" + Self.yaml(1, indent: "    "), to: "both.yaml")
        var environment: [String: String] = [:]
        for row in Self.rows { if let variable = row.variable { environment[variable] = row.values[2] } }
        let flags = Self.rows.flatMap { row -> [String] in
            guard let flag = row.flag else { return [] }
            return flag.hasPrefix("--no-") ? [flag] : [flag, row.values[3]]
        }
        let withProfile = ["--config", both, "--profile", "p"]

        let shown = [
            try await show(), try await show(["--config", top]), try await show(withProfile),
            try await show(withProfile, environment), try await show(withProfile + flags, environment),
        ]
        for row in Self.rows {
            let values = [row.standard] + row.values
            for (place, lines) in shown.enumerated() {
                let strongest = min(place, row.values.count)
                #expect(lines[row.name]?.value == values[strongest], "\(row.name) in place \(place)")
                let origin = lines[row.name]?.origin ?? ""
                switch strongest {
                case 0: #expect(origin == "default")
                case 1: #expect(origin.hasPrefix("\(place == 1 ? top : both):"))
                case 2: #expect(origin.hasPrefix("\(both):") && origin.hasSuffix(" (profile p)"))
                case 3: #expect(origin == row.variable)
                default: #expect(origin == row.flag?.replacing("--no-", with: "--"))
                }
            }
        }
        #expect(Set(shown[0].keys) == Set(Self.rows.map(\.name) + ["token"]))
    }

    @Test("the file is found below XDG_CONFIG_HOME, or ~/.config, or where a flag or a variable says")
    func file() async throws {
        let folder = try Folder()
        for (index, name) in ["xdg/greeter-tui/config.yaml", "home/.config/greeter-tui/config.yaml", "a", "b"]
            .enumerated()
        {
            try folder.write("retry: {attempts: \(index + 10)}", to: name)
        }
        let home = ["HOME": "\(folder.path)/home"]
        let xdg = home.merging(["XDG_CONFIG_HOME": "\(folder.path)/xdg"]) { $1 }
        let relative = home.merging(["XDG_CONFIG_HOME": "xdg"]) { $1 }
        let variable = xdg.merging(["GREETER_TUI_CONFIG": "\(folder.path)/a"]) { $1 }
        #expect(try await show([], xdg)["retry.attempts"]?.value == "10")
        #expect(try await show([], home)["retry.attempts"]?.value == "11")
        #expect(try await show([], relative)["retry.attempts"]?.value == "11")
        #expect(try await show([], variable)["retry.attempts"]?.value == "12")
        #expect(try await show(["--config", "\(folder.path)/b"], variable)["retry.attempts"]?.value == "13")
        #expect(try await show(["--config", "/dev/null"], variable)["retry.attempts"]?.value == "4")
        #expect(try await show([], ["HOME": "\(folder.path)/nobody"])["retry.attempts"]?.value == "4")
        let missing = try await Executable.run(["config"], environment: ["GREETER_TUI_CONFIG": "/nowhere"])
        #expect(missing.status == 2)
        #expect(missing.errors == "greeter-tui: /nowhere: cannot be read: No such file or directory\n")
    }

    @Test("no secret is shown, and what is for another server is said to be set aside")
    func secrets() async throws {
        let folder = try Folder()
        let file = try folder.write(
            """
            server: http://one
            token: {command: "echo s3cret"}
            headers: {X-Key: s3cret, X-More: [s3cret]}
            """, to: "config.yaml")
        let environment = [
            "GREETER_TUI_TOKEN": "s3cret", "GREETER_TUI_ATEMPTS": "3", "GREETER_TUI_HEADER": "A: s3cret",
        ]
        for arguments in [[], ["--server", "http://two"], ["--header", "B: s3cret"]] {
            let result = try await Executable.run(
                ["config", "--config", file] + arguments, environment: environment)
            #expect(result.status == 0)
            #expect(!(result.output + result.errors).contains("s3cret"))
            #expect(result.output.contains("token\tthe variable GREETER_TUI_TOKEN\tGREETER_TUI_TOKEN\n"))
            #expect(
                result.output.contains("headers.X-Key\t[redacted]\t\(file):3:11\n") == (arguments.first != "--server"))
            #expect(
                result.errors.contains("note: headers.x-key of \(file):3:11 is for http://one, and is not used\n")
                    == (arguments.first == "--server"))
            #expect(
                result.errors.contains(
                    "note: the variable GREETER_TUI_ATEMPTS is not known; did you mean GREETER_TUI_ATTEMPTS?\n"))
        }
    }

    @Test("a call is made as the file says")
    func callFollowsFile() async throws {
        let folder = try Folder()
        try folder.write("t0ken\n", to: "secrets/token")
        let file = try folder.write(
            """
            token: {file: secrets/token}
            profile: slow
            profiles:
              slow: {demo: {faults: [delay=1h]}, deadline: 50ms, retry: {mode: off}}
              routed: {routes: {unary: /nowhere}}
              many: {demo: {behaviour: per-message}}
            """, to: "config.yaml")
        func call(_ arguments: String...) async throws -> Executable.Result {
            try await Executable.run(["call"] + arguments + ["--config", file])
        }
        #expect(try await call("unary", "Ana").status == 64 + 4)
        #expect(try await call("unary", "Ana", "--profile", "routed").status == 64 + 12)
        #expect(try await call("unary", "Ana", "--profile", "routed", "--method", "/v1/helloworld").status == 0)
        #expect(try await call("client-stream", "Ana", "Bob", "--profile", "many").lines.count == 2)
    }

    @Test("the documentation has every setting and every variable")
    func documentation() async throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../..")
        let text = try String(contentsOf: root.appendingPathComponent("docs/configuration.md"), encoding: .utf8)
        for row in Self.rows {
            #expect(text.contains("`\(row.name)`"), "\(row.name)")
            if let variable = row.variable { #expect(text.contains("`\(variable)`"), "\(variable)") }
        }
    }
}

@Suite("Wrong configuration", .timeLimit(.minutes(10)))
struct ConfigurationErrorTests {
    static let files = [
        "sever: http://h", "server: localhost:", "server: http://user:s3cret@h", "server: grpc:h",
        "server: http://h\ntransport: grpc", "server: grpcs://h\ntransport: gateway", "transport: http",
        "keep-alive: 1s", "grpc: {load-balancing: robin}", "tls: {cert: x}", "tls: {server-name: a b}",
        "token: s3cret", "token: {literal: s3cret}", "token: {variable: A, file: b}",
        "tokens: {file: x}", "headers: {Authorization: s3cret}", "headers: {content-length: s3cret}",
        "headers: {'a b': s3cret}", "headers: {a: \"s3cret\\r\\nb: c\"}", "headers: [a]", "deadline: 5", "deadline: 0s",
        "deadline:", "quiet-time: none", "subprotocols: [a b]", "subprotocols: [a, a]",
        "headers: {sec-websocket-protocol: a}", "headers: {Content-Type: s3cret}",
        "server: grpc://h\nheaders: {grpc-timeout: s3cret}", "server: demo:grpc\nheaders: {X-Name: [a, s3cretö]}",
        "transport: grpc\nheaders:\n  X-Trace-Bin: hex:s3cret",
        "end-of-stream: mark", "attempts: 3", "retry: off", "retry: {mode: resum}",
        "retry: {attempts: 0}", "retry: {attempts: 3.5}", "retry: {backoff: 0s}", "retry: {backoff: 20s}",
        "retry: {max-backoff: 10ms}", "retry: {multiplier: 0.5}", "retry: {multiplier: x}", "retry: {jitter: ful}",
        "retry: {on: [UNAVAILABEL]}", "retry: {on: OK}", "retry: {attempt-deadline: soon}", "retry: {repeat-post: 2}",
        "retry: {throttle: {tokens: 0}}", "retry: {throttle: {ratio: 0}}", "retry: {throttle: 3}", "insecure: true",
        "tls: {insecure: maybe}", "tls: {certificate: x}", "routes: {unary: v1}", "routes: {watch: /v1}",
        "methods: {unary: Say Hello}", "methods: {unary: /SayHello}", "demo: {behavior: guide}",
        "demo: {behaviour: gide}",
        "demo: {faults: [refuze=2]}",
        "demo: {seed: -1}", "theme: drak", "keys: {rum: x}", "keys: {run: crtl-x}", "keys: {run: ctrl-entr}",
        "keys: {run: x}", "keys: {run: z, send: z}", "keys: {run: esc}", "keys: {leave: Q}", "keys: {run: {a: b}}",
        "log: {level: verbose}", "log: {size: 3}", "profile: prod", "profile: prd\nprofiles: {prod: {}}",
        "profiles: {p: {sever: x}}", "profiles: {p: {profile: q}}", "profiles: {p: x}", "server: a\nserver: b",
        "server: [a", "\u{1B}[2J: x", "server: \"\\e[2J\"",
    ]

    @Test("is told in one line that names the place and what was expected, and ends with status 2")
    func errors() async throws {
        let folder = try Folder()
        var accounts: [String] = []
        for (index, text) in Self.files.enumerated() {
            accounts.append(try await Self.account(of: text, in: folder.write(text, to: "\(index).yaml")))
        }
        let account = accounts.joined(separator: "\n")
        let difference = try GoldenFile("configuration-errors.txt").difference(from: account)
        #expect(difference == nil, "\(difference ?? "")")
    }

    /// The text of a file, and what the program says of it.
    private static func account(of text: String, in file: String) async throws -> String {
        let result = try await Executable.run(["config", "show", "--config", file])
        #expect(result.status == 2, "\(text)")
        #expect(result.output.isEmpty)
        #expect(!result.errors.contains("s3cret"), "\(text)")
        let shown = text.replacing("\u{1B}", with: "␛").replacing("\n", with: "\n    ")
        return "    \(shown)\n" + result.errors.replacing(file, with: "config.yaml")
    }

    @Test("a token that cannot be fetched ends a call before it is made, and nothing of it is shown")
    func token() async throws {
        let folder = try Folder()
        let file = try folder.write(
            "profiles:\n  a: {token: {variable: NOWHERE}}\n  b: {token: {file: nowhere}}\n"
                + "  c: {token: {command: \"echo s3cret; echo s3cret >&2; false\"}}", to: "config.yaml")
        let expected = [
            "a": "2:14: the variable NOWHERE is not set",
            "b": "3:14: \(folder.path)/nowhere: cannot be read: No such file or directory",
            "c": "4:14: the token command failed with status 1; run it by hand to see what it says",
        ]
        for (profile, problem) in expected {
            let result = try await Executable.run(["call", "unary", "Ana", "--config", file, "--profile", profile])
            #expect(result == Executable.Result(status: 2, output: "", errors: "greeter-tui: \(file):\(problem)\n"))
        }
    }
}
