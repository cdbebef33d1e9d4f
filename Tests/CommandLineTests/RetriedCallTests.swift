import Foundation
import Testing

@Suite("call: retries", .timeLimit(.minutes(10)))
struct RetriedCallTests {
    private func events(_ arguments: [String], input: String = "") async throws -> [[String: Any]] {
        let result = try await Executable.run(["call"] + arguments + ["--events"], input: input)
        return try result.lines.map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
    }

    private func of(_ kind: String, _ events: [[String: Any]]) -> [[String: Any]] {
        events.filter { $0["event"] as? String == kind }
    }

    private let thousand = (1...1000).map { "{\"name\":\"User \($0)\"}\n" }.joined()
    private let faults = ["--fault", "refuse=2", "--fault", "drop-after=500"]

    @Test("two refusals and a cut stream are four attempts, and the ledger adds up")
    func recovers() async throws {
        let events = try await events(
            ["client-stream", "-", "--backoff", "10ms", "--jitter", "none"] + faults, input: thousand)
        #expect(of("attempt_started", events).compactMap { $0["attempt"] as? Int } == [1, 2, 3, 4])
        let failures = of("attempt_ended", events)
        #expect(failures.compactMap { $0["status"] as? String } == Array(repeating: "UNAVAILABLE", count: 3))
        let causes = failures.compactMap { ($0["error"] as? [String: Any])?["cause"] as? String }
        #expect(causes.count == 3 && causes[2].hasPrefix("connection closed by the server without a CLOSE frame"))
        let schedules = of("retry_scheduled", events)
        #expect(schedules.compactMap { $0["delay"] as? Double } == [0.01, 0.02, 0.04])
        #expect(schedules.compactMap { $0["formula"] as? String } == ["10ms", "20ms", "40ms"])

        let sent = of("sent", events).compactMap { $0["number"] as? Int }
        #expect(sent == Array(1...1000))
        let again = of("resent", events).compactMap { event in
            (event["from"] as? Int).flatMap { from in (event["to"] as? Int).map { from...$0 } }
        }
        let dropped = failures.last?["sent"] as? Int ?? 0
        #expect(dropped >= 500)
        // What the attempt that was cut had sent is sent again, each request once, and nothing else is.
        #expect(again.flatMap { Array($0) } == Array(1...dropped))

        let ended = try #require(of("ended", events).first)
        #expect(ended["status"] as? String == "OK")
        #expect(ended["attempts"] as? Int == 4)
        #expect(ended["sent"] as? Int == 1000)
        #expect(ended["answered"] as? Int == 1000)
        #expect(ended["uncertain"] as? Int == 0)
        #expect(ended["received"] as? Int == 1)
        #expect((ended["elapsed"] as? Double ?? 0) >= 0.07)
        let reply = of("received", events).compactMap { $0["message"] as? String }
        #expect(reply == ["Hello, User 1, User 2, User 3 and 997 more! (1000 requests)"])
    }

    @Test("people are told the attempts, the total time, and what was delivered")
    func summary() async throws {
        let result = try await Executable.run(
            ["call", "client-stream", "-", "--backoff", "10ms"] + faults, input: thousand)
        #expect(result.status == 0)
        let summary = result.errors.split(separator: "\n").last ?? ""
        #expect(
            summary.contains(
                #/^greeter-tui: OK: sent 1000, answered 1000, uncertain 0, received 1; 4 attempts in [0-9.]+m?s; /#),
            "\(summary)")
    }

    static let refusals: [([String], String)] = [
        (["unary", " "], "sent 1, answered 0, refused 1, uncertain 0, received 0"),
        (["unary", "Ana", "--fault", "status=404"], "sent 1, answered 0, refused 1, uncertain 0, received 0"),
        (["unary", "Ana", "--fault", "status=500"], "sent 1, answered 0, uncertain 1, received 0"),
        (["bidi", "Ana", "--fault", "error=1"], "sent 1, answered 1, uncertain 0, received 1"),
        (["client-stream", "Ana", "--fault", "error=1"], "sent 1, answered 0, refused 1, uncertain 0, received 0"),
        (["server-stream", "Ana", "--fault", "error=2"], "sent 1, answered 0, refused 1, uncertain 0, received 2"),
    ]

    @Test("what the server has definitely refused is not uncertain", arguments: refusals)
    func refused(_ arguments: [String], _ counts: String) async throws {
        let result = try await Executable.run(["call"] + arguments)
        #expect(result.status > 64)
        #expect(result.errors.contains(counts), "\(result.errors)")
    }
}
