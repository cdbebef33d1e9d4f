import Foundation
import Testing

@Suite("compare", .timeLimit(.minutes(10)))
struct CompareTests {
    private static let kinds = ["unary", "server-stream", "client-stream", "bidi"]

    @Test("the two sides of a greeter give the same replies, side by side with their times", arguments: kinds)
    func same(kind: String) async throws {
        let process = try Executable.start(["serve"])
        let (gateway, native) = (await process.nextLine(), await process.nextLine())
        let result = try await Executable.run(["compare", kind, "Ana", "--server", gateway, "--against", native])
        #expect(result.status == 0, "\(result)")
        #expect(result.lines.first?.contains(gateway) == true && result.lines.first?.contains(native) == true)
        #expect(result.lines.last == "the same replies")
        for name in ["status", "replies", "whole call", "p50 of a reply", "p95", "p99"] {
            #expect(result.lines.contains { $0.hasPrefix(name + " ") }, "\(name)")
        }
        process.send(SIGTERM)
        _ = await process.result()
    }

    @Test("the other side of the demo server comes to mind by itself, and a plan is run at both")
    func plan() async throws {
        let folder = try Folder()
        let file = try folder.write(
            "kind: bidi\nseed: 7\nrequests:\n  - {repeat: 500, send: {name: 'User {i}'}}\n", to: "plan.yaml")
        let result = try await Executable.run(["compare", "--plan", file, "--output", "json"])
        #expect(result.status == 0, "\(result)")
        let objects = try result.lines.map { line in
            try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        }
        #expect(objects.count == 3)
        #expect(objects.prefix(2).map { $0["received"] as? Int } == [500, 500])
        #expect(objects.prefix(2).map { $0["transport"] as? String } == ["WebSocket", "gRPC over HTTP/2"])
        #expect(objects.prefix(2).allSatisfy { $0["p99"] is Double })
        #expect(objects.last?["same"] as? Bool == true)
    }

    @Test("what differs is told, and ends with status 1")
    func different() async throws {
        let process = try Executable.start(["serve", "--fault", "error=2"])
        let server = await process.nextLine()
        let result = try await Executable.run(
            ["compare", "bidi", "Ana", "Bob", "--server", server, "--against", "demo:grpc", "--retry", "off"])
        #expect(result.status == 1)
        #expect(result.lines.contains("different: status: UNKNOWN, and OK"))
        process.send(SIGTERM)
        _ = await process.result()
    }

    @Test(
        "what cannot be compared is refused",
        arguments: [
            (["bidi"], "Error: name a method, or the kind of call and whom to greet, or a plan with --plan"),
            (["bidi", "-"], "Error: standard input can be read only once; name a file with --plan"),
            (["bidi", "Ana", "--server", "http://h"], "greeter-tui: name the other server with --against"),
            (["bidi", "Ana", "--against", "h:"], "greeter-tui: --against: 'h:' has no port after the colon"),
        ])
    func refused(arguments: [String], message: String) async throws {
        let result = try await Executable.run(["compare"] + arguments)
        #expect(result.status == 2)
        #expect(result.errors.hasPrefix(message), "\(result.errors)")
    }
}
