import Plans
import RPCCore
import RawFrames
import TestSupport
import Testing

@testable import GRPCTransport

/// What a tap is told of calls of gRPC.
@Suite("What travels beneath a call of gRPC", .timeLimit(.minutes(10)))
struct WireTests {
    @Test(
        "header blocks, messages and frames are told of as they travel, by their connection and stream, without the token"
    )
    func records() async throws {
        let server = try await ScriptedServer { _, stream in
            [
                .head(stream), .message(RawFrame.hello, stream: stream),
                RawFrame(type: 0x7, payload: [0, 0, 0, 1, 0, 0, 0, 11] + Array("too_many_pings s3cret".utf8)),
                .status("0", stream: stream),
            ]
        }
        let tap = WireTap(redaction: Redaction(secrets: [Secret("s3cret")]))
        tap.listen()
        var configuration = patient()
        configuration.token = Secret("s3cret")
        configuration.usesCompression = true
        let address = ServerAddress(scheme: .grpc, host: "127.0.0.1", port: server.port)
        let transport = GRPCTransport(server: address, configuration: configuration, wire: tap)
        #expect(await transport.greet(.unary).code == .ok)
        await transport.shutdown()
        try await server.stop()
        let records = tap.take().records
        #expect(records.allSatisfy { $0.connection == 1 })
        #expect(records.first?.fact == .connected(WireConnection(address: address.authority)))
        #expect(!"\(records)".contains("s3cret"))

        func fields(_ direction: Direction) -> [MetadataEntry] {
            for record in records where record.direction == direction && record.stream == 1 {
                if case .frame(let frame) = record.fact, case .headers(let fields, _) = frame.content { return fields }
            }
            return []
        }
        #expect(fields(.sent).contains(MetadataEntry(":path", "/helloworld.Greeter/SayHello")))
        #expect(fields(.sent).contains(MetadataEntry("authorization", Secret.mask)))
        #expect(fields(.received).contains(MetadataEntry(":status", "200")))
        let goAway = records.contains { record in
            guard case .frame(let frame) = record.fact else { return false }
            return frame.content == .goAway(code: 11, lastStream: 1, text: "too_many_pings \(Secret.mask)")
        }
        #expect(goAway)
        let streams = records.compactMap { if case .messages = $0.fact { $0.stream } else { Int?.none } }
        #expect(streams == [1, 1])
        func messages(_ direction: Direction) -> [WireMessages] {
            records.compactMap { record in
                if case .messages(let messages) = record.fact, record.direction == direction { messages } else { nil }
            }
        }
        let sent = try #require(messages(.sent).first)
        #expect(sent.first == 1 && sent.count == 1)
        // gzip makes a message as small as this longer.
        #expect(sent.encodedBytes > sent.bytes)
        #expect(messages(.received) == [WireMessages(first: 1, count: 1, bytes: 7, encodedBytes: 7)])
        #expect(records.contains { $0.fact == .streamClosed && $0.stream == 1 })
    }

    @Test("without a listener nothing is told, and a tap in the middle of a call is told how it stands")
    func joins() async throws {
        let server = try await ScriptedServer { _, stream in [.head(stream), .message(RawFrame.hello, stream: stream)] }
        let tap = WireTap()
        let address = ServerAddress(scheme: .grpc, host: "127.0.0.1", port: server.port)
        let transport = GRPCTransport(server: address, configuration: patient(), wire: tap)
        let log = EventLog()
        let plan = SteeredPlan(PlanRun(names: ["Ana"]), holdsOpen: true)
        let call = Task { await transport.perform(Call(.bidirectional, plan), observer: log) }
        await log.wait { $0.contains { if case .received = $0 { true } else { false } } }
        #expect(tap.take().records.isEmpty)
        let (news, announce) = AsyncStream.makeStream(of: Void.self)
        tap.listen { announce.yield() }
        var records: [WireRecord] = []
        for await _ in news {
            records += tap.take().records
            if records.contains(where: { if case .standing = $0.fact { true } else { false } }) { break }
        }
        #expect(records.first?.fact == .connected(WireConnection(address: address.authority, wasOpen: true)))
        let open = records.compactMap { record -> [Int]? in
            if case .standing(let standing) = record.fact { standing.streams.map(\.id) } else { nil }
        }
        #expect(open == [[1]])
        call.cancel()
        _ = await call.value
        await transport.shutdown()
        try await server.stop()
    }
}
