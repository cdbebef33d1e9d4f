import RPCCore
import Testing

@Suite("Every fault on screen", .serialized, .timeLimit(.minutes(10)))
@MainActor
struct FaultedProgramTests {
    /// What a user sees at the end of a call.
    struct Seen: Sendable {
        var order: String
        var kinds: [CallKind]
        /// The beginning of the notice, its times left out.
        var notice: String
        /// How each attempt ended.
        var attempts: [String]
        /// What is known of each request that was sent.
        var marks: String
        /// Why no other attempt was made, where one could have been expected.
        var reason: String?
    }

    private static let lost = "✕ UNAVAILABLE"
    private static let mended = " after 3 attempts: 3 sent, 3 delivered, 0 uncertain, "
    private static let sentOnce = "the request may have been taken, and sending it twice was not allowed"
    private static let committed = "a reply was shown, which commits the call"
    private static let failed =
        "✕ UNKNOWN: the server reported an error: \"The service failed, as it was told to\" (at server;"

    static let table = [
        Seen(
            order: "refuse=2", kinds: [.unary], notice: "✓ OK\(mended)3 received", attempts: [lost, lost, "✓ OK"],
            marks: "✓✓✓"),
        Seen(
            order: "refuse=2", kinds: [.serverStream], notice: "✓ OK\(mended)9 received",
            attempts: [lost, lost, "✓ OK"], marks: "✓✓✓"),
        Seen(
            order: "refuse=2", kinds: [.clientStream], notice: "✓ OK\(mended)1 received",
            attempts: [lost, lost, "✓ OK"], marks: "✓✓✓"),
        Seen(
            order: "refuse=2", kinds: [.bidirectional], notice: "✓ OK\(mended)3 received",
            attempts: [lost, lost, "✓ OK"], marks: "✓✓✓"),

        Seen(
            order: "drop-after=2", kinds: [.unary], notice: "✓ OK: 3 sent, 3 received", attempts: ["✓ OK"], marks: "✓✓✓"
        ),
        // What comes in one piece with the cut, the HTTP client may not hand on.
        Seen(
            order: "drop-after=2", kinds: [.serverStream],
            notice: "✕ UNAVAILABLE: the response was cut short (at receive; 1 sent, ", attempts: [lost],
            marks: "?", reason: sentOnce),
        Seen(
            order: "drop-after=2", kinds: [.clientStream],
            notice: "✓ OK after 2 attempts: 3 sent, 3 delivered, 0 uncertain, 1 received", attempts: [lost, "✓ OK"],
            marks: "↻✓↻✓↻✓"),
        Seen(
            order: "drop-after=2", kinds: [.bidirectional],
            notice: "✕ UNAVAILABLE: connection closed by the server without a CLOSE frame", attempts: [lost],
            marks: "✓≈✓?", reason: committed),

        Seen(
            order: "close=1008", kinds: [.clientStream],
            notice:
                "✕ PERMISSION_DENIED: the server closed the stream (1008 policy violation) before the call was complete (at server; 3 sent, 0 received)",
            attempts: ["✕ PERMISSION_DENIED"], marks: "???"),
        Seen(
            order: "close=1008", kinds: [.bidirectional],
            notice:
                "✕ PERMISSION_DENIED: the server closed the stream (1008 policy violation) before the call was complete (at server; 3 sent, 1 received)",
            attempts: ["✕ PERMISSION_DENIED"], marks: "✓??"),
        Seen(
            order: "close=1012", kinds: [.clientStream],
            notice:
                "✕ UNAVAILABLE: the server closed the stream (1012 service restart) before the call was complete (at server; 3 attempts: 3 sent, 0 delivered, 3 uncertain, 0 received)",
            attempts: [lost, lost, lost], marks: "↻?↻?↻?", reason: "all 3 attempts were made"),
        Seen(
            order: "close=1012", kinds: [.bidirectional],
            notice:
                "✕ UNAVAILABLE: the server closed the stream (1012 service restart) before the call was complete (at server; 3 sent, 1 received)",
            attempts: [lost], marks: "✓??", reason: committed),

        Seen(
            order: "status=404", kinds: [.unary, .serverStream],
            notice: "✕ UNIMPLEMENTED: the server answered HTTP 404: Not Found (at server; 1 sent, 0 received)",
            attempts: ["✕ UNIMPLEMENTED"], marks: "✕"),
        Seen(
            order: "status=404", kinds: [.clientStream, .bidirectional],
            notice: "✕ UNIMPLEMENTED: the server answered HTTP 404: Not Found (at upgrade; 0 sent, 0 received)",
            attempts: ["✕ UNIMPLEMENTED"], marks: ""),
        Seen(
            order: "status=503", kinds: [.unary, .serverStream],
            notice: "✕ UNAVAILABLE: the server answered HTTP 503: Service Unavailable (at server; 1 sent, 0 received)",
            attempts: [lost], marks: "?", reason: sentOnce),
        Seen(
            order: "status=503", kinds: [.clientStream, .bidirectional],
            notice:
                "✕ UNAVAILABLE: the server answered HTTP 503: Service Unavailable (at upgrade; 3 attempts: 0 sent, 0 delivered, 0 uncertain, 0 received)",
            attempts: [lost, lost, lost], marks: "", reason: "all 3 attempts were made"),

        Seen(
            order: "stall", kinds: [.unary, .serverStream],
            notice: "✕ DEADLINE_EXCEEDED: not finished within 0.4 s (at deadline; 1 sent, 0 received)",
            attempts: ["✕ DEADLINE_EXCEEDED"], marks: "?"),
        Seen(
            order: "stall", kinds: [.clientStream, .bidirectional],
            notice: "✕ DEADLINE_EXCEEDED: not finished within 0.4 s (at deadline; 3 sent, 0 received)",
            attempts: ["✕ DEADLINE_EXCEEDED"], marks: "???"),

        Seen(
            order: "malformed=1", kinds: [.unary],
            notice: "✕ INTERNAL: the body is no reply: malformed JSON (",
            attempts: ["✕ INTERNAL"], marks: "?"),
        Seen(
            order: "malformed=1", kinds: [.serverStream],
            notice: "✕ INTERNAL: an event is no reply: malformed JSON (", attempts: ["✕ INTERNAL"],
            marks: "?"),
        Seen(
            order: "malformed=1", kinds: [.clientStream, .bidirectional],
            notice: "✕ INTERNAL: a message is no reply: malformed JSON (", attempts: ["✕ INTERNAL"],
            marks: "???"),

        Seen(
            order: "error=2", kinds: [.unary],
            notice:
                "✕ UNKNOWN: the server answered HTTP 500: \"Internal Server Error\" (at server; 1 sent, 0 received)",
            attempts: ["✕ UNKNOWN"], marks: "?"),
        Seen(
            order: "error=2", kinds: [.serverStream], notice: "\(failed) 1 sent, 2 received)", attempts: ["✕ UNKNOWN"],
            marks: "✕"),
        Seen(
            order: "error=2", kinds: [.clientStream], notice: "\(failed) 3 sent, 0 received)", attempts: ["✕ UNKNOWN"],
            marks: "✕✕✕"),
        Seen(
            order: "error=2", kinds: [.bidirectional], notice: "\(failed) 3 sent, 2 received)",
            attempts: ["✕ UNKNOWN"], marks: "✓≈✓✕"),
    ]

    /// Faults that a call of this kind does not meet, or only feels.
    static let harmless = ["close=1008", "close=1012", "delay=20ms~10ms", "no-close"]
    private static let received: [CallKind: Int] = [.unary: 3, .serverStream: 9, .clientStream: 1, .bidirectional: 3]

    private static func expected(_ test: FaultCase) -> Seen? {
        if let seen = table.first(where: { $0.order == test.order && $0.kinds.contains(test.kind) }) { return seen }
        guard harmless.contains(test.order), let received = received[test.kind] else { return nil }
        return Seen(
            order: test.order, kinds: [test.kind], notice: "✓ OK: 3 sent, \(received) received", attempts: ["✓ OK"],
            marks: "✓✓✓")
    }

    @Test(
        "a user sees how the call ended, by which attempts, and what is known of every request",
        arguments: FaultCase.all)
    func shows(_ test: FaultCase) async throws {
        let expected = try #require(Self.expected(test))
        let screen = try await ProgramSession.play(test)
        #expect(screen.notice.replacing(#/ in [0-9.]+(us|ms|s):/#, with: ":").hasPrefix(expected.notice), "\(screen)")
        let attempts = screen.attempts.compactMap { $0.firstMatch(of: #/^[0-9] ([✓✕] [A-Z_]+)/#).map { String($0.1) } }
        #expect(attempts == expected.attempts, "\(screen)")
        // Whether a request was on its way when a connection was refused nobody can foresee.
        let marks = screen.marks.joined()
        #expect((test.order == "refuse=2" ? marks.filter { $0 != "↻" } : marks) == expected.marks, "\(screen)")
        let reasons = screen.attempts.compactMap { $0.firstMatch(of: #/no retry: (.*)/#).map { String($0.1) } }
        #expect(reasons == (expected.reason.map { [$0] } ?? []), "\(screen)")
        let waits = screen.attempts.count { $0.hasPrefix("waited ") && $0.contains(" of at most ") }
        #expect(waits == expected.attempts.count - 1, "\(screen)")
        #expect(screen.lines.contains { $0.contains("faults \(test.order)") }, "\(screen)")
    }
}
