import HTTP2Session
import NIOCore
import NIOPosix
import RPCCore
import Synchronization
import Testing

@testable import DemoServer

@Suite("Time and ends of calls to the gRPC side", .timeLimit(.minutes(10)))
struct GRPCLifeTests {
    @Test(
        "times are read as gRPC writes them",
        arguments: [
            ("1H", Duration.seconds(3600)), ("2M", .seconds(120)), ("99999999S", .seconds(99_999_999)),
            ("5m", .milliseconds(5)), ("7u", .microseconds(7)), ("00000009n", .nanoseconds(9)), ("0S", .zero),
            ("", nil), ("S", nil), ("1", nil), ("1s", nil), ("-1S", nil), ("+1S", nil), ("1 S", nil),
            ("100000000S", nil),
            ("１S", nil),
        ])
    func timeouts(_ text: String, _ expected: Duration?) {
        #expect(Duration(grpcTimeout: text) == expected)
    }

    @Test(
        "a call that takes longer than its client gives it ends with DEADLINE_EXCEEDED",
        arguments: ["SayHello", "SayHelloStreamReply", "SayHelloClientStream", "SayHelloBidiStream"])
    func deadline(_ method: String) async throws {
        try await withProbe([], DemoServerConfiguration(thinkTime: .seconds(3600))) { probe in
            let answer = try await probe.call(method, [Message.naming("Ana")], ["grpc-timeout": "20m"])
            #expect(answer.status == "4" && answer.message == "The time that the client gives is over")
        }
    }

    @Test("a deadline ends a call that waits for its client, too")
    func deadlineOfSilence() async throws {
        try await withProbe { probe in
            let answer = try await Answer(of: probe.open("SayHelloBidiStream", ["grpc-timeout": "20m"]))
            #expect(answer.status == "4")
        }
    }

    /// How a call ends that waits for its client to leave.
    private func ends(_ body: (GRPCProbe, HTTP2Stream) async throws -> Void) async throws {
        let (ends, continuation) = AsyncStream.makeStream(of: Bool.self)
        let method = GRPCMethod { call in
            call.replies.begin()
            do {
                try await call.pause(.seconds(3600))
            } catch {
                continuation.yield(error is CancellationError)
                throw error
            }
            return []
        }
        let router = GRPCRouter(
            methods: ["/wait": method], faults: FaultRun(DemoFaults(), seed: 1), clock: SystemClock())
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let listener = try await ServerBootstrap(group: group)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let handler = HTTP2SessionHandler(
                        role: .server { stream in Task { await router.serve(stream) } })
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        try await GRPCProbe.run(to: listener.localAddress?.port ?? 0) { probe in
            let stream = probe.open("/wait")
            _ = try await stream.next()
            try await body(probe, stream)
            #expect(await ends.first { _ in true } == true)
        }
        try await group.shutdownGracefully()
    }

    @Test("a call whose client resets it is over at once, half-closed or not", arguments: [true, false])
    func reset(isHalfClosed: Bool) async throws {
        try await ends { _, stream in
            if isHalfClosed { stream.finish() }
            stream.reset(.cancel)
        }
    }

    @Test("a call whose connection is gone is over at once")
    func connectionLost() async throws {
        try await ends { probe, _ in probe.connection.close() }
    }

    @Test("a server that stops says so, and then closes every connection, whatever it is doing")
    func stops() async throws {
        let server = try await DemoServer.start(DemoServerConfiguration(thinkTime: .seconds(3600)))
        try await GRPCProbe.run(to: server.grpcAddress.port) { probe in
            let stream = probe.open("SayHelloBidiStream")
            _ = try await stream.next()
            await server.stop()
            let end = try await probe.connection.ended()
            #expect(end.goAway?.code == .noError && end.goAway?.text == "the server stops")
            #expect(try await Answer(of: stream).ending == "connection lost")
        }
        await server.stop()
    }

    @Test("a client that takes no replies is held back, and the server holds little of them")
    func backPressure() async throws {
        let window = 10_000
        try await withProbe(settings: HTTP2Configuration(streamWindow: window)) { probe in
            let stream = probe.open("SayHelloBidiStream")
            let batch = ByteBuffer(bytes: (0..<1000).flatMap { _ in Message.naming("Ana") })
            let sent = Mutex(0)
            let writing = Task {
                while true {
                    try await stream.write(batch)
                    sent.withLock { $0 += batch.readableBytes }
                }
            }
            // It never reads, so in the end nothing more may be sent.
            try await probe.wait { if case .stallBegan(_, .streamWindow, _) = $0 { true } else { false } }
            // Two windows of the server's, and what waits on this side.
            #expect(sent.withLock { $0 } < 3 << 20)
            writing.cancel()
            stream.reset(.cancel)
        }
    }
}
