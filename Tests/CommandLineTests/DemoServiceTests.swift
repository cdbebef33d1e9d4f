import Foundation
import TestSupport
import Testing

@Suite("The demo server's other services from the command line", .timeLimit(.minutes(10)))
struct DemoServiceTests {
    static let servers = ["demo:grpc", "demo:"]

    private func call(_ method: String, _ data: String, at server: String) async throws -> [[String: Any]] {
        let result = try await Executable.run(["call", method, "-d", data, "--server", server])
        #expect(result.status == 0, "\(result.errors)")
        return try result.lines.map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        }
    }

    @Test("they are listed with the greetings, and described with their comments", arguments: servers)
    func lists(_ server: String) async throws {
        let list = try await Executable.run(["list", "--server", server])
        #expect(
            list.lines.filter { !$0.hasPrefix(" ") }.sorted() == [
                "demo.chat.v1.Chat", "demo.telemetry.v1.Telemetry", "helloworld.Greeter",
            ], "\(list.errors)")
        #expect(list.lines.contains { $0.contains("Describe") && $0.contains("GET /v1/telemetry/sensors/{name}") })
        let text = try await Executable.run(["describe", "demo.telemetry.v1.Sample", "--server", server])
        #expect(text.lines.contains("  // How wrong the value may be, where the sensor knows."), "\(text.errors)")
    }

    @Test("one request, one reply: a number that no double can hold comes as it is", arguments: servers)
    func describes(_ server: String) async throws {
        let sensor = try #require(try await call("Describe", #"{"name":"mains"}"#, at: server).first)
        #expect(sensor["serialNumber"] as? String == "9007199254740995" && sensor["unit"] as? String == "UNIT_VOLT")
        #expect(sensor["labels"] as? [String: String] == ["site": "demo", "floor": "-1"])
        let other = try await Executable.run(["call", "Describe", "-d", #"{"name":"attic"}"#, "--server", server])
        #expect(other.status == 64 + 5 && other.errors.contains("There is no sensor 'attic'"), "\(other.errors)")
        let rooms = try #require(try await call("Chat/Rooms", #"{"prefix":"t"}"#, at: server).first)
        #expect((rooms["rooms"] as? [[String: Any]])?.map { $0["name"] as? String } == ["tea"])
    }

    @Test("one request, many replies: the samples are what is summed up again", arguments: servers)
    func watchesAndRecords(_ server: String) async throws {
        let result = try await Executable.run(
            ["call", "Telemetry/Watch", "-d", #"{"sensors":["roof"],"count":25,"raw":true}"#, "--server", server])
        #expect(result.status == 0 && result.lines.count == 25, "\(result.errors)")
        let sum = try #require(try await call("Telemetry/Record", result.output, at: server).first)
        #expect(sum["count"] as? String == "25" && sum["bySensor"] as? [String: String] == ["roof": "25"])
        let windows = try await call("Telemetry/Windows", result.output, at: server)
        #expect(windows.map { $0["count"] as? String } == ["10", "10", "5"])
        #expect(windows.first?["first"] as? String == "2026-01-01T00:00:01Z")
    }

    @Test("their messages are known, too, where another process serves them")
    func servesElsewhere() async throws {
        let process = try Executable.start(["serve"])
        for server in [await process.nextLine(), await process.nextLine()] {
            let sensor = try #require(try await call("Describe", #"{"name":"roof"}"#, at: server).first)
            #expect(sensor["serialNumber"] as? String == "9007199254740996")
        }
        process.send(SIGTERM)
        _ = await process.result()
    }

    @Test("what answers what is said by the replies where the plan says so, on every way out", arguments: servers)
    func correlates(_ server: String) async throws {
        let folder = try Folder()
        let plan = """
            method: demo.chat.v1.Chat/Talk
            correlate: {request: correlation, reply: correlation}
            requests:
              - {correlation: a, join: {room: tea, name: Ana}}
              - {correlation: b, text: hello}
              - {correlation: c, leave: {}}
            """
        let path = try folder.write(plan, to: "plan.yaml")
        let home = ["HOME": folder.path, "TZ": "UTC"]
        let call = ["call", "--plan", path, "--server", server]
        let text = try await Executable.run(call + ["--output", "text"], environment: home)
        #expect(text.status == 0, "\(text.errors)")
        let pairs = text.lines.filter { $0.contains("  received ") }.map { String($0.suffix { $0 != "(" }) }
        #expect(pairs == ["request 1)", "no request)", "request 2)", "request 3)"], "\(text.output)")
        #expect(!text.errors.contains("note:"), "\(text.errors)")
        let events = try await Executable.run(call + ["--events"], environment: home)
        #expect(events.lines.filter { $0.contains("\"event\":\"paired\"") }.count == 1)
        #expect(events.output.contains(#""pairing":"key","request_key":"correlation","reply_key":"correlation"}"#))
        #expect(!events.output.contains("guess"))
        let show = try await Executable.run(["history", "show", "2"], environment: home)
        #expect(show.output.contains("(request 3)") && !show.output.contains("≈"), "\(show.output)")
        let table = try await Executable.run(["history", "export", "2", "--format", "csv"], environment: home)
        #expect(!table.output.contains("guess"))

        let again = try await Executable.run(["call", "--again", "2", "--recorded", "--events"], environment: home)
        #expect(again.output.contains(#""pairing":"key""#) && !again.output.contains("guess"), "\(again.errors)")

        let wrong = try folder.write(plan.replacing("reply: correlation", with: "reply: correlat"), to: "wrong.yaml")
        let refused = try await Executable.run(["call", "--plan", wrong, "--server", server], environment: home)
        #expect(refused.status == 2)
        #expect(
            refused.errors.contains(
                "wrong.yaml, line 2, column 42: demo.chat.v1.Heard has no field 'correlat'; did you mean 'correlation'?"
            ),
            "\(refused.errors)")
    }

    @Test("a conversation of oneofs, in which others speak, too", arguments: servers)
    func talks(_ server: String) async throws {
        let heard = try await call(
            "Talk", #"{"correlation":"a","join":{"room":"tea","name":"Ana"}} {"correlation":"b","text":"hello"}"#,
            at: server)
        #expect(heard.map { $0["correlation"] as? String } == ["a", nil, "b"])
        #expect((heard.first?["joined"] as? [String: Any])?["members"] as? [String] == ["Tony", "Ana"])
        #expect(heard.last?["text"] as? String == "hello" && heard.last?["from"] as? String == "Ana")
    }
}
