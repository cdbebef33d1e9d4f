import Foundation
import Synchronization
import TestSupport
import Testing

@Suite("Any service over a gateway from the command line", .timeLimit(.minutes(10)))
struct GatewayMethodTests {
    /// What a gateway lists: a method whose messages are defined in the tests' descriptors, one whose are nowhere, and one that is
    /// not annotated as it is listed here.
    private static let services = """
        {"Library": {"GetShelf": {"input_type": ".demo.v1.GetShelfRequest", "output_type": ".demo.v1.Shelf",
          "streaming_type": "unary", "method_full_name": "/demo.v1.Library/GetShelf",
          "http": {"method": "POST", "path": "/v1/shelf", "body": "*"}}},
         "Shop": {"Order": {"input_type": ".shop.v1.Order", "output_type": ".shop.v1.Receipt",
          "streaming_type": "unary", "method_full_name": "/shop.v1.Shop/Order",
          "http": {"method": "GET", "path": "/v1/orders/{id}"}},
          "Watch": {"input_type": ".shop.v1.Order", "output_type": ".shop.v1.Receipt",
          "streaming_type": "server_streaming", "method_full_name": "/shop.v1.Shop/Watch"}}}
        """
    private static let library = [
        "--protoset", "\(Executable.package)/Tests/ProtobufSchemaTests/Vectors/schemas.protoset",
    ]

    private static func response(_ status: String, _ body: String) -> [UInt8] {
        Array(
            "HTTP/1.1 \(status)\r\ncontent-type: application/json\r\ncontent-length: \(body.utf8.count)\r\n\r\n\(body)"
                .utf8)
    }

    private func withServices<Result: Sendable>(
        _ body: (_ file: String) async throws -> Result
    ) async throws -> Result {
        let folder = try Folder()
        return try await body(try folder.write(Self.services, to: "services.json"))
    }

    @Test("a services.json alone says which methods there are, and by which routes")
    func list() async throws {
        try await withServices { file in
            let text = try await Executable.run(["list", "--services", file])
            #expect(text.status == 0, "\(text.errors)")
            #expect(
                text.lines == [
                    "demo.v1.Library", "  unary          GetShelf  GetShelfRequest → Shelf  POST /v1/shelf, body *",
                    "shop.v1.Shop",
                    "  unary          Order  Order → Receipt  GET /v1/orders/{id}",
                    "  server-stream  Watch  Order → Receipt",
                ])
            // With descriptors the service has its other methods, too; the routes are those of the list.
            let both = try await Executable.run(["list", "Library", "--services", file] + Self.library)
            #expect(
                both.lines.contains("  unary          GetShelf     GetShelfRequest → Shelf  POST /v1/shelf, body *"))
            #expect(both.lines.contains { $0.contains("GET /v1/{parent=shelves/*}/books:watch") })
        }
    }

    @Test("a gateway that serves its list is called without a flag; JSON of what is not defined travels as it is")
    func fetched() async throws {
        let answers = [
            Self.response("200 OK", Self.services),
            Self.response("200 OK", #"{"code":0,"message":"success","data":{"total_cents": 9007199254740993}}"#),
        ]
        try await withAnswers({ answers[min($0, 1)] }) { server in
            let result = try await Executable.run(
                [
                    "call", "Shop/Order", "-d", #"{"id": "a b", "n": 9007199254740993}"#, "--server", server, "--wire",
                    "-",
                ])
            #expect(result.status == 0, "\(result.errors)")
            // The known gateway takes the whole request from the query, beside the path.
            #expect(result.output.contains("/v1/orders/a%20b?id=a%20b&n=9007199254740993"), "\(result.output)")
        }
        try await withAnswers({ answers[min($0, 1)] }) { server in
            let result = try await Executable.run(["call", "Shop/Order", "-d", #"{"id":"a"}"#, "--server", server])
            #expect(result.lines == [#"{"total_cents": 9007199254740993}"#], "\(result.errors)")
        }
    }

    @Test("where nothing says what a gateway has, it is said how to tell")
    func missing() async throws {
        try await withAnswers({ _ in Self.response("404 Not Found", "{}") }) { server in
            let result = try await Executable.run(["call", "Shop/Order", "-d", "{}", "--server", server])
            #expect(result.status == 2)
            #expect(result.errors.contains("\(server)/services.json is not there"), "\(result.errors)")
            #expect(result.errors.contains("--services"))
            #expect(result.errors.contains("--protoset"))
        }
        try await withAnswers({ _ in Self.response("200 OK", "<html>") }) { server in
            let result = try await Executable.run(["list", "--server", server])
            #expect(result.status == 2)
            #expect(result.errors.contains("services.json: is no JSON"), "\(result.errors)")
        }
    }

    @Test("descriptors beside it define messages; the style is that of the list, unless another is asked for")
    func style() async throws {
        let wrong = try await Executable.run(
            ["call", "Library/GetShelf", "-d", "{}", "--server", "http://127.0.0.1:1", "--style", "rest"] + Self.library
        )
        #expect(wrong.status == 2)
        #expect(wrong.errors.contains("--style"), "\(wrong.errors)")
        try await withServices { file in
            // By the list the name is in the body, by the annotation in the path.
            for (more, environment, path) in [
                (["--services", file], [:], "/v1/shelf"), ([], ["GREETER_TUI_SERVICES": file], "/v1/shelf"),
                ([], [:], "/v1/shelves/s"),
            ] as [([String], [String: String], String)] {
                try await withAnswers({ _ in Self.response("200 OK", #"{"data":{"theme":"sea"}}"#) }) { server in
                    let result = try await Executable.run(
                        ["call", "Library/GetShelf", "-d", #"{"name":"shelves/s"}"#, "--server", server, "--wire", "-"]
                            + more
                            + (more.isEmpty && environment.isEmpty ? ["--reflection", "off"] : []) + Self.library,
                        environment: environment)
                    #expect(result.status == 0, "\(result.errors)")
                    #expect(
                        result.output.contains("\"\(path)\"") || result.output.contains(" \(path)"),
                        "\(path) \(result.output)")
                }
            }
        }
    }

    @Test("what is wrong with a file, or with JSON of what has no definition, has its place and status 2")
    func refuses() async throws {
        let folder = try Folder()
        let broken = try folder.write("{", to: "broken.json")
        let file = try folder.write(Self.services, to: "services.json")
        for (arguments, error) in [
            (["list", "--services", broken], "broken.json: is no JSON"),
            (["list", "--services", "\(folder.path)/none.json"], "none.json"),
            (
                ["call", "Shop/Order", "-d", "{}\n{\"a\":}", "--server", "http://127.0.0.1:1", "--services", file],
                "-d:2:6: "
            ),
        ] {
            let result = try await Executable.run(arguments)
            #expect(result.status == 2)
            #expect(result.errors.contains(error), "\(result.errors)")
        }
    }

    @Test("a recorded call keeps its routes, and is made again by them")
    func again() async throws {
        let home = try TemporaryFolder([:])
        let folder = try Folder()
        let file = try folder.write(Self.services, to: "services.json")
        try await withAnswers({ _ in Self.response("200 OK", #"{"data":{"total_cents":5}}"#) }) { server in
            func run(_ arguments: [String]) async throws -> Executable.Result {
                try await Executable.run(arguments, environment: ["HOME": home.path, "TZ": "UTC"])
            }
            let first = try await run(
                ["call", "Shop/Order", "-d", #"{"id":"a"}"#, "--server", server, "--services", file])
            #expect(first.lines == [#"{"total_cents":5}"#], "\(first.errors)")
            let again = try await run(["call", "--again", "1"])
            #expect(again.lines == [#"{"total_cents":5}"#], "\(again.errors)")
            let shown = try await run(["history", "show", "2"])
            #expect(shown.output.contains("total_cents"), "\(shown.output)")
            let exported = try await run(["history", "export", "1"])
            #expect(exported.lines.first?.contains(#""path":"/v1/orders/{id}""#) == true, "\(exported.output)")
        }
    }

    @Test("what is asked of the demo server uses up none of its faults, and a call that meets one is made again")
    func faults() async throws {
        let result = try await Executable.run(
            [
                "call", "Telemetry/Describe", "-d", #"{"name":"door"}"#, "--server", "demo:", "--fault", "refuse=1",
                "--repeat-post",
                "--backoff", "0.01s",
            ])
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.contains(#""name":"door""#), "\(result.output)")
        #expect(result.errors.contains("2 attempts"), "\(result.errors)")
    }
}
