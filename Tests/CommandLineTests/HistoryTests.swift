import Foundation
import TestSupport
import Testing

@Suite("history", .timeLimit(.minutes(10)))
struct HistoryTests {
    /// A home with a history of its own.
    private struct Home {
        let folder: TemporaryFolder

        init() throws {
            folder = try TemporaryFolder([:])
        }

        func run(_ arguments: [String]) async throws -> Executable.Result {
            try await Executable.run(arguments, environment: ["HOME": folder.path, "TZ": "UTC"])
        }

        func run(_ arguments: String..., input: String = "", more: [String: String] = [:]) async throws
            -> Executable.Result
        {
            try await Executable.run(
                arguments, input: input,
                environment: ["HOME": folder.path, "TZ": "UTC"].merging(more) { $1 })
        }
    }

    @Test("the last call is called last wherever a number is taken")
    func last() async throws {
        let home = try Home()
        let none = try await home.run("history", "show", "last")
        #expect(none.status == 2 && none.errors.contains("there is no call in the history yet"))
        for name in ["Ana", "Bob"] { #expect(try await home.run("call", "unary", name).status == 0) }
        #expect(try await home.run("history", "show", "last").output.contains("call 2\n"))
        #expect(try await home.run("history", "export", "last").output.contains("Bob"))
        #expect(try await home.run("call", "--again", "last").output.contains("Hello, Bob!"))
        #expect(try await home.run("history", "delete", "last", "1").status == 0)
        #expect(try await home.run("history", "list").lines.count == 1)
        let wrong = try await home.run("history", "show", "first")
        #expect(wrong.status != 0 && wrong.errors.contains("first"))
    }

    @Test("a call is kept, listed, shown and exported")
    func keeps() async throws {
        let home = try Home()
        #expect(try await home.run("call", "bidi", "Ana", "Bob").status == 0)
        let list = try await home.run("history", "list")
        #expect(list.status == 0)
        #expect(list.lines.count == 1)
        #expect(
            list.output.wholeMatch(of: /1 +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d bidi +OK +sent 2 +received 2 +\S+ +demo:\n/)
                != nil)

        let show = try await home.run("history", "show", "1")
        #expect(show.status == 0)
        #expect(show.output.contains("server    demo:\n"))
        #expect(show.output.contains("    - {name: Ana, language: en}\n"))
        #expect(show.output.contains("  received     1  Hello, Ana!  (request 1)\n"))

        let table = try await home.run("history", "export", "1", "--format", "csv")
        #expect(table.output.split(separator: "\r\n").count == 5)
        let lines = try await home.run("history", "export", "1")
        #expect(lines.lines.first?.hasPrefix("{\"format\":\"greeter-tui transcript\"") == true)
        #expect(lines.lines.last?.contains("\"event\":\"ended\"") == true)
    }

    @Test("a list has its columns under one another, whatever the methods are called")
    func columns() async throws {
        let home = try Home()
        let schemas = [
            "--protoset", "\(Executable.package)/Tests/ProtobufSchemaTests/Vectors/schemas.protoset", "--reflection",
            "off",
        ]
        _ = try await home.run("call", "bidi", "Ana")
        _ = try await home.run(["call", "TreeEcho/ServerStream", "--server", "demo:grpc"] + schemas)
        _ = try await home.run(["call", "Chat/Talk", "-d", "{}", "--server", "demo:grpc"] + schemas)
        let lines = try await home.run("history", "list").lines
        #expect(lines.count == 3)
        let places = lines.map { line in
            line.range(of: "sent ").map { line.distance(from: line.startIndex, to: $0.lowerBound) }
        }
        #expect(Set(places).count == 1, "\(lines)")
        #expect(lines.contains { $0.contains(" TreeEcho/ServerStream UNIMPLEMENTED ") }, "\(lines)")
    }

    @Test("how long a call took is the same in the history and in the events of its end")
    func elapsed() async throws {
        let home = try Home()
        let call = try await home.run("call", "unary", "Ana", "--events")
        struct Ended: Decodable {
            var event: String
            var elapsed: Double?
        }
        let ended = try #require(
            call.lines.compactMap { try? JSONDecoder().decode(Ended.self, from: Data($0.utf8)) }
                .first { $0.event == "ended" }?.elapsed)
        struct Listed: Decodable { var elapsed: Double }
        let list = try await home.run("history", "list", "--output", "json")
        let listed = try JSONDecoder().decode(Listed.self, from: Data((list.lines.first ?? "").utf8)).elapsed
        #expect(abs(listed - ended) < 0.000_002, "\(call.output) \(list.output)")
    }

    @Test(
        "what is counted of a call is the same everywhere, whatever the server says to the end marker",
        arguments: ["guide", "per-message"], ["bidi", "client-stream"])
    func counts(behaviour: String, kind: String) async throws {
        let home = try Home()
        let call = try await home.run("call", kind, "Ana", "Bob", "--demo-behaviour", behaviour, "--events")
        #expect(call.status == 0)
        let count = try #require(call.errors.firstMatch(of: /received (\d+)/)?.1)
        let received = try Regex("\"received\":\(count)[,}]")
        #expect(try #require(call.lines.last).contains(received))
        #expect(try await home.run("history", "list").output.contains(" received \(count) "))
        #expect(try await home.run("history", "show", "1").output.contains(", received \(count), attempts 1"))
        #expect(try await home.run("history", "list", "--output", "json").output.contains(received))
        let export = try await home.run("history", "export", "1")
        #expect(try #require(export.lines.last).contains(received))
        let replies = call.lines.filter { $0.contains("\"event\":\"received\"") && !$0.contains("marker_echo") }
        #expect("\(replies.count)" == count)
    }

    @Test("calls are found by the text of a message, sent or received, and by their number")
    func findsMessages() async throws {
        let home = try Home()
        for name in ["Ana", "Bob", "Anabel"] {
            #expect(try await home.run("call", "unary", "-", input: "{\"name\":\"\(name)\"}\n").status == 0)
        }
        let numbers = { (result: Executable.Result) in result.lines.map { $0.prefix { $0 != " " } } }
        #expect(numbers(try await home.run("history", "list", "--message", "ANA")) == ["3", "1"])
        #expect(numbers(try await home.run("history", "list", "--message", "hello, bob")) == ["2"])
        #expect(numbers(try await home.run("history", "list", "--message", "ana", "--limit", "1")) == ["3"])
        #expect(numbers(try await home.run("history", "list", "--message", "nobody")) == [])
        #expect(numbers(try await home.run("history", "list", "2")) == ["2"])
    }

    @Test("the values of chosen headers are not kept")
    func redacts() async throws {
        let home = try Home()
        let file = "\(home.folder.path)/config.yaml"
        try "history: {redact: [Content-Type]}\n".write(toFile: file, atomically: true, encoding: .utf8)
        for arguments in [["--config", file], []] {
            #expect(try await home.run(["call", "unary", "Ana"] + arguments).status == 0)
        }
        let hidden = try await home.run("history", "export", "1").output
        #expect(hidden.contains(#"{"name":"content-type","value":"[redacted]"}"#))
        #expect(!hidden.contains("application/json"))
        #expect(try await home.run("history", "export", "2").output.contains("application/json"))
    }

    @Test("a call of a method that only its definition tells of is read and made again by what is kept with it")
    func definitions() async throws {
        let (home, colleague) = (try Home(), try Home())
        let set = "\(home.folder.path)/greeter.protoset"
        try FileManager.default.copyItem(
            at: URL(filePath: #filePath).appending(path: "../../../Sources/Greeter/greeter.protoset").standardized,
            to: URL(filePath: set))
        let request = #"{"name":"Ana","language":"es"}"#
        let call = try await home.run(
            "call", "helloworld.Greeter/SayHello", "-d", request, "--protoset", set, "--reflection", "off", "--server",
            "demo:grpc")
        #expect(call.status == 0)
        try FileManager.default.removeItem(atPath: set)

        let list = try await home.run("history", "list", "SayHello")
        #expect(list.output.contains(" Greeter/SayHello OK "))
        let objects = try await home.run("history", "list", "--output", "json")
        #expect(objects.output.contains(#""method":"helloworld.Greeter/SayHello""#))
        let show = try await home.run("history", "show", "1")
        #expect(show.output.contains("method    helloworld.Greeter/SayHello\n"))
        #expect(show.output.contains("Ana") && show.output.contains("¡Hola, Ana!"))
        let export = try await home.run("history", "export", "1")
        #expect(export.output.contains(#""content":{"name":"Ana","language":"es"}"#))
        #expect(export.output.contains(#""message":"¡Hola, Ana!""#))

        for flags in [[], ["--recorded"]] {
            let again = try await home.run(["call", "--again", "1"] + flags)
            #expect(again.output == call.output, "\(again.errors)")
        }
        #expect(try await colleague.run("history", "import", "-", input: export.output).output == "1\n")
        #expect(try await colleague.run("call", "--again", "1").output == call.output)
        #expect(try await colleague.run("history", "export", "2").output.contains("SayHello"))
    }

    @Test("an exported call is imported elsewhere, and made again there")
    func exchanges() async throws {
        let (home, other) = (try Home(), try Home())
        #expect(try await home.run("call", "client-stream", "Ana", "Bob").status == 0)
        let file = "\(home.folder.path)/call.jsonl"
        #expect(try await home.run("history", "export", "1", "--to", file).status == 0)
        #expect(try await home.run("history", "export", "1", "--to", file).errors.contains("File exists"))
        #expect(try await other.run("history", "import", file).output == "1\n")
        let again = try await other.run("call", "--again", "1")
        #expect(again.output == CallTests.reply("Hello, Ana and Bob! (2 requests)") + "\n")
        let list = try await other.run("history", "list", "--output", "json")
        #expect(list.lines.count == 2)
        #expect(list.lines[1].hasSuffix("\"imported\":true}"))
    }

    @Test("a route that had a credential in it is asked for again, not called with the mask in its place")
    func maskedRoute() async throws {
        let home = try Home()
        let route = "/v1/helloworld?access_token=abc"
        #expect(try await home.run("call", "unary", "Ana", "--method", route).status == 0)
        let again = try await home.run("call", "--again", "1")
        #expect(again.status == 2)
        #expect(
            again.errors
                == "greeter-tui: the route of call 1 has a credential in it, which is not kept: name the route with --method\n"
        )
        #expect(try await home.run("call", "--again", "1", "--method", route).status == 0)
    }

    @Test("what was read from standard input is sent again as it was")
    func recorded() async throws {
        let home = try Home()
        let input = "{\"name\":\"Ana\"}\n{\"name\":\"Bob\",\"language\":\"de\"}\n"
        let first = try await home.run("call", "bidi", "-", input: input)
        let second = try await home.run("call", "--again", "1")
        #expect(second.status == 0)
        #expect(second.output == first.output)
    }

    @Test(
        "calls are not kept where that is not wanted",
        arguments: [(["--no-history"], [:]), ([], ["GREETER_TUI_HISTORY": "off"])] as [([String], [String: String])])
    func disabled(_ flags: [String], _ environment: [String: String]) async throws {
        let home = try Home()
        let environment = environment.merging(["HOME": home.folder.path]) { $1 }
        let call = try await Executable.run(["call", "unary", "Ana"] + flags, environment: environment)
        #expect(call.status == 0)
        #expect(!FileManager.default.fileExists(atPath: "\(home.folder.path)/.local/state/greeter-tui/history.sqlite"))
    }

    @Test("deleted calls are gone, and what is not there is said")
    func deletes() async throws {
        let home = try Home()
        for _ in 1...3 { _ = try await home.run("call", "unary", "Ana") }
        #expect(try await home.run("history", "delete", "1", "3").status == 0)
        #expect(try await home.run("history").lines.map { $0.prefix(2) } == ["2 "])
        let missing = try await home.run("history", "delete", "1")
        #expect(missing.status == 2)
        #expect(try await home.run("history", "show", "1").errors == "greeter-tui: there is no call 1 in the history\n")
    }

    @Test("where the history cannot be written, the call succeeds and the reason is said")
    func unwritable() async throws {
        let home = try Home()
        try "".write(toFile: "\(home.folder.path)/file", atomically: false, encoding: .utf8)
        let call = try await home.run("call", "unary", "Ana", more: ["XDG_STATE_HOME": "\(home.folder.path)/file"])
        #expect(call.status == 0)
        #expect(call.output == CallTests.reply("Hello, Ana!") + "\n")
        #expect(
            call.errors.hasPrefix(
                "greeter-tui: note: this call is not recorded, or not wholly: \(home.folder.path)/file/greeter-tui/history.sqlite: "
            ))
        #expect(call.errors.contains("Not a directory\n"))
    }

    @Test("a token is not in the history")
    func token() async throws {
        let home = try Home()
        let token = "t0ken-of-mine"
        let call = try await home.run("call", "unary", token, more: ["GREETER_TUI_TOKEN": token])
        #expect(call.status == 0)
        let folder = "\(home.folder.path)/.local/state/greeter-tui"
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
            let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)"))
            #expect(bytes.range(of: Data(token.utf8)) == nil)
        }
        #expect(try await home.run("history", "show", "1").output.contains("Hello, [redacted]!"))
    }

    @Test(
        "--again stands alone",
        arguments: [["--again", "1", "bidi"], ["--again", "1", "--plan", "x.yaml"], ["bidi", "Ana", "--recorded"]])
    func misused(_ arguments: [String]) async throws {
        let result = try await Executable.run(["call"] + arguments)
        #expect(result.status == 2)
        #expect(result.errors.contains("--again"))
    }
}
