import Plans
import RPCCore
import RawFrames
import TestSupport
import Testing

@testable import GRPCTransport

/// What servers answer, right and wrong, by the bytes of it.
@Suite("Answers of servers", .timeLimit(.minutes(10)))
struct AnswerTests {
    /// Makes a call at a server of a script.
    private func call(
        _ kind: CallKind = .unary, closes: Bool = false, _ configuration: GRPCConfiguration = patient(),
        script: @escaping @Sendable (Int, UInt32) -> [RawFrame]
    ) async throws -> (CallOutcome, EventLog) {
        let server = try await ScriptedServer(closes: closes, script: script)
        let log = EventLog()
        var outcome: CallOutcome?
        try await withScript(server, configuration) { outcome = await $0.greet(kind, log: log) }
        return (try #require(outcome), log)
    }

    private func error(
        of kind: CallKind = .unary, closes: Bool = false, _ configuration: GRPCConfiguration = patient(),
        script: @escaping @Sendable (Int, UInt32) -> [RawFrame]
    ) async throws -> CallError {
        try #require(try await call(kind, closes: closes, configuration, script: script).0.error)
    }

    @Test(
        "a plain answer", arguments: ["application/grpc", "application/grpc+proto", "application/grpc; charset=utf-8"])
    func plain(type: String) async throws {
        let (outcome, log) = try await call { _, stream in
            [
                .fields([":status": "200", "content-type": type], stream: stream),
                .message(RawFrame.hello, stream: stream), .status("0", stream: stream),
            ]
        }
        #expect(outcome.code == .ok)
        let replies = log.events.flatMap { event -> [StreamMessage.Body] in
            if case .received(let messages) = event { messages.map(\.body) } else { [] }
        }
        #expect(replies == [.reply(HelloReply(message: "Hello"))])
    }

    @Test("a server that closes right after its trailers has answered")
    func closes() async throws {
        let (outcome, _) = try await call(closes: true) { _, stream in
            [.head(stream), .message(RawFrame.hello, stream: stream), .status("0", stream: stream)]
        }
        #expect(outcome.code == .ok)
    }

    @Test("a status and its message, percent-encoded, in trailers or alone", arguments: [false, true])
    func status(isAlone: Bool) async throws {
        let error = try await error { _, stream in
            isAlone
                ? [
                    .fields(
                        [
                            ":status": "200", "content-type": "application/grpc", "grpc-status": "9",
                            "grpc-message": "100%25 %E2%9C%93 %zz",
                        ], ends: true, stream: stream)
                ] : [.head(stream), .status("9", "100%25 %E2%9C%93 %zz", stream: stream)]
        }
        #expect(error.code == .failedPrecondition)
        #expect(error.cause == "the server answered FAILED_PRECONDITION: 100% ✓ %zz")
    }

    @Test(
        "HTTP without gRPC, by the table of the protocol, with the beginning of the body",
        arguments: [
            ("400", .internal), ("401", .unauthenticated), ("403", .permissionDenied), ("404", .unimplemented),
            ("429", .unavailable), ("502", .unavailable), ("503", .unavailable), ("504", .unavailable),
            ("418", .unknown), ("500", .unknown),
        ] as [(String, StatusCode)])
    func http(status: String, code: StatusCode) async throws {
        let error = try await error { _, stream in
            [
                .fields([":status": status, "content-type": "text/html"], stream: stream),
                RawFrame.data(Array("<h1>no</h1>".utf8), stream: stream).endingStream,
            ]
        }
        #expect(error.code == code)
        #expect(error.cause == "the server answered HTTP \(status) instead of gRPC: <h1>no</h1>")
    }

    @Test("HTTP 503 with a gRPC status is that status")
    func statusGoesFirst() async throws {
        let error = try await error { _, stream in
            [.fields([":status": "503", "grpc-status": "16"], ends: true, stream: stream)]
        }
        #expect(error.code == .unauthenticated)
    }

    @Test("another content type is named")
    func contentType() async throws {
        let error = try await error { _, stream in
            [
                .fields([":status": "200", "content-type": "application/grpc+json"], stream: stream),
                .message(RawFrame.hello, stream: stream), .status("0", stream: stream),
            ]
        }
        #expect(error.code == .unknown)
        #expect(error.cause.contains("application/grpc+json"), "\(error)")
    }

    @Test("a status in the headers and an empty end are a proxy's doing")
    func changedFraming() async throws {
        let error = try await error { _, stream in
            [
                .fields(
                    [":status": "200", "content-type": "application/grpc", "grpc-status": "5"], stream: stream),
                RawFrame.data([], stream: stream).endingStream,
            ]
        }
        #expect(error.code == .internal)
        #expect(error.cause.contains("(5)") && error.cause.contains("a proxy has changed the framing"))
    }

    @Test("two different statuses are an error")
    func severalStatuses() async throws {
        let error = try await error { _, stream in
            [.head(stream), .fields(["grpc-status": "0", "grpc-status": "3"], ends: true, stream: stream)]
        }
        #expect(error.code == .internal)
        #expect(error.cause == "the server gives several statuses: 0, 3")
    }

    @Test("no reply to a unary call, or two", arguments: [0, 2])
    func cardinality(count: Int) async throws {
        let error = try await error { _, stream in
            [.head(stream)] + (0..<count).map { _ in .message(RawFrame.hello, stream: stream) }
                + [.status("0", stream: stream)]
        }
        #expect(error.code == .unimplemented)
    }

    @Test(
        "a reset has its code",
        arguments: [(1, .internal), (8, .cancelled), (11, .resourceExhausted)] as [(UInt32, StatusCode)])
    func reset(code: UInt32, expected: StatusCode) async throws {
        let error = try await error { _, stream in [.head(stream), .reset(code, stream: stream)] }
        #expect(error.code == expected)
        #expect(error.cause.hasPrefix("the server reset the stream (\(code) "))
        #expect(!error.isSafeToRetry)
    }

    @Test("what a server refuses before it took it can be made again")
    func refuses() async throws {
        let refused = try await error { _, stream in [.reset(7, stream: stream)] }
        #expect(refused.code == .unavailable)
        #expect(refused.isSafeToRetry)
        let late = try await error { _, _ in [.goAway(last: 0, code: 11, "too_many_pings")] }
        #expect(late.code == .unavailable)
        #expect(
            late.cause
                == "the server ended the connection (11 ENHANCE_YOUR_CALM: too_many_pings) before it took the call")
        #expect(late.isSafeToRetry)
    }

    @Test(
        "a message that is not what it says it is ends the call at once",
        arguments: [
            (RawFrame.message(RawFrame.hello, flag: 2, stream: 1), "gzip", "begins with 2"),
            (.message(RawFrame.hello, flag: 1, stream: 1), "identity", "is compressed in identity"),
            (.message(RawFrame.hello, flag: 1, stream: 1), "br", "is compressed in br"),
            (.message([0x1F, 0x8B, 8, 0], flag: 1, stream: 1), "gzip", "is cut short"),
            (.message([0x78, 0x9C, 0xF3], flag: 1, stream: 1), "deflate", "is cut short"),
            (.message([1, 2, 3, 4], flag: 1, stream: 1), "gzip", "is corrupt"),
            (.message([0x0A, 9], stream: 1), "identity", "is no reply"),
        ] as [(RawFrame, String, String)])
    func damaged(message: RawFrame, encoding: String, words: String) async throws {
        // The server says nothing more: whoever waited for an end would wait for ever.
        let error = try await error { _, stream in [.head(stream, encoding: encoding), message] }
        #expect(error.code == .internal)
        #expect(error.cause.contains(words), "\(error)")
    }

    @Test("a message that is compressed and nobody says how")
    func noEncoding() async throws {
        let error = try await error { _, stream in
            [
                .fields([":status": "200", "content-type": "application/grpc"], stream: stream),
                .message(RawFrame.hello, flag: 1, stream: stream),
            ]
        }
        #expect(error.code == .internal)
        #expect(error.cause == "the server's message is compressed without a grpc-encoding")
    }

    @Test("a length that is not that of the message", arguments: [8, 100])
    func badLength(length: Int) async throws {
        let error = try await error { _, stream in
            [.head(stream), .message(RawFrame.hello, length: length, stream: stream), .status("0", stream: stream)]
        }
        #expect(error.code == .internal)
        #expect(error.cause == "the server ended the call within a message")
    }

    @Test("a message over the limit is named with both sizes by its length alone, and the connection goes on")
    func tooLong() async throws {
        let server = try await ScriptedServer { number, stream in
            number == 0 ? [.head(stream), .message([], length: 5000, stream: stream)] : RawFrame.greeting(stream)
        }
        try await withScript(server, patient { $0.maximumMessageSize = 4096 }) { transport in
            let error = await transport.greet(.unary).error
            #expect(error?.code == .resourceExhausted)
            #expect(error?.cause == "the server's message has 5000 bytes, and 4096 are accepted")
            #expect(error?.advice?.contains("--max-message-size") == true)
            #expect(error?.isOwnLimit == true)
            #expect(await transport.greet(.unary).code == .ok)
        }
        #expect(server.connections == 1)
        // What was not read to its end is given up, and nothing is left of it.
        #expect(server.frames.contains { $0.type == 0x3 && $0.stream == 1 && $0.payload == [0, 0, 0, 8] })
    }

    @Test("header names in capitals are not allowed")
    func capitals() async throws {
        let error = try await error { _, stream in
            [
                .fields([":status": "200", "Content-Type": "application/grpc"], stream: stream),
                .message(RawFrame.hello, stream: stream), .status("0", stream: stream),
            ]
        }
        #expect(error.code == .internal)
        #expect(error.cause.contains("Content-Type"), "\(error)")
    }

    @Test("a server that answers late is waited for, which is said")
    func lateHeaders() async throws {
        let clock = ManualClock()
        let server = try await ScriptedServer { frame, _ in
            frame.endsStream ? RawFrame.greeting(frame.stream) : []
        }
        try await withScript(server, clock: clock) { transport in
            let log = EventLog()
            let plan = SteeredPlan(PlanRun(names: []), for: .bidirectional, holdsOpen: true)
            let call = Task {
                await transport.perform(Call(.bidirectional, plan, options: CallOptions(deadline: nil)), observer: log)
            }
            while log.notices.isEmpty {
                // Not the limit of connecting, which a request that is out has behind it.
                if server.frames.contains(where: { $0.type == 0x1 }) { clock.advance(by: .milliseconds(100)) }
                await Task.yield()
            }
            #expect(log.notices == ["the request is out, the server has not answered yet"])
            plan.send(HelloRequest(name: "Ana"))
            plan.halfClose()
            #expect(await call.value.error == nil)
        }
    }
}
