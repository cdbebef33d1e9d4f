import Foundation
import TestSupport
import Testing

@Suite("What travels, from the command line", .timeLimit(.minutes(10)))
struct WireTests {
    private func facts(_ text: String) throws -> [[String: Any]] {
        try text.split(separator: "\n").map { line in
            try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        }
    }

    private func has(_ facts: [[String: Any]], _ wanted: [String: AnyHashable]) -> Bool {
        facts.contains { fact in wanted.allSatisfy { key, value in "\(fact[key] ?? "")" == "\(value)" } }
    }

    @Test("--wire writes the frames of gRPC into a file, beside the replies")
    func grpc() async throws {
        let folder = try Folder()
        let file = "\(folder.path)/wire.jsonl"
        let arguments = ["call", "bidi", "Ana", "Bob", "--server", "demo:grpc", "--wire", file]
        let result = try await Executable.run(
            arguments + ["--header", "X-Api-Key: s3cret-4711"], environment: ["GREETER_TUI_TOKEN": "t0ken-4711"])
        #expect(result.status == 0)
        #expect(result.lines.count == 2)
        let text = try #require(folder.read("wire.jsonl"))
        #expect(!text.contains("s3cret-4711") && !text.contains("t0ken-4711"))
        #expect(text.contains(#"{"name":"authorization","value":"[redacted]"}"#))
        let facts = try facts(text)
        #expect(facts.first?["fact"] as? String == "connected")
        #expect(facts.last?["fact"] as? String == "closed")
        #expect(has(facts, ["fact": "frame", "type": "SETTINGS", "direction": "received"]))
        #expect(has(facts, ["fact": "frame", "type": "HEADERS", "direction": "sent", "stream": 1]))
        #expect(has(facts, ["fact": "frame", "type": "DATA", "direction": "sent", "stream": 1]))
        #expect(has(facts, ["fact": "stream_closed", "stream": 1]))
        #expect(text.contains(#"{"name":"x-api-key","value":"[redacted]"}"#))
        let received = facts.filter { $0["fact"] as? String == "messages" && $0["direction"] as? String == "received" }
        #expect(received.reduce(0) { $0 + ($1["count"] as? Int ?? 0) } == 2)
        let attributes = try FileManager.default.attributesOfItem(atPath: file)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        // What is there is not written over.
        let again = try await Executable.run(arguments)
        #expect(again.status == 2)
        #expect(again.errors.contains("wire.jsonl is there already; name another file"))
        #expect(folder.read("wire.jsonl") == text)
    }

    @Test("--wire - writes to standard output in place of the replies: a WebSocket, HTTP, and events")
    func gateway() async throws {
        let bidi = try await Executable.run(["call", "bidi", "Ana", "--wire", "-"])
        #expect(bidi.status == 0)
        let facts = try facts(bidi.output)
        #expect(has(facts, ["fact": "request", "method": "GET", "target": "/v1/helloworld/ws"]))
        #expect(bidi.output.contains(#"{"name":"Sec-WebSocket-Key","value":""#))
        #expect(has(facts, ["fact": "response", "status": 101]))
        #expect(has(facts, ["fact": "websocket", "direction": "sent", "type": "text", "masked": 1, "length": 30]))
        #expect(has(facts, ["fact": "websocket", "direction": "received", "type": "text", "masked": 0]))
        #expect(has(facts, ["fact": "websocket", "direction": "received", "type": "close", "code": 1000]))
        let stream = try self.facts(try await Executable.run(["call", "server-stream", "Ana", "--wire", "-"]).output)
        #expect(has(stream, ["fact": "request", "method": "POST", "direction": "sent"]))
        #expect(has(stream, ["fact": "response", "status": 200, "direction": "received"]))
        #expect(stream.filter { $0["fact"] as? String == "event" }.count == 3)
    }

    @Test("what cannot be written, and what does not go together, is said before anything is called")
    func usage() async throws {
        let nowhere = try await Executable.run(["call", "unary", "Ana", "--wire", "/nowhere/x"])
        #expect(nowhere.status == 2)
        #expect(nowhere.errors.contains("--wire: /nowhere/x: No such file or directory"))
        for other in [["--events"], ["--output", "text"]] {
            let result = try await Executable.run(["call", "unary", "Ana", "--wire", "-"] + other)
            #expect(result.status == 2)
            #expect(result.errors.contains("--wire - takes standard output for itself"))
        }
    }
}
