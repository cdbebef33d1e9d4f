import Foundation
import TestSupport
import Testing

@Suite("Any service from the command line", .timeLimit(.minutes(10)))
struct MethodTests {
    private static let greeter = ["--protoset", "Sources/Greeter/greeter.protoset", "--reflection", "off"]
    private static let library = [
        "--protoset", "Tests/ProtobufSchemaTests/Vectors/schemas.protoset", "--reflection", "off",
    ]

    /// Runs the program in the folder of the package.
    private func run(_ arguments: [String], input: String = "") async throws -> Executable.Result {
        try await Executable.run(
            arguments.map { $0.hasSuffix(".protoset") && !$0.hasPrefix("/") ? "\(Executable.package)/\($0)" : $0 },
            input: input)
    }

    @Test(
        "a method is called by its name, with JSON, whatever its kind",
        arguments: [
            (["helloworld.Greeter/SayHello", "-d", #"{"name":"Ana","language":"es"}"#], "", ["¡Hola, Ana!"]),
            (["/helloworld.Greeter/SayHello", "-d", #"{"name":"Ana"}"#], "", ["Hello, Ana!"]),
            (["helloworld.Greeter.SayHello", "-d", #"{"name":"Ana"}"#], "", ["Hello, Ana!"]),
            (["Greeter/SayHello", "-d", #"{"name":"Ana"}"#], "", ["Hello, Ana!"]),
            (["SayHelloBidiStream", "-d", #"{"name":"Ana"} {"name":"Bo"}"#], "", ["Hello, Ana!", "Hello, Bo!"]),
            (
                ["SayHelloClientStream", "-d", "-"], "{\"name\":\"Ana\"}\n{\"name\":\"Bo\"}\n",
                ["Hello, Ana and Bo! (2 requests)"]
            ),
            (["SayHelloStreamReply"], "", ["Hello, nobody!"]),
            (["SayHello", "-d", "@-"], "{\n  \"name\": \"Ana\"\n}", ["Hello, Ana!"]),
        ])
    func calls(arguments: [String], input: String, messages: [String]) async throws {
        let result = try await run(["call"] + arguments + ["--server", "demo:grpc"] + Self.greeter, input: input)
        guard messages != ["Hello, nobody!"] else {
            // An empty message is sent, which this service refuses.
            #expect(result.status == 64 + 3, "\(result.errors)")
            return
        }
        #expect(result.status == 0, "\(result.errors)")
        let replies = try result.lines.map { try JSONDecoder().decode([String: String].self, from: Data($0.utf8)) }
        #expect(replies.map { $0["message"] } == messages)
    }

    static let wrongData = [
        (#"{"book":{"pages":4294967296}}"#, "-d:1:18: book.pages: 4294967296 is out of range for uint32"),
        ("{\n \"book\": {\"titel\": 1}}", "-d:2:11: book: demo.v1.Book has no field 'titel'; is 'title' meant?"),
        (#"{"book":{"genre":"GENRE_NOVELL"}}"#, "-d:1:18: book.genre: demo.v1.Genre has no value 'GENRE_NOVELL'"),
        (
            #"{"book":{"lentTo":"a","lostAt":"2026-01-01T00:00:00Z"}}"#,
            "lent_to is given too, and of the oneof where one can be"
        ),
        (#"{"book":{"labels":{"a":1}}}"#, #"-d:1:24: book.labels["a"]: a text is expected"#),
        (#"{"book":"#, "-d:1:9: book: a value is missing: the text ends here"),
        (#"{} {"parent":"é", x}"#, "-d:1:19: a name in quotation marks is expected, and 'x' stands here"),
    ]

    @Test("data that are wrong are refused before anything is sent, with their place", arguments: wrongData)
    func refusesData(data: String, error: String) async throws {
        let result = try await run(
            ["call", "demo.v1.Library/CreateBook", "-d", data, "--server", "grpc://127.0.0.1:1"] + Self.library)
        #expect(result.status == 2)
        #expect(result.errors.contains(error), "\(result.errors)")
    }

    @Test("names that the message does not have are passed over where that is asked for")
    func unknownFields() async throws {
        let result = try await run(
            [
                "call", "SayHello", "-d", #"{"name":"Ana","nickname":"A"}"#, "--allow-unknown-fields", "--server",
                "demo:grpc",
            ]
                + Self.greeter)
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.contains("Hello, Ana!"))
    }

    @Test("what is no method, or may be several, says what may be meant")
    func names() async throws {
        let several = try await run(["call", "Unary", "-d", "{}", "--server", "demo:grpc"] + Self.library)
        #expect(several.status == 2)
        #expect(several.errors.contains("may be one of several methods"), "\(several.errors)")
        #expect(several.errors.contains("demo.v1.ScalarEcho/Unary"))
        let slip = try await run(
            ["call", "demo.v1.Library/GetBok", "-d", "{}", "--server", "demo:grpc"] + Self.library)
        #expect(slip.status == 2)
        #expect(slip.errors.contains("did you mean 'demo.v1.Library/GetBook'?"), "\(slip.errors)")
        // Whoever knows the service is told what it has, the nearest first.
        for text in ["Library/GetBok", "Library.Bok", "demo.v1.Library/Gett"] {
            let wrong = try await run(["call", text, "-d", "{}", "--server", "demo:grpc"] + Self.library)
            let lines = wrong.errors.split(separator: "\n").map(String.init)
            let methods = Array(lines.drop { !$0.hasPrefix("the methods") })
            #expect(methods.first == "the methods of demo.v1.Library are:", "\(wrong.errors)")
            #expect(methods.count == 13 && methods[1].hasPrefix("  Get"), "\(wrong.errors)")
        }
    }

    @Test("a name may be less than the whole one in every command, and what may be several is listed")
    func shortNames() async throws {
        for (name, line) in [
            ("Book", "message Book {"), ("GetBook", "rpc GetBook(demo.v1.GetBookRequest) returns (demo.v1.Book) {"),
            ("Library/GetBook", "rpc GetBook(demo.v1.GetBookRequest) returns (demo.v1.Book) {"),
            ("Library.GetBook", "rpc GetBook(demo.v1.GetBookRequest) returns (demo.v1.Book) {"),
            ("v1.Library", "service Library {"), ("Genre", "enum Genre {"), ("/Library", "service Library {"),
            ("Book.title", "string title = 2;  // as on the cover"),
        ] {
            let text = try await run(["describe", name] + Self.library)
            #expect(text.lines.contains { $0.hasPrefix(String(line.prefix(16))) }, "\(name): \(text.errors)")
        }
        let several = try await run(["describe", "Unary"] + Self.library)
        #expect(several.status == 2)
        #expect(several.errors.contains("'Unary' may be one of several things"), "\(several.errors)")
        #expect(several.errors.contains("  demo.v1.ScalarEcho/Unary\n"), "\(several.errors)")
        let template = try await run(["describe", "GetBook", "--template"] + Self.library)
        #expect(template.output.contains(#""name""#), "\(template.errors)")
    }

    @Test("an example of what is no message is refused by what it is")
    func noTemplate() async throws {
        let service = try await run(["describe", "Library", "--template"] + Self.library)
        #expect(service.status == 2)
        #expect(
            service.errors.contains("demo.v1.Library is a service: --template is for a message"), "\(service.errors)")
        #expect(service.errors.contains("  demo.v1.Library/CreateBook\n"), "\(service.errors)")
        let number = try await run(["describe", "demo.v1.Genre", "--template"] + Self.library)
        #expect(number.errors.contains("demo.v1.Genre is no message"), "\(number.errors)")
    }

    @Test("list has a line for each method, or an object")
    func list() async throws {
        let text = try await run(["list", "Library"] + Self.library)
        #expect(text.status == 0, "\(text.errors)")
        #expect(text.lines.first == "demo.v1.Library")
        #expect(text.lines.contains { $0.contains("server-stream") && $0.contains("WatchBooks") })
        #expect(text.lines.contains { $0.contains("GET /v1/{name=shelves/*/books/*}") })
        let json = try await run(["list", "demo.v1.Chat", "--output", "json"] + Self.library)
        #expect(
            json.lines == [
                #"{"service":"demo.v1.Chat","method":"Talk","kind":"bidi","input":"demo.v1.Said","output":"demo.v1.Heard","routes":[]}"#
            ])
        let none = try await run(["list", "Libary"] + Self.library)
        #expect(none.status == 2)
    }

    @Test("describe shows the declaration, and an example to fill in that is a right message")
    func describe() async throws {
        let text = try await run(["describe", "demo.v1.Book"] + Self.library)
        #expect(text.status == 0, "\(text.errors)")
        for line in [
            "message Book {", "  map<string, string> labels = 9;", "  oneof where {", "    string lent_to = 12;",
        ] {
            #expect(text.lines.contains(line), "\(line) is missing in \(text.output)")
        }
        let template = try await run(["describe", "demo.v1.Library/CreateBook", "--template"] + Self.library)
        #expect(template.status == 0, "\(template.errors)")
        let call = try await run(
            ["call", "demo.v1.Library/CreateBook", "-d", template.output, "--server", "grpc://127.0.0.1:1"]
                + Self.library)
        #expect(call.status == 64 + 14, "\(call.errors)")
        let unknown = try await run(["describe", "demo.v1.Bok"] + Self.library)
        #expect(unknown.errors.contains("did you mean 'demo.v1.Book'?"), "\(unknown.errors)")
    }

    @Test("what schema save writes is read again")
    func save() async throws {
        let folder = try Folder()
        let path = "\(folder.path)/saved.protoset"
        let saved = try await run(["schema", "save", path] + Self.library)
        #expect(saved.status == 0, "\(saved.errors)")
        let before = try await run(["list"] + Self.library)
        let after = try await run(["list", "--protoset", path])
        #expect(after.output == before.output)
        #expect(!after.output.isEmpty)

        // What is there stays, unless that is asked for.
        let kept = try folder.write("kept", to: "kept.protoset")
        let refused = try await run(["schema", "save", kept] + Self.library)
        #expect(refused.status == 2)
        #expect(refused.errors.contains("is there already: name another file, or replace it with --force"))
        #expect(try String(contentsOfFile: kept, encoding: .utf8) == "kept")
        let forced = try await run(["schema", "save", kept, "--force"] + Self.library)
        #expect(forced.status == 0, "\(forced.errors)")
        #expect(try await run(["list", "--protoset", kept]).output == before.output)
    }

    @Test("plans make messages of any kind, with places in numbers and within JSON")
    func plan() async throws {
        let folder = try Folder()
        let path = try folder.write(
            """
            requests:
              - repeat: 2
                send: {name: "guest {i}"}
              - {name: Zoe, language: es}
            """, to: "plan.yaml")
        let result = try await run(
            ["call", "SayHelloBidiStream", "--plan", path, "--server", "demo:grpc"] + Self.greeter)
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.lines.count == 3 && result.output.contains("¡Hola, Zoe!") && result.output.contains("guest 2"))
    }

    @Test("a plan whose places cannot be what a field holds is refused before anything is sent")
    func wrongPlan() async throws {
        let folder = try Folder()
        let path = try folder.write(
            "requests:\n  - repeat: 3\n    send: {sensor: a, value: \"{uuid}\"}\n", to: "plan.yaml")
        let result = try await run(
            ["call", "demo.v1.Telemetry/Record", "--plan", path, "--server", "grpc://127.0.0.1:1"] + Self.library)
        #expect(result.status == 2, "\(result.errors)")
        #expect(result.errors.contains("value: "), "\(result.errors)")
    }

    /// A reply of the Greeter behind gRPC's five bytes.
    private func frame(_ name: String) -> String {
        let (text, language) = ("Hello, \(name)!", "en")
        let message = "\n\(Unicode.Scalar(UInt8(text.utf8.count)))\(text)\u{12}\u{2}\(language)"
        return "\0\0\0\0\(Unicode.Scalar(UInt8(message.utf8.count)))\(message)"
    }

    @Test("replies are written in the text format, or as the bytes of the wire")
    func formats() async throws {
        let two = ["call", "SayHelloBidiStream", "-d", #"{"name":"Ana"} {"name":"Bo'"}"#, "--server", "demo:grpc"]
        let text = try await run(two + ["--format", "text"] + Self.greeter)
        #expect(text.status == 0, "\(text.errors)")
        #expect(
            text.output
                == "message: \"Hello, Ana!\"\nlanguage: \"en\"\n\u{1E}message: \"Hello, Bo\\'!\"\nlanguage: \"en\"\n")
        let raw = try await run(two + ["--format", "raw"] + Self.greeter)
        #expect(raw.output == "\(frame("Ana"))\(frame("Bo'"))", "\(raw.errors)")
        let usual = try await run(["call", "unary", "Ana", "--server", "demo:", "--format", "text"])
        #expect(usual.output == "message: \"Hello, Ana!\"\nlanguage: \"en\"\n", "\(usual.errors)")
        for other in [["--output", "text"], ["--events"], ["--wire", "-"]] {
            let both = try await run(two + ["--format", "raw"] + other + Self.greeter)
            #expect(both.status == 2)
        }
    }

    @Test("bytes are sent as they are, without a definition, and what begins with a brace is JSON nevertheless")
    func raw() async throws {
        let folder = try Folder()
        let bytes = "@" + (try folder.write("\n\u{3}Ana", to: "request.bin"))
        let server = ["--server", "demo:grpc", "--reflection", "off"]
        let raw = try await run(["call", "helloworld.Greeter/SayHello", "-d", bytes, "--format", "raw"] + server)
        #expect(raw.status == 0, "\(raw.errors)")
        #expect(raw.output == frame("Ana"))
        let short = try await run(["call", "SayHello", "-d", bytes, "--format", "raw"] + server)
        #expect(short.status == 2 && short.errors.contains("name the method in full"), "\(short.errors)")
        let json = "@" + (try folder.write(#"{"name":"Ana"}"#, to: "request.json"))
        let read = try await run(
            ["call", "SayHello", "-d", json, "--format", "raw", "--server", "demo:grpc"] + Self.greeter)
        #expect(read.output == raw.output, "\(read.errors)")
    }

    @Test("a call with bytes is shown, and made again, with bytes")
    func rawHistory() async throws {
        let folder = try TemporaryFolder([:])
        let environment = ["HOME": folder.path, "TZ": "UTC"]
        let path = "\(folder.path)/request.bin"
        try Data("\n\u{3}Ana".utf8).write(to: URL(filePath: path))
        let call = try await Executable.run(
            [
                "call", "helloworld.Greeter/SayHello", "-d", "@\(path)", "--format", "raw", "--server", "demo:grpc",
                "--reflection", "off",
            ], environment: environment)
        #expect(call.status == 0, "\(call.errors)")
        let show = try await Executable.run(["history", "show", "1"], environment: environment)
        #expect(show.output.contains("sent         1  5 bytes: 0a 03 41 6e 61\n"), "\(show.output)")
        #expect(show.output.contains("received     1  17 bytes: 0a 0b 48 65 6c 6c 6f"), "\(show.output)")
        let again = try await Executable.run(["call", "--again", "1"], environment: environment)
        #expect(again.status == 0 && again.output == call.output, "\(again.errors)")
        // Bytes that are no message are nevertheless what the server has said.
        let other = "\(folder.path)/other.bin"
        try Data([0x80]).write(to: URL(filePath: other))
        let odd = try await Executable.run(
            [
                "call", "helloworld.Greeter/SayHello", "-d", "@\(other)", "--format", "raw", "--server", "demo:grpc",
                "--reflection", "off",
            ], environment: environment)
        #expect(odd.errors.contains("the server answered"), "\(odd.errors)")
    }

    /// The same data from the command line, a file and standard input.
    @Test(
        "data are values of JSON, one after another, on lines or not, wherever they are from",
        arguments: [
            "{\"name\":\"Ana\"}\n{\"name\":\"Bo\"}\n", "{\"name\":\"Ana\"}{\"name\":\"Bo\"}",
            "\u{FEFF}{\n  \"name\": \"Ana\"\n}\r\n\r\n{\n  \"name\":\n \"Bo\" }",
            "{\"name\":\"Ana\"} {\"name\":\"Bo\"\n}\n\n",
        ])
    func sequences(data: String) async throws {
        let folder = try Folder()
        let file = try folder.write(data, to: "data.json")
        for (argument, input) in [(data, ""), ("@\(file)", ""), ("-", data)] {
            let result = try await run(
                ["call", "SayHelloClientStream", "-d", argument, "--server", "demo:grpc"] + Self.greeter, input: input)
            #expect(result.output.contains("Hello, Ana and Bo! (2 requests)"), "\(argument): \(result.errors)")
        }
    }

    @Test("data from standard input are sent as they come, each as soon as it is whole")
    func sentAsTheyCome() async throws {
        let process = try Executable.start(
            [
                "call", "SayHelloBidiStream", "-d", "-", "--server", "demo:grpc", "--protoset",
                "\(Executable.package)/Sources/Greeter/greeter.protoset", "--reflection", "off",
            ])
        await process.write("{\n \"name\": \"Ana\"\n}{\"name\":")
        #expect(await process.nextLine().contains("Hello, Ana!"))
        await process.write("\"Bo\"}")
        process.closeInput()
        let result = await process.result()
        #expect(result.output.contains("Hello, Bo!"), "\(result.errors)")
    }

    @Test("what is wrong in data from standard input is told with its line and column")
    func wrongInput() async throws {
        let result = try await run(
            ["call", "SayHelloClientStream", "-d", "-", "--server", "demo:grpc"] + Self.greeter,
            input: "{\"name\":\"Ana\"}\n{\n  \"nam\": 1}\n")
        #expect(result.errors.contains("standard input, line 3, column 3: "), "\(result.errors)")
        #expect(result.errors.contains("has no field 'nam'; is 'name' meant?"), "\(result.errors)")
    }

    @Test("no data are an empty message, as grpcurl has it, and of several a method that takes one is sent the first")
    func counts() async throws {
        let folder = try Folder()
        let empty = try folder.write("", to: "empty.json")
        for (argument, input) in [("", ""), ("@\(empty)", ""), ("-", ""), ("-", "\u{FEFF}\n"), ("{}", "")] {
            let result = try await run(
                ["call", "SayHello", "-d", argument, "--server", "demo:grpc"] + Self.greeter, input: input)
            // An empty name is one that this service refuses.
            #expect(result.status == 64 + 3, "'\(argument)': \(result.errors)")
        }
        let several = try await run(
            ["call", "SayHello", "-d", #"{"name":"Ana"} {"name":"Bo"} {"name":"Cy"}"#, "--server", "demo:grpc"]
                + Self.greeter)
        #expect(several.status == 0 && several.output.contains("Hello, Ana!"), "\(several.errors)")
        #expect(
            several.errors.hasPrefix(
                "greeter-tui: note: helloworld.Greeter/SayHello takes one request: the first in -d is sent, and the 2 others not\n"
            ), "\(several.errors)")
        let nameless = try await run(["call", "SayHello", "-d", "@", "--server", "demo:grpc"] + Self.greeter)
        #expect(nameless.status == 2)
        #expect(nameless.errors.contains("-d: name a file behind the @"), "\(nameless.errors)")
    }

    @Test("events of other services keep the fields of a message apart from their own")
    func events() async throws {
        let result = try await run(
            ["call", "SayHello", "-d", #"{"name":"Ana"}"#, "--events", "--server", "demo:grpc"] + Self.greeter)
        #expect(result.status == 0, "\(result.errors)")
        let received = try #require(result.lines.first { $0.contains(#""event":"received""#) })
        #expect(
            received.contains(
                #""bytes":"CgtIZWxsbywgQW5hIRICZW4=","content":{"message":"Hello, Ana!","language":"en"}"#),
            "\(received)")
    }

    @Test("variables stand in headers where that is asked for, and one that is missing is named")
    func expandsHeaders() async throws {
        func call(_ header: String, _ more: String..., environment: [String: String]) async throws -> Executable.Result
        {
            try await Executable.run(
                ["call", "unary", "Ana", "--server", "demo:", "--header", header] + more, environment: environment)
        }
        let expanded = try await call("x-key: ${KEY}", "--expand-headers", environment: ["KEY": "s3cret"])
        #expect(expanded.status == 0, "\(expanded.errors)")
        let missing = try await call("x-key: ${NO_KEY}", "--expand-headers", environment: [:])
        #expect(missing.status == 2 && missing.errors.contains("--header: the variable 'NO_KEY' is not set"))
        let open = try await call("x-key: ${KEY", "--expand-headers", environment: [:])
        #expect(open.status == 2 && open.errors.contains("no '}' ends it"), "\(open.errors)")
        // What is put in its place is checked as any header is, and not told.
        let broken = try await call("x-key: ${KEY}", "--expand-headers", environment: ["KEY": "s3c\u{1}ret"])
        #expect(broken.status == 2 && !broken.errors.contains("s3c"), "\(broken.errors)")
        let plain = try await call("x-key: ${KEY}", environment: ["KEY": "s3c\u{1}ret"])
        #expect(plain.status == 0, "\(plain.errors)")
    }

    @Test("a shell completes methods, services and symbols from a file, without a word on standard error")
    func completions() async throws {
        func complete(_ command: String, _ prefix: String) async throws -> [String] {
            let words =
                ["greeter-tui", command]
                + Self.library.map { $0.hasSuffix(".protoset") ? "\(Executable.package)/\($0)" : $0 }
            let result = try await Executable.run(
                ["---completion", command, "--", "positional@0", "\(words.count)", "\(prefix.count)"] + words + [prefix]
            )
            #expect(result.errors.isEmpty, "\(result.errors)")
            return result.lines
        }
        #expect(try await complete("call", "un") == ["unary"])
        #expect(try await complete("call", "demo.v1.Library/GetB") == ["demo.v1.Library/GetBook"])
        #expect(try await complete("call", "GetB") == ["GetBook"])
        #expect(try await complete("list", "demo.v1.Cha") == ["demo.v1.Chat"])
        #expect(try await complete("describe", "demo.v1.Book").contains("demo.v1.Book"))
    }

    @Test("the same method is compared at two servers")
    func compare() async throws {
        let same = try await run(
            ["compare", "SayHello", "-d", #"{"name":"Ana"}"#, "--server", "demo:grpc", "--against", "demo:grpc"]
                + Self.greeter)
        #expect(same.status == 0, "\(same.errors)")
        #expect(same.output.contains("same"), "\(same.output)")
        let down = try await run(
            [
                "compare", "SayHello", "-d", #"{"name":"Ana"}"#, "--server", "demo:grpc", "--against",
                "grpc://127.0.0.1:1",
            ]
                + Self.greeter)
        #expect(down.status == 1, "\(down.errors)")
    }
}
