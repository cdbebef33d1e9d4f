import Foundation
import Plans
import RPCCore
import Retry
import Testing
import UserConfiguration
import WorkbenchModel

@testable import greeter_tui

/// Lines are read by a real shell, and by the parser of the command that they name.
@Suite("Calls as command lines")
struct CommandLineWriterTests {
    /// The words that a shell makes of a line, and what it hands the command on standard input.
    private static func read(
        _ line: String, environment: [String: String] = [:]
    ) throws -> (words: [String], input: String) {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        let tool = line.prefix { $0 != " " }
        let name = tool == "grpcurl" ? "grpcurl" : "greeter"
        let said = "\(name)() { for word; do printf '%s\\0' \"$word\"; done; printf '\\1'; cat; }\n"
        let script = said + (tool == "grpcurl" ? line : "greeter" + line.dropFirst(tool.count))
        process.arguments = ["-c", script]
        process.environment = ["PATH": "/usr/bin:/bin"].merging(environment) { $1 }
        let output = Pipe()
        process.standardOutput = output
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        let parts = data.split(separator: 1, maxSplits: 1, omittingEmptySubsequences: false)
        let words = parts[0].split(separator: 0, omittingEmptySubsequences: false).dropLast()
        return (
            words.map { String(decoding: $0, as: UTF8.self) },
            parts.count > 1 ? String(decoding: parts[1], as: UTF8.self) : ""
        )
    }

    private struct Written {
        var line: String
        var loaded: LoadedSettings
    }

    private func write(
        _ arguments: [String], as tool: CommandLineTool = .greeterTUI, environment: [String: String] = [:],
        kind: CallKind = .bidirectional, plan: PlanDocument = PlanDocument(names: ["Ana"]),
        requests: [String]? = [#"{"name":"Ana","language":"en"}"#], changing: (inout CallState) -> Void = { _ in }
    ) async throws -> Written {
        let command = try UICommand.parse(arguments)
        let environment = environment.merging(["GREETER_TUI_CONFIG": "/dev/null"]) { own, _ in own }
        let loaded = try command.load(environment: environment)
        let setup = try await Setup(loaded)
        var call = CallState(
            id: 1, kind: kind, plan: plan, options: CallOptions(deadline: loaded.settings[Known.deadline]),
            isHeldOpen: false, retry: setup.retry,
            faults: loaded.settings[Known.faults].orders.map { FaultOrder($0) })
        (call.server, call.address) = (setup.server.settingText, setup.server.address)
        changing(&call)
        let writer = CommandLineWriter(loaded, setup, command.schema)
        return Written(line: try writer.line(for: tool, call, sending: requests), loaded: loaded)
    }

    /// The flags of the workbench that say how a server is called.
    private static let flags: [[String]] = [
        [], ["--deadline", "12s"], ["--deadline", "none"], ["--insecure"], ["--no-insecure"], ["--gzip"],
        ["--quiet-time", "1.5s"], ["--end-of-stream", "close"], ["--load-balancing", "round-robin"],
        ["--keep-alive", "20s"], ["--max-message-size", "1MiB"], ["--max-metadata-size", "32KiB"],
        ["--server-name", "other.example"], ["--proxy", "none"], ["--proxy", "http://proxy.example:3128"],
        ["--subprotocol", "a", "--subprotocol", "b"], ["--retry", "resume", "--attempts", "7"],
        ["--backoff", "1s", "--max-backoff", "3s", "--multiplier", "1.5", "--jitter", "none"],
        ["--retry-on", "ABORTED", "--retry-on", "INTERNAL"], ["--attempt-deadline", "4s"], ["--repeat-post"],
        ["--header", "x-request-id: a b", "--header", "accept-language: de"], ["--style", "gateway"],
        ["--allow-plaintext-token"],
    ]

    @Test("a line sets what the workbench was told on its own", arguments: flags)
    func settings(flags: [String]) async throws {
        let written = try await write(["--server", "grpc://127.0.0.1:7001"] + flags)
        let words = try Self.read(written.line).words
        #expect(words.prefix(1) == ["call"])
        let command = try await CallCommand.asyncParse(Array(words.dropFirst()))
        let again = try command.load(
            environment: [
                "GREETER_TUI_CONFIG": "/dev/null", "X_REQUEST_ID": "a b", "ACCEPT_LANGUAGE": "de",
            ], calling: .bidirectional
        ) { layer throws(ConfigurationError) in try command.schema.set(in: &layer) }
        let (lines, before) = (again.settings.lines(of: Known.schema), written.loaded.settings.lines(of: Known.schema))
        #expect(lines.map { "\($0.name)=\($0.text)" } == before.map { "\($0.name)=\($0.text)" })
        let headers = again.settings.members(of: Known.headers).map { $0.value.values }
        #expect(headers == written.loaded.settings.members(of: Known.headers).map { $0.value.values })
    }

    @Test("what was chosen on screen since is what a line says")
    func chosen() async throws {
        let written = try await write(["--server", "demo:", "--attempts", "3"]) { call in
            call.options.deadline = .seconds(5)
            call.retry.maximumAttempts = 9
            call.faults = [FaultOrder("refuse=1")]
        }
        #expect(
            written.line
                == "greeter-tui call bidi Ana --server demo: --deadline 5s --fault 'refuse=1' --attempts 9")
    }

    @Test("no secret is in a line: what is one is a reference to where it is")
    func secrets() async throws {
        let environment = ["API_KEY": "k-123456789", "GREETER_TUI_TOKEN": "t-987654321"]
        let flags = [
            "--server", "grpcs://service.example", "--header", "x-api-key: k-123456789", "--header",
            "cookie: session=abcdefgh1", "--header", "accept-language: de", "--allow-plaintext-token",
        ]
        for tool in CommandLineTool.allCases {
            let line = try await write(flags, as: tool, environment: environment).line
            for secret in ["k-123456789", "t-987654321", "abcdefgh1"] { #expect(!line.contains(secret), "\(line)") }
            #expect(line.contains("'x-api-key: ${API_KEY}'") && line.contains("'cookie: ${COOKIE}'"))
            #expect(line.contains("expand-headers"))
            let words = try Self.read(line, environment: environment).words
            #expect(words.contains("accept-language: ${ACCEPT_LANGUAGE}"))
            if tool == .grpcurl { #expect(words.contains("authorization: Bearer ${GREETER_TUI_TOKEN}")) }
        }
        // What is sent may have one in it, too.
        await #expect(throws: CommandLineProblem.self) {
            _ = try await write(flags, environment: environment, requests: [#"{"name":"k-123456789"}"#])
        }
    }

    @Test("credentials are for the server of the settings, and in no line for another")
    func otherServer() async throws {
        let flags = ["--server", "grpc://127.0.0.1:7001", "--header", "x-tenant: acme", "--server-name", "a.example"]
        for tool in CommandLineTool.allCases {
            let line = try await write(flags, as: tool) { call in
                call.server = "grpc://127.0.0.1:7002"
                call.address = try? ServerAddress(parsing: call.server)
            }.line
            #expect(!line.contains("acme") && !line.contains("a.example"))
            #expect(line.contains("7002") && !line.contains("7001"))
        }
    }

    @Test("requests stand in a line by their names, as data, on standard input, or as their plan")
    func requests() async throws {
        #expect(
            try await write(["--server", "demo:"], requests: [#"{"name":"Ana"}"#, #"{"name":"O'Hara Jr."}"#]).line
                == #"greeter-tui call bidi Ana 'O'\''Hara Jr.' --server demo:"#)
        let two = [#"{"name":"Ana","language":"es"}"#, #"{"name":"-x","language":"en"}"#]
        let input = try Self.read(try await write(["--server", "demo:"], requests: two).line)
        #expect(input.words.prefix(3) == ["call", "bidi", "-"])
        #expect(input.input == two.joined(separator: "\n") + "\n")
        let plan = PlanDocument(steps: [
            .repetition(RepeatStep(3, RequestTemplate(MessageValue([.init("name", "END\nEND")]))))
        ])
        let planned = try Self.read(try await write(["--server", "demo:"], plan: plan, requests: nil).line)
        #expect(planned.words.suffix(5) == ["bidi", "--plan", "-", "--server", "demo:"])
        #expect(planned.input == (try plan.yaml()))
        await #expect(throws: CommandLineProblem.self) {
            _ = try await write(["--server", "demo:"], plan: .standardInput, requests: nil)
        }
    }

    /// The flags of grpcurl 1.9 that these lines use, by its own `-help`, and whether a value follows.
    private static let grpcurlFlags: [String: Bool] = [
        "-plaintext": false, "-insecure": false, "-cacert": true, "-cert": true, "-key": true, "-servername": true,
        "-H": true, "-reflect-header": true, "-expand-headers": false, "-d": true, "-max-time": true,
        "-max-msg-sz": true, "-protoset": true, "-proto": true, "-import-path": true, "-unix": false,
    ]

    private func parsed(_ line: String) throws -> (flags: [String: [String]], rest: [String]) {
        var (flags, words): ([String: [String]], ArraySlice<String>) = ([:], try Self.read(line).words[...])
        while let word = words.first, word.hasPrefix("-") {
            let takesValue: Bool? = Self.grpcurlFlags[word]
            words.removeFirst()
            guard let takesValue, !takesValue || !words.isEmpty else {
                Issue.record("grpcurl has no \(word), or no value follows")
                break
            }
            flags[word, default: []].append(takesValue ? words.removeFirst() : "")
        }
        return (flags, Array(words))
    }

    @Test("a grpcurl line has documented flags before the address and the method")
    func grpcurl() async throws {
        let plain = try parsed(
            try await write(["--server", "grpc://127.0.0.1:7001", "--deadline", "1500ms"], as: .grpcurl).line)
        #expect(plain.flags["-plaintext"] != nil && plain.flags["-max-time"] == ["1.5"])
        #expect(plain.flags["-d"] == [#"{"name":"Ana","language":"en"}"#])
        #expect(plain.rest == ["127.0.0.1:7001", "helloworld.Greeter/SayHelloBidiStream"])
        let folder = FileManager.default.temporaryDirectory.appending(path: "it's \(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let token = folder.appending(path: "token").path
        try Data("tok-en-123456".utf8).write(to: URL(filePath: token))
        let line = try await write(
            [
                "--server", "grpcs://[::1]:7443", "--insecure", "--server-name", "a.example", "--token-file", token,
                "--max-message-size", "1MiB", "--protoset", "a b.binpb", "--proto", "a.proto", "-I", "protos",
            ], as: .grpcurl
        ).line
        #expect(!line.contains("tok-en-123456"))
        let secure = try parsed(line)
        #expect(secure.flags["-plaintext"] == nil && secure.flags["-insecure"] != nil)
        #expect(secure.flags["-servername"] == ["a.example"] && secure.flags["-max-msg-sz"] == ["1048576"])
        #expect(secure.flags["-protoset"] == ["a b.binpb"] && secure.flags["-proto"] == ["a.proto"])
        // The shell has read the token by then.
        #expect(secure.flags["-H"] == ["authorization: Bearer tok-en-123456"])
        #expect(secure.rest.first == "[::1]:7443")
        let socket = try parsed(try await write(["--server", "grpc+unix:///tmp/a.sock"], as: .grpcurl).line)
        #expect(socket.flags["-unix"] != nil && socket.rest.first == "/tmp/a.sock")
    }

    @Test("what grpcurl cannot do is said")
    func refused() async throws {
        await #expect(throws: CommandLineProblem.self) {
            _ = try await write(["--server", "http://127.0.0.1:7001"], as: .grpcurl)
        }
        await #expect(throws: CommandLineProblem.self) {
            _ = try await write(["--server", "grpc://127.0.0.1:7001"], as: .grpcurl, requests: nil)
        }
    }
}
