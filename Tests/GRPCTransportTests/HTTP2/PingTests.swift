import DemoServer
import GRPCTransport
import NIOCore
import NIOPosix
import RPCCore
import RawFrames
import TestSupport
import Testing

/// As grpc-go does it, which asks once for each round trip of data.
@Suite("Peers that send many PINGs", .timeLimit(.minutes(10)))
struct PingTests {
    /// Above the 200 in 30 seconds at which swift-nio-http2 ends connections.
    private static let many = 1000

    @Test("a server may ask often, and the call ends well")
    func server() async throws {
        let server = try await PingingServer(.asks(Self.many))
        let outcome = await call(server)
        #expect(outcome.code == .ok)
        #expect(outcome.error == nil)
        try await server.stop()
    }

    @Test("a server that asks without end and reads no answers is named")
    func flood() async throws {
        let server = try await PingingServer(.floods(.ping(1)))
        let outcome = await call(server)
        #expect(outcome.code == .resourceExhausted)
        #expect(
            outcome.error?.cause
                == "the server breaks the rules of HTTP/2: more than 1000 PING and SETTINGS frames came whose answers were not "
                + "read")
        try await server.stop()
    }

    private func call(_ server: PingingServer) async -> CallOutcome {
        let transport = GRPCTransport(
            server: ServerAddress(scheme: .grpc, host: "127.0.0.1", port: server.port), configuration: patient())
        let outcome = await transport.greet(.unary)
        await transport.shutdown()
        return outcome
    }

    @Test("the demo server answers a client that asks often, and goes on")
    func client() async throws {
        let demo = try await DemoServer.start()
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let client = try await ClientBootstrap(group: group)
            .connect(host: "127.0.0.1", port: demo.grpcAddress.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        let questions = (1...Self.many).map(RawFrame.ping)
        try await client.executeThenClose { inbound, outbound in
            let bytes = RawFrame.preface + ([.settings()] + questions).flatMap(\.bytes)
            try await outbound.write(ByteBuffer(bytes: bytes))
            var reader = RawFrameReader()
            var answers: [[UInt8]] = []
            for try await part in inbound {
                reader.add(part)
                while let frame = reader.next() {
                    #expect(frame.type != 0x7, "the demo server gave the connection up")
                    if frame.type == 0x6 { answers.append(frame.payload) }
                }
                if answers.count == Self.many { break }
            }
            #expect(answers == questions.map(\.payload))
        }
        try await group.shutdownGracefully()
        await demo.stop()
    }
}
