import GRPCWire
import NIOCore
import Plans
import RPCCore
import RawFrames
import TestSupport
import Testing

@testable import GRPCTransport

@Suite("Metadata", .timeLimit(.minutes(10)))
struct MetadataTests {
    /// A head with so many bytes of metadata beside it, by the count of SETTINGS_MAX_HEADER_LIST_SIZE.
    private static func head(_ stream: UInt32, with count: Int) -> [RawFrame] {
        let own = RawFrame.block([":status": "200", "content-type": "application/grpc"])
        let value = RawFrame.literal(String(repeating: "v", count: 100))
        let pairs = (0..<count / 142).flatMap { index -> [UInt8] in
            [0] + RawFrame.literal("x\(10_000 + index)0000") + value
        }
        return RawFrame.blocks(own + pairs, stream: stream)
    }

    @Test("over the limit it is named with both sizes, while the other calls of the connection go on")
    func tooMuch() async throws {
        let server = try await ScriptedServer { number, stream in
            number == 0
                ? [.head(stream), .message(RawFrame.hello, stream: stream)]
                : number == 1 ? Self.head(stream, with: 40_000) : RawFrame.greeting(stream)
        }
        try await withScript(server) { transport in
            let log = EventLog()
            let plan = SteeredPlan(PlanRun(names: ["Ana"]), for: .bidirectional, holdsOpen: true)
            let open = Task {
                await transport.perform(
                    Call(.bidirectional, plan, options: CallOptions(deadline: .seconds(50))), observer: log)
            }
            await log.wait { $0.contains { if case .received = $0 { true } else { false } } }
            let error = await transport.greet(.clientStream, ["Ana", "Bob"]).error
            #expect(error?.code == .resourceExhausted)
            #expect(error?.cause.hasSuffix("bytes, and 16384 are accepted") == true)
            #expect(error?.advice == "allow more with --max-metadata-size, or have the server send less")
            #expect(error?.isOwnLimit == true)
            #expect(await transport.greet(.unary).code == .ok)
            #expect(log.outcomes.isEmpty)
            open.cancel()
            _ = await open.value
        }
        #expect(server.connections == 1)
    }

    @Test("a larger limit lets it pass, and is told to the server")
    func limit() async throws {
        let server = try await ScriptedServer { _, stream in
            Self.head(stream, with: 40_000)
                + [.message(RawFrame.hello, stream: stream), .status("0", stream: stream)]
        }
        let configuration = patient { $0.maximumMetadataSize = 65_536 }
        try await withScript(server, configuration) { #expect(await $0.greet(.unary).code == .ok) }
        let settings = try #require(server.frames.first { $0.type == 0x4 }).payload
        let told = stride(from: 0, to: settings.count, by: 6).map { Array(settings[$0..<$0 + 6]) }
        #expect(told.contains([0, 6, 0, 1, 0, 0]))
    }

    @Test(
        "of a name that ends in -bin is written as text, as hex: or as base64:, travels in base64, and comes back as it was",
        arguments: [
            ("hello!", "aGVsbG8h", "hello!"), ("hex:00fF", "AP8", "hex:00ff"), ("base64:AP8=", "AP8", "hex:00ff"),
            ("base64:aGk", "aGk", "hi"), ("é ✓", "w6kg4pyT", "é ✓"), ("hex:6865783a", "aGV4Og", "hex:6865783a"),
            ("", "", ""), ("hex:0a", "Cg", "hex:0a"),
        ])
    func binary(written: String, onTheWire: String, shown: String) async throws {
        let service = NamedService(method: "SayHello", echoing: "trace-bin")
        try await service.serve { address in
            let transport = GRPCTransport(
                server: address, configuration: patient { $0.metadata = [MetadataEntry("Trace-Bin", written)] })
            let outcome = await transport.greet(.unary)
            #expect(service.echoed == [onTheWire])
            #expect(outcome.trailers.contains(MetadataEntry("trace-bin", shown)))
            await transport.shutdown()
        }
    }

    @Test("several values in one are told apart, and padding may be there or not")
    func several() {
        #expect(BinaryMetadata.decoded("aGk=, AP8,aGV5") == ["hi", "hex:00ff", "hey"])
        #expect(BinaryMetadata.decoded("not base64!") == ["not base64!"])
    }

    @Test("bytes that are not what they say are refused by name", arguments: ["hex:0", "hex:zz", "base64:?"])
    func refuses(value: String) async throws {
        let transport = GRPCTransport(
            server: ServerAddress(scheme: .grpc, host: "127.0.0.1", port: 1),
            configuration: patient { $0.metadata = [MetadataEntry("x-bin", value)] })
        let error = await transport.greet(.unary).error
        #expect(error?.code == .invalidArgument)
        #expect(error?.cause.hasPrefix("x-bin: ") == true)
        await transport.shutdown()
    }
}
