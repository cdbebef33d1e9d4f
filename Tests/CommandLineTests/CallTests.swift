import Foundation
import RPCCore
import TestSupport
import Testing

@Suite("call", .timeLimit(.minutes(10)))
struct CallTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var arguments: [String]
        var input = ""
        var output: [String]

        var testDescription: String { "\(arguments.joined(separator: " ")) ← \(input.prefix(40))" }
    }

    static func reply(_ message: String, _ language: String = "en") -> String {
        #"{"message":"\#(message)","language":"\#(language)"}"#
    }

    static let calls = [
        Case(arguments: ["unary", "Ana"], output: [reply("Hello, Ana!")]),
        Case(arguments: ["unary", "Ana", "Bob"], output: [reply("Hello, Ana!"), reply("Hello, Bob!")]),
        Case(arguments: ["unary", "Ana", "--language", "zh"], output: [reply("你好，Ana！", "zh")]),
        Case(
            arguments: ["server-stream", "Ana"],
            output: [reply("Hello, Ana!"), reply("Hello, Ana! (2 of 3)"), reply("Hello, Ana! (3 of 3)")]),
        Case(
            arguments: ["client-stream", "Ana", "Bob"], output: [reply("Hello, Ana and Bob! (2 requests)")]),
        Case(arguments: ["bidi", "Ana", "Bob"], output: [reply("Hello, Ana!"), reply("Hello, Bob!")]),
        Case(
            arguments: ["client-stream", "Ana", "Bob", "--demo-behaviour", "per-message"],
            output: [reply("Hello, Ana!"), reply("Hello, Bob!")]),
        Case(
            arguments: ["bidi", "Ana", "--demo-behaviour", "per-message"],
            output: [reply("Hello, Ana!"), reply("Processed greeting for Ana")]),
        Case(
            arguments: ["bidi", "-"], input: "{\"name\":\"Ana\"}\n\n{\"name\":\"Bob\",\"language\":\"de\"}",
            output: [reply("Hello, Ana!"), reply("Hallo, Bob!", "de")]),
        Case(arguments: ["client-stream", "-"], output: [reply("Hello, nobody! (0 requests)")]),
        Case(arguments: ["client-stream"], input: #"{"name":"Ana"}"#, output: [reply("Hello, Ana! (1 request)")]),
        Case(
            arguments: ["unary", "--server", "demo:", "--method", "/v1/helloworld", "Ana"],
            output: [reply("Hello, Ana!")]),
        Case(
            arguments: ["unary", "-"], input: #"{"name":"\u001b]0;owned\u0007\u202eabc"}"#,
            output: [#"{"message":"Hello, \u001b]0;owned\u0007\u202eabc!","language":"en"}"#]),
    ]

    static let nativeCalls =
        calls.prefix(6).map { test in
            var test = test
            test.arguments += ["--server", "demo:grpc"]
            return test
        } + [
            Case(arguments: ["unary", "Ana", "--transport", "grpc"], output: [reply("Hello, Ana!")]),
            Case(
                arguments: ["bidi", "Ana", "--server", "demo:grpc", "--gzip", "--keep-alive", "none"],
                output: [reply("Hello, Ana!")]),
            Case(
                arguments: ["unary", "Ana", "--server", "demo:grpc", "--method", "helloworld.Greeter/SayHello"],
                output: [reply("Hello, Ana!")]),
        ]

    @Test(
        "the demo server is inside the program, and called through no proxy",
        arguments: [["call", "unary", "Ana"], ["call", "bidi", "Ana", "--server", "demo:grpc"], ["doctor"]])
    func demoWithoutProxy(command: [String]) async throws {
        let result = try await Executable.run(command + ["--proxy", "http://127.0.0.1:1"])
        #expect(result.status == 0, "\(result.output) \(result.errors)")
    }

    @Test("a method that the server does not have is told with what to try")
    func unknownMethod() async throws {
        let result = try await Executable.run(
            ["call", "client-stream", "Ana", "--server", "demo:grpc", "--method", "SayHelloStream"])
        #expect(result.status == 64 + 12)
        #expect(result.errors.contains("try: check the method helloworld.Greeter/SayHelloStream"))
    }

    @Test("doctor and compare take the name of a method, too")
    func methodElsewhere() async throws {
        let doctor = try await Executable.run(
            ["doctor", "--server", "demo:grpc", "--method", "client-stream=SayHelloStream"])
        #expect(doctor.status == 64 + 12)
        #expect(doctor.lines.filter { $0.hasPrefix("FAILED") }.count == 1)
        #expect(doctor.output.contains("try: check the method helloworld.Greeter/SayHelloStream"))
        // A route for the one side, a method for the other.
        let compared = try await Executable.run([
            "compare", "unary", "Ana", "--method", "/v1/nowhere", "--method", "unary=SayNothing",
        ])
        #expect(compared.status == 1)
        #expect(compared.output.contains("/v1/nowhere") == false)
        #expect(compared.lines.contains { $0.contains("UNIMPLEMENTED") && !$0.contains("OK") }, "\(compared.output)")
    }

    @Test(
        "replies are JSON lines on standard output, and a summary is on standard error", arguments: calls + nativeCalls)
    func prints(_ test: Case) async throws {
        let result = try await Executable.run(["call"] + test.arguments, input: test.input)
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.lines == test.output)
        #expect(result.errors.split(separator: "\n").last?.hasPrefix("greeter-tui: OK: sent ") == true)
    }

    @Test("text for people has a line for everything that is sent and received, with its time and number")
    func printsText() async throws {
        func lines(_ arguments: String...) async throws -> [String] {
            let result = try await Executable.run(
                ["call"] + arguments + ["--output", "text"], environment: ["TZ": "UTC"])
            let time = #/^\d\d:\d\d:\d\d\.\d{3}  (.*)$/#
            return result.lines.map { $0.wholeMatch(of: time).map { String($0.1) } ?? "no time: \($0)" }
        }
        #expect(
            try await lines("unary", "Ana") == [
                "sent         1  Ana · en", "received     1  Hello, Ana!", "ended     nothing more is sent",
            ])
        let stream = try await lines("client-stream", "Ana", "Bob", "--demo-behaviour", "per-message")
        #expect(
            Set(stream) == [
                "sent         1  Ana · en", "sent         2  Bob · en", "ended     nothing more is sent",
                "received     1  Hello, Ana!", "received     2  Hello, Bob!",
                "received     3  (end marker) Hello, John Doe!",
            ])
        let mended = try await lines("bidi", "Ana", "--fault", "drop-after=1", "--retry", "resume", "--backoff", "1ms")
        #expect(mended.contains { $0.hasPrefix("failed    UNAVAILABLE at receive: ") })
        #expect(mended.contains { $0.hasPrefix("received     1  Hello, Ana!") })
        let refused = try await lines("bidi", " ")
        #expect(refused.contains { $0.hasPrefix("received     1  refused: ") })
    }

    @Test("text for people has nothing in it that a terminal would act on")
    func printsInertText() async throws {
        let result = try await Executable.run(
            ["call", "unary", "-", "--output", "text"], input: #"{"name":"\u001b[2J\u202eabc"}"#)
        #expect(result.status == 0)
        #expect(!result.output.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || $0 == "\u{202E}" })
        #expect(result.output.contains("[2J"))
    }

    @Test("a hundred thousand requests from standard input are counted")
    func countsLongInput() async throws {
        let input = (1...100_000).map { "{\"name\":\"User \($0)\"}\n" }.joined()
        let result = try await Executable.run(["call", "client-stream", "--server", "demo:", "-"], input: input)
        #expect(result.status == 0)
        #expect(result.output == Self.reply("Hello, User 1, User 2, User 3 and 99997 more! (100000 requests)") + "\n")
        #expect(result.errors.contains("sent 100000, answered 100000, uncertain 0, received 1"))
    }

    @Test("requests are sent as they arrive, and replies printed as they come")
    func converses() async throws {
        let process = try Executable.start(["call", "bidi", "-"])
        for name in ["Ana", "Bob", "Eve"] {
            await process.write("{\"name\":\"\(name)\"}\n")
            #expect(await process.nextLine() == Self.reply("Hello, \(name)!"))
        }
        process.closeInput()
        let result = await process.result()
        #expect(result.status == 0)
        #expect(result.output.isEmpty)
    }

    @Test("--events tells everything that happens, one JSON object a line")
    func tellsEvents() async throws {
        let result = try await Executable.run(["call", "bidi", "Ana", "--events"])
        #expect(result.status == 0)
        let time = #/^\{"time":\d+\.\d{6},"event":"([a-z_]+)","attempt":1[,}]/#
        let kinds = result.lines.map { $0.firstMatch(of: time).map { String($0.1) } }
        #expect(kinds.first == "attempt_started")
        #expect(kinds.last == "ended")
        // Where the reply comes with the end of the call, the rule says what the acknowledgement would.
        #expect(
            Set(kinds).subtracting(["acknowledged"]) == [
                "attempt_started", "opened", "sent", "received", "paired", "half_closed", "server_finished", "ended",
            ])
        func line(_ kind: String) -> Substring {
            let line = result.lines[kinds.firstIndex(of: kind) ?? 0]
            return line[(line.range(of: #""attempt":1,"#)?.upperBound ?? line.startIndex)...]
        }
        #expect(line("sent") == #""number":1,"size":30,"form":"text frame","name":"Ana","language":"en"}"#)
        #expect(
            line("received")
                == #""number":1,"size":68,"form":"text frame","body":"reply","answers":1,"message":"Hello, Ana!","language":"en"}"#
        )
        #expect(line("paired").contains(#""pairing":"proven","ratio":1,"ratio_at_most":1,"from_reply":1,"#))
        #expect(line("paired").contains(#","up_to":1"#))
        #expect(line("opened").hasPrefix(#""transport":"WebSocket","route":"/v1/helloworld/ws","metadata":[{"name":""#))
        #expect(line("ended").hasPrefix(#""code":0,"status":"OK","rule":""#))
        #expect(line("ended").contains(#","attempts":1,"elapsed":"#))
        #expect(
            line("ended").contains(#","sent":1,"answered":1,"refused":0,"unprocessed":0,"uncertain":0,"received":1"#))
        for line in result.lines { _ = try JSONSerialization.jsonObject(with: Data(line.utf8)) }
    }

    @Test("a failed call ends with 64 and its status code, and says what, where, what to try and what was delivered")
    func reportsFailure() async throws {
        let port = try ClosedPort()
        for kind in CallKind.allCases {
            let result = try await Executable.run(["call", kind.rawValue, "Ana", "--server", "\(port.address)"])
            #expect(result.status == 64 + 14)
            #expect(result.output.isEmpty)
            #expect(result.errors.contains("greeter-tui: UNAVAILABLE at connect: "))
            #expect(result.errors.contains("\ngreeter-tui: try: "))
            #expect(result.errors.contains(#/\ngreeter-tui: sent [01], answered 0, uncertain [01], received 0/#))
        }
        withExtendedLifetime(port) {}
    }

    static let failures: [([String], Int32, String)] = [
        (["unary", " "], 64 + 3, "INVALID_ARGUMENT"),
        (["unary", "Ana", "--method", "/nowhere"], 64 + 12, "UNIMPLEMENTED"),
    ]

    @Test("every failure has the status of its code", arguments: failures)
    func mapsStatus(_ arguments: [String], _ status: Int32, _ name: String) async throws {
        let result = try await Executable.run(["call"] + arguments)
        #expect(result.status == status)
        #expect(result.errors.hasPrefix("greeter-tui: \(name) at "))
    }

    @Test("a line of the input that is no request ends the call, and is named")
    func reportsBadInput() async throws {
        let result = try await Executable.run(
            ["call", "bidi", "-"], input: "{\"name\":\"Ana\"}\n{\"nmae\":\"Bob\"}\n{\"name\":\"Eve\"}\n")
        #expect(result.status >= 64)
        #expect(result.errors.contains("standard input, line 2: has an unknown field 'nmae'; did you mean 'name'?"))
        #expect(result.errors.contains("sent 1, "))
    }

    @Test("a token is not sent over plain text to another machine, and never shown")
    func guardsToken() async throws {
        let result = try await Executable.run(
            ["call", "unary", "Ana", "--server", "http://192.0.2.1:9", "--deadline", "5s"],
            environment: ["GREETER_TUI_TOKEN": "s3cret"])
        #expect(result.status > 64)
        #expect(result.errors.contains("over plain text"))
        #expect(!result.errors.contains("s3cret"))
        let allowed = try await Executable.run(
            ["call", "unary", "Ana", "--events"], environment: ["GREETER_TUI_TOKEN": "s3cret"])
        #expect(allowed.status == 0)
        #expect(!(allowed.output + allowed.errors).contains("s3cret"))
    }
}

@Suite("call: signals and a closed output", .timeLimit(.minutes(10)))
struct CallInterruptionTests {
    @Test("the first SIGINT ends a stream that reads standard input, and the replies still come")
    func halfClosesOnInterrupt() async throws {
        let process = try Executable.start(["call", "client-stream", "-"])
        await process.write("{\"name\":\"Ana\"}\n")
        let events = try Executable.start(["call", "bidi", "-"])
        await events.write("{\"name\":\"Ana\"}\n")
        #expect(await events.nextLine() == CallTests.reply("Hello, Ana!"))
        events.send(SIGINT)
        let result = await events.result()
        #expect(result.status == 0)
        #expect(result.errors.hasPrefix("greeter-tui: ending the stream; interrupt again to cancel the call\n"))
        process.closeInput()
        #expect(await process.result().output == CallTests.reply("Hello, Ana! (1 request)") + "\n")
    }

    @Test("subprotocols are offered, and a server that takes none is told of")
    func subprotocols() async throws {
        let result = try await Executable.run([
            "call", "bidi", "Ana", "--subprotocol", "greet.v2", "--subprotocol", "greet.v1",
        ])
        #expect(result.status == 0)
        #expect(
            result.errors.contains("greeter-tui: note: the server took none of the subprotocols that were offered\n"))
        let wrong = try await Executable.run(["call", "bidi", "Ana", "--subprotocol", "a b"])
        #expect(wrong.status == 2)
        #expect(
            wrong.errors == "greeter-tui: --subprotocol: 'a b' is not the name of a subprotocol, such as chat.v2\n",
            "\(wrong.errors)")
    }

    @Test("the second SIGINT cancels, with status 130")
    func cancelsOnSecondInterrupt() async throws {
        let process = try Executable.start([
            "call", "bidi", "-", "--demo-behaviour", "per-message", "--quiet-time", "1h", "--deadline", "none",
            "--end-of-stream", "none",
        ])
        await process.write("{\"name\":\"Ana\"}\n")
        #expect(await process.nextLine() == CallTests.reply("Hello, Ana!"))
        process.send(SIGINT)
        while case let line = await process.nextErrorLine(), !line.hasPrefix("greeter-tui: ending the stream") {
            #expect(line.hasPrefix("greeter-tui: note: "))
        }
        process.send(SIGINT)
        let result = await process.result()
        #expect(result.status == 130)
        #expect(result.errors.contains("greeter-tui: CANCELLED at cancellation: "))
        #expect(result.errors.contains("sent 1, "))
    }

    @Test(
        "where there is no stream of requests to end, the first SIGINT cancels", arguments: ["unary", "server-stream"])
    func cancelsExchanges(kind: String) async throws {
        let process = try Executable.start(["call", kind, "-"])
        await process.write("{\"name\":\"Ana\"}\n")
        #expect(await process.nextLine() == CallTests.reply("Hello, Ana!"))
        process.send(SIGINT)
        let result = await process.result()
        #expect(result.status == 130)
        #expect(result.errors.contains("greeter-tui: CANCELLED at cancellation: "))
    }

    @Test("a SIGINT before the server has accepted the call cancels it", arguments: ["client-stream", "bidi"])
    func cancelsConnecting(kind: String) async throws {
        let port = try ClosedPort(takesConnections: true)
        let process = try Executable.start([
            "call", kind, "-", "--server", "\(port.address)", "--events", "--deadline", "none",
        ])
        #expect(await process.nextLine().contains("attempt_started"))
        process.send(SIGINT)
        let result = await process.result()
        #expect(result.status == 130, "\(result.output)\(result.errors)")
        withExtendedLifetime(port) {}
    }

    @Test(
        "a reader that takes one line ends every command quietly",
        arguments: [
            "config show", "--help", "call --help", "call server-stream Ana", "call client-stream Ana --events",
        ])
    func endsQuietlyInPipe(command: String) async throws {
        let program = try BuiltProduct.path(of: "greeter-tui")
        let shell = try RunningProcess(
            path: "/bin/sh", arguments: ["-c", "'\(program)' \(command) --config /dev/null | head -1"],
            environment: ["PATH": "/usr/bin:/bin"])
        shell.closeInput()
        let result = await shell.result()
        #expect(result.status == 0)
        #expect(result.lines.count == 1)
        #expect(!result.errors.contains("pipe"))
    }

    @Test("a server that stops listening is told so, with what was not sent and what is uncertain")
    func cutShort() async throws {
        let server = try ScriptedGRPCServer(.endsEarly)
        let folder = try Folder()
        let plan = try folder.write(
            "requests:\n- name: Ana\n- name: Bob\n- name: Cy\n- pause: 10m\n- repeat: 197\n  send: {name: 'User {i}'}\n",
            to: "plan.yaml")
        let result = try await Executable.run([
            "call", "client-stream", "--plan", plan, "--server", "\(server.address)", "--events",
        ])
        #expect(result.status == 0)
        #expect(
            result.errors
                == "greeter-tui: OK, but the server stopped listening before the end of the requests, 197 of which were "
                + "not sent: sent 3, answered 0, uncertain 3, received 1; the server ended the call: OK\n")
        #expect(
            try #require(result.lines.last).contains("\"uncertain\":3,\"received\":1,\"cut_short\":true,\"unsent\":197")
        )
    }

    static let signals: [(Int32, Int32)] = [(SIGINT, 130), (SIGTERM, 143)]

    @Test("one SIGINT cancels a call of given names, and SIGTERM any", arguments: signals)
    func cancels(_ signal: Int32, _ status: Int32) async throws {
        let process = try Executable.start([
            "call", "bidi", "Ana", "--demo-behaviour", "per-message", "--quiet-time", "1h", "--deadline", "none",
            "--end-of-stream", "none",
        ])
        _ = await process.nextLine()
        process.send(signal)
        #expect(await process.result().status == status)
    }

    @Test("a reader that has had enough ends the call quietly")
    func endsQuietly() async throws {
        let process = try Executable.start(["call", "bidi", "-", "--deadline", "none"])
        await process.write("{\"name\":\"Ana\"}\n")
        _ = await process.nextLine()
        process.closeOutput()
        // A process that another test starts may hold the pipe for a moment: the replies go on until nobody does.
        let typist = Task {
            while !Task.isCancelled {
                await process.write("{\"name\":\"Bob\"}\n")
                try? await Task.sleep(for: .milliseconds(100))
            }
        }
        let result = await process.result(readsOutput: false)
        typist.cancel()
        #expect(result == Executable.Result(status: 141, output: "", errors: ""))
    }
}
