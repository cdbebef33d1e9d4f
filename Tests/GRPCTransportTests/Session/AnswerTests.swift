import GreeterCore
import GreeterTestSupport
import Testing

@testable import GRPCTransport

/// What servers answer, right and wrong, by the bytes of it.
@Suite("Answers of servers", .timeLimit(.minutes(1)))
struct AnswerTests {
    /// Makes a call at a server of a script.
    private func call(
        _ kind: CallKind = .unary, closes: Bool = false, _ configuration: GRPCConfiguration = patient(),
        script: @escaping @Sendable (Int, UInt32) -> [RawFrame]
    ) async throws -> (CallOutcome, EventLog) {
        let server = try await ScriptedServer(closes: closes, script: script)
        let transport = GRPCTransport(
            server: ServerAddress(scheme: .grpc, host: "127.0.0.1", port: server.port), configuration: configuration)
        let log = EventLog()
        let outcome = await transport.greet(kind, log: log)
        await transport.shutdown()
        try await server.stop()
        return (outcome, log)
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
        arguments: [(1, .internal), (8, .cancelled), (11, .resourceExhausted)] as [(UInt8, StatusCode)])
    func reset(code: UInt8, expected: StatusCode) async throws {
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

    @Test("metadata over the limit is named with both sizes, and the connection goes on")
    func largeMetadata() async throws {
        let server = try await ScriptedServer { number, stream in
            let fields = (0..<(number == 0 ? 400 : 1)).flatMap { index in
                [0, 6] + Array("x\(10_000 + index)".utf8) + [100] + [UInt8](repeating: UInt8(ascii: "v"), count: 100)
            }
            let head = RawFrame.head(stream).payload + fields
            let parts = stride(from: 0, to: head.count, by: 16_384).map {
                Array(head[$0..<min($0 + 16_384, head.count)])
            }
            let frames = parts.enumerated().map { index, part in
                RawFrame(
                    type: index == 0 ? 0x1 : 0x9, flags: index == parts.count - 1 ? 0x4 : 0, stream: stream,
                    payload: part)
            }
            return frames
                + (number == 0 ? [] : [.message(RawFrame.hello, stream: stream), .status("0", stream: stream)])
        }
        let transport = GRPCTransport(
            server: ServerAddress(scheme: .grpc, host: "127.0.0.1", port: server.port), configuration: patient())
        let error = try #require(await transport.greet(.unary).error)
        #expect(error.code == .resourceExhausted)
        #expect(error.cause.hasSuffix("bytes, and 16384 are accepted"), "\(error)")
        // The script counts streams by the connection, so that only its second one is answered.
        #expect(await transport.greet(.unary).code == .ok)
        await transport.shutdown()
        try await server.stop()
    }
}
